/**
 * Walks, small facts, and how long things stay on the phone.
 *
 * Retention: a proven photo's bytes stay until the server's backup holds them, 72 hours at most; pins and their
 * secrets stay, and the text kept for healing a restored server goes when the walk has left `closing`.
 */
/** @import {PhotoRecord, PinRecord, WalkRecord} from './types' */
/** @import {Tx} from './store-db.js' */
import { changed, read } from './store-db.js';
import { dropBytes, write } from './store-room.js';

const LONGEST_MS = 72 * 3_600_000;
const OVER = new Set(['closed', 'archived']);

/** @returns {Promise<WalkRecord[]>} */
export const listWalks = () => read(['walks'], (tx) => tx.objectStore('walks').getAll());

/** @param {string} id @returns {Promise<WalkRecord | null>} */
export async function getWalk(id) {
  return (await read(['walks'], (tx) => tx.objectStore('walks').get(id))) ?? null;
}

/** @param {string} id @returns {WalkRecord} */
function freshWalk(id) {
  const feed = { epoch: null, after: 0, backed_up_seq: 0 };
  const joined_at = new Date().toISOString();
  const nothing = { bundle: null, rejoin: null, participant_id: null, ready: null, left: null, parked: null };
  return { id, lang: 'sv', ...nothing, ...feed, joined_at };
}

/**
 * @param {string} id @param {Partial<WalkRecord>} patch creates the record when it is new
 * @param {'resident' | 'sync'} [by] @returns {Promise<WalkRecord>}
 */
export async function patchWalk(id, patch, by = 'resident') {
  const walk = await write(['walks'], async (tx) => {
    const next = { ...((await tx.objectStore('walks').get(id)) ?? freshWalk(id)), ...patch };
    await tx.objectStore('walks').put(next);
    return next;
  });
  changed('walks', id, by);
  return walk;
}

/**
 * Take a walk and all that belongs to it off the phone. Refuses while anything is unsent.
 * @param {string} id @returns {Promise<boolean>}
 */
export async function forgetWalk(id) {
  const stores = ['walks', 'pins', 'photos', 'bytes', 'entries', 'ratings', 'others'];
  const isGone = await write(stores, async (tx) => {
    if ((await tx.objectStore('entries').index('walk').getAll(id)).length > 0) return false;
    for (const pin of await tx.objectStore('pins').index('walk').getAll(id))
      await tx.objectStore('pins').delete(pin.id);
    for (const row of await tx.objectStore('ratings').index('walk').getAll(id))
      await tx.objectStore('ratings').delete(row.id);
    for (const row of await tx.objectStore('others').index('walk').getAll(id))
      await tx.objectStore('others').delete([id, row.id]);
    for (const photo of await tx.objectStore('photos').index('walk').getAll(id)) {
      await tx.objectStore('photos').delete([id, photo.sha256]);
      await tx.objectStore('bytes').delete([id, photo.sha256]);
    }
    await tx.objectStore('walks').delete(id);
    return true;
  });
  if (isGone) changed('walks', id, 'sync');
  return isGone;
}

/** @param {string} name @returns {Promise<any>} undefined when it was never set */
export async function getMeta(name) {
  return (await read(['meta'], (tx) => tx.objectStore('meta').get(name)))?.value;
}

/** @param {string} name @param {any} value @returns {Promise<void>} */
export async function setMeta(name, value) {
  await write(['meta'], (tx) => tx.objectStore('meta').put({ name, value }));
}

/** Let go of what the retention rule no longer keeps. @param {number} [now] */
export async function sweep(now = Date.now()) {
  await write(['walks', 'pins', 'photos', 'bytes'], async (tx) => {
    for (const walk of await tx.objectStore('walks').getAll()) {
      await sweepPhotos(tx, walk, now);
      if (OVER.has(walk.bundle?.walk.state ?? '')) await sweepPins(tx, walk);
    }
  });
}

/** @param {Tx} tx @param {WalkRecord} walk @param {number} now */
async function sweepPhotos(tx, walk, now) {
  /** @type {PhotoRecord[]} */
  const photos = await tx.objectStore('photos').index('walk').getAll(walk.id);
  for (const photo of photos.filter((each) => each.acked && each.has_bytes)) {
    const isBackedUp = photo.seq !== null && photo.seq <= walk.backed_up_seq;
    if (isBackedUp || (photo.acked_at ?? 0) + LONGEST_MS < now) await dropBytes(tx, photo);
  }
}

/** @param {Tx} tx @param {WalkRecord} walk */
async function sweepPins(tx, walk) {
  /** @type {PinRecord[]} */
  const pins = await tx.objectStore('pins').index('walk').getAll(walk.id);
  for (const pin of pins) {
    const isBackedUp = pin.seq !== null && pin.seq <= walk.backed_up_seq;
    if (pin.acked_body !== null && isBackedUp) await tx.objectStore('pins').put({ ...pin, acked_body: null });
  }
}
