/**
 * What was typed and is not yet proven to be in the store, written down at each key (localStorage `ts-draft`): a pin's
 * fields under its id, a photo's description and an answer under the keys that photoKey() and answerKey() make.
 * The store answers later; a page that goes at once does not wait for it, and this is read at the next start.
 * Promises: a draft never replaces what was written after it, and goes with its pin. Works without storage, as nothing.
 */
import { getPin, listRatings, NotHere, revisePhoto, revisePin, saveRating } from './store.js';

const NAME = 'ts-draft';
/** @typedef {Record<string, unknown>} Values */
/** @typedef {{now: Values, was: Values[]}} Draft `was`: what the store may hold if nothing else wrote */

/** @param {string} pin @param {string} sha256 */
export const photoKey = (pin, sha256) => `photo/${pin}/${sha256}`;
/** @param {string} walk @param {string} question @param {string | null} stop */
export const answerKey = (walk, question, stop) => `answer/${walk}/${question}/${stop ?? ''}`;

/** @returns {Record<string, Draft>} by key */
function all() {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? '{}');
  } catch {
    return {};
  }
}

/** @param {string} id @param {Draft | null} draft */
function put(id, draft) {
  const { [id]: _, ...others } = all();
  const next = draft ? { ...others, [id]: draft } : others;
  try {
    if (Object.keys(next).length > 0) localStorage.setItem(NAME, JSON.stringify(next));
    else localStorage.removeItem(NAME);
  } catch {
    // No room or no storage: the store's own write is all there is.
  }
}

/** @param {string} id */
export const dropDraft = (id) => put(id, null);

/**
 * One open pin, description or answer.
 * @param {string} id pin or key @param {object} values as the store has them
 * @param {(patch: any) => Promise<object>} [write] answers what the store then holds
 */
export function createDraft(id, values, write = revise(id)) {
  const stored = /** @type {Values} */ ({ ...values });
  /** @type {Values} */
  let handed = {};
  /** @type {Values} */
  let typed = {};
  const keep = () => {
    const pick = (/** @type {Values} */ from) =>
      Object.fromEntries(Object.keys(typed).map((name) => [name, from[name]]));
    put(id, { now: typed, was: [pick(stored), pick({ ...stored, ...handed })] });
  };
  return {
    /** @param {Values | null} unproven everything the store has not confirmed; null when there is nothing */
    keep(unproven) {
      typed = unproven ?? {};
      if (unproven) keep();
      else dropDraft(id);
    },
    /** @param {object} patch */
    async write(patch) {
      handed = { ...patch };
      keep();
      try {
        Object.assign(stored, await write(patch));
      } catch (error) {
        if (error instanceof NotHere) dropDraft(id);
        throw error;
      }
    },
  };
}

/** @param {string} pin */
const revise = (pin) => async (/** @type {object} */ patch) =>
  (await revisePin(pin, patch, { hold: true })).pin.fields;

/**
 * What the store has where a draft belongs, and how to write there; null when it is gone.
 * @param {string} key @returns {Promise<{values: object, write: (patch: any) => Promise<unknown>} | null>}
 */
async function placeOf(key) {
  const [kind, one, two, three] = key.split('/');
  if (kind === 'answer') {
    const asked = { question_id: two, stop_id: three || null };
    const isIt = (/** @type {typeof asked} */ rating) =>
      rating.question_id === asked.question_id && rating.stop_id === asked.stop_id;
    const { score = null, text = '' } = (await listRatings(one)).find(isIt) ?? {};
    return { values: { text }, write: (patch) => saveRating(one, { ...asked, score, text, ...patch }) };
  }
  const pin = await getPin(kind === 'photo' ? one : key);
  if (kind !== 'photo') return pin && { values: pin.fields, write: (patch) => revisePin(key, patch) };
  const photo = pin?.photos.find(({ sha256 }) => sha256 === two);
  return photo ? { values: photo, write: (patch) => revisePhoto(one, two, patch) } : null;
}

/** Bring what was typed into the store. @param {boolean} [isLeaving] nothing stays here @returns {Promise<void>} */
export async function applyDrafts(isLeaving = false) {
  for (const [key, { now, was }] of Object.entries(all())) {
    try {
      const place = await placeOf(key);
      const held = /** @type {Values} */ ({ ...place?.values });
      const isOld = (/** @type {string} */ name) =>
        was.some((values) => JSON.stringify(values[name]) === JSON.stringify(held[name]));
      const patch = Object.fromEntries(Object.entries(now).filter(([name]) => isOld(name)));
      if (Object.keys(patch).length > 0) await place?.write(patch);
      dropDraft(key);
    } catch {
      // A full phone: it stays for the next start.
      if (isLeaving) dropDraft(key);
    }
  }
}
