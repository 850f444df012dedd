/**
 * What the interface lists: pins, answers and the queue, without ever loading a photo's bytes.
 * A thing's state is read off the outbox, so that the words on the screen cannot disagree with it.
 */
/** @import {Entry, NewRating, PhotoState, PinItem, PinRecord, PinState, PinView, RatingItem, RatingRecord} from './types' */
import { newId } from '../shared/ids.js';
import { clean, entryId, moment } from './store-body.js';
import { changed, read } from './store-db.js';
import { queueRating } from './store-entries.js';
import { write } from './store-room.js';

/** @param {Entry[]} entries of one thing @returns {PinState} */
function stateOf(entries) {
  for (const state of /** @type {const} */ (['help', 'sending'])) {
    if (entries.some((entry) => entry.state === state)) return state;
  }
  return entries.length > 0 ? 'saved' : 'sent';
}

/** @param {PinRecord} pin @param {Entry[]} entries of the whole walk @returns {PinItem} */
export function toItem(pin, entries) {
  const { secret, acked_body, acked_sha256, ...shown } = pin;
  const own = entries.filter((entry) => entry.target === pin.id);
  const photos = pin.photos.map((place) => {
    const queued = entries.find((entry) => entry.id === entryId(pin.walk, 'photo', place.sha256, 1));
    const state = /** @type {PhotoState} */ (queued?.state ?? 'sent');
    return { ...place, state, problem: queued?.problem ?? null };
  });
  return {
    ...shown,
    photos,
    state: stateOf(own),
    problem: own.find((entry) => entry.problem)?.problem ?? null,
  };
}

/** @param {PinRecord[]} pins @param {Entry[]} entries @returns {PinItem[]} */
function toItems(pins, entries) {
  /** @type {Map<string, Entry[]>} */
  const byTarget = new Map();
  for (const entry of entries) byTarget.set(entry.target, [...(byTarget.get(entry.target) ?? []), entry]);
  return pins.map((pin) =>
    toItem(
      pin,
      [pin.id, ...pin.photos.map((p) => p.sha256)].flatMap((key) => byTarget.get(key) ?? []),
    ),
  );
}

/**
 * Own pins, newest first, withdrawn ones left out.
 * @param {string} walk @returns {Promise<PinItem[]>}
 */
export async function listPins(walk) {
  const [pins, entries] = await read(['pins', 'entries'], (tx) =>
    Promise.all(['pins', 'entries'].map(async (name) => tx.objectStore(name).index('walk').getAll(walk))),
  );
  const shown = pins.filter((pin) => !pin.withdrawn);
  return toItems(shown, entries).sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** @param {string} id @returns {Promise<PinItem | null>} */
export async function getPin(id) {
  return read(['pins', 'entries'], async (tx) => {
    const pin = await tx.objectStore('pins').get(id);
    if (!pin || pin.withdrawn) return null;
    return toItem(pin, await tx.objectStore('entries').index('walk').getAll(pin.walk));
  });
}

/** Pins whose camera was open when the page died. @param {string} walk @returns {Promise<PinItem[]>} */
export async function drafts(walk) {
  return (await listPins(walk)).filter((pin) => pin.awaiting_photo);
}

/**
 * Pins from the feed that this phone does not hold as its own (`mine`: it did, before its storage was lost).
 * @param {string} walk @returns {Promise<PinView[]>}
 */
export async function listOthers(walk) {
  const rows = await read(['others'], (tx) => tx.objectStore('others').index('walk').getAll(walk));
  return rows.map(({ walk: _, ...view }) => view);
}

/** Everything not yet proven; for `outbox.summary`. @param {string} [walk] @returns {Promise<Entry[]>} */
export async function listEntries(walk) {
  return read(['entries'], (tx) => {
    const store = tx.objectStore('entries');
    return walk === undefined ? store.getAll() : store.index('walk').getAll(walk);
  });
}

/**
 * Answer a question; one answer per question and stop, changed in place.
 * @param {string} walk @param {NewRating} answer @param {number} [now] @returns {Promise<RatingItem>}
 */
export async function saveRating(walk, answer, now = Date.now()) {
  const { question_id, stop_id, score } = answer;
  const text = clean(answer.text, 'text');
  const rating = await write(['ratings', 'entries'], async (tx) => {
    /** @type {RatingRecord[]} */
    const rows = await tx.objectStore('ratings').index('walk').getAll(walk);
    const before = rows.find((row) => row.question_id === question_id && row.stop_id === stop_id);
    if (before && before.score === score && before.text === text) return before;
    const fresh = { id: newId(now), walk, rev: 0, acked_rev: 0, acked_sha256: null, acked_body: null };
    const row = { ...(before ?? fresh), question_id, stop_id, score, text, made_at: moment(now) };
    await queueRating(tx, row, now);
    return row;
  });
  changed('ratings', walk, 'resident');
  changed('entries', walk, 'resident');
  const found = (await listRatings(walk)).find((row) => row.id === rating.id);
  return found ?? { ...rating, state: 'saved' };
}

/** @param {string} walk @returns {Promise<RatingItem[]>} */
export async function listRatings(walk) {
  const [rows, entries] = await read(['ratings', 'entries'], (tx) =>
    Promise.all(['ratings', 'entries'].map(async (name) => tx.objectStore(name).index('walk').getAll(walk))),
  );
  return rows.map((row) => ({
    ...row,
    state: stateOf(entries.filter((/** @type {Entry} */ entry) => entry.target === row.id)),
  }));
}
