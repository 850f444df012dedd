/**
 * What was typed on a pin and is not yet proven to be in the store, written down at each key (localStorage `ts-draft`).
 * The store answers later; a page that goes at once does not wait for it, and this is read at the next start.
 * Promises: a draft never replaces what was written after it, and goes with its pin. Works without storage, as nothing.
 */
/** @import {PinFields} from './types' */
import { getPin, NotHere, revisePin } from './store.js';

const NAME = 'ts-draft';
/** @typedef {Record<string, unknown>} Values */
/** @typedef {{now: Values, was: Values[]}} Draft `was`: what the store may hold if nothing else wrote */

/** @returns {Record<string, Draft>} by pin */
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

/** One open pin. @param {string} id @param {PinFields} fields as the store has them */
export function createDraft(id, fields) {
  const stored = /** @type {Values} */ ({ ...fields });
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
    /** @param {Partial<PinFields>} patch */
    async write(patch) {
      handed = { ...patch };
      keep();
      try {
        Object.assign(stored, (await revisePin(id, patch, { hold: true })).pin.fields);
      } catch (error) {
        if (error instanceof NotHere) dropDraft(id);
        throw error;
      }
    },
  };
}

/** Bring what was typed into the store. @param {boolean} [isLeaving] nothing stays here @returns {Promise<void>} */
export async function applyDrafts(isLeaving = false) {
  for (const [id, { now, was }] of Object.entries(all())) {
    const pin = await getPin(id);
    const held = /** @type {Values | undefined} */ (/** @type {unknown} */ (pin?.fields));
    const isOld = (/** @type {string} */ name) =>
      was.some((values) => JSON.stringify(values[name]) === JSON.stringify(held?.[name]));
    const patch = Object.fromEntries(Object.entries(now).filter(([name]) => isOld(name)));
    try {
      if (pin) await revisePin(id, patch);
      dropDraft(id);
    } catch {
      // A full phone: it stays for the next start.
      if (isLeaving) dropDraft(id);
    }
  }
}
