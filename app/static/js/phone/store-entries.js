/**
 * The outbox entries of a thing, inside somebody's transaction. Shared by pins, photos and ratings.
 */
/** @import {Entry, PinRecord, RatingRecord} from './types' */
/** @import {Tx} from './store-db.js' */
import { entryFor, entryId, HOLD_MS, pinBody, ratingBody, revision } from './store-body.js';

/**
 * The entries of one pin or rating that are not proven: everything after its proven revision.
 * @param {Tx} tx @param {'pin' | 'rating' | 'withdrawal'} kind @param {{id: string, walk: string, rev: number, acked_rev: number}} thing
 * @returns {Promise<Entry[]>}
 */
export async function entriesOf(tx, kind, thing) {
  const store = tx.objectStore('entries');
  const revs = Array.from({ length: thing.rev - thing.acked_rev + 1 }, (_, i) => thing.acked_rev + 1 + i);
  const found = await Promise.all(
    revs.map(async (rev) => store.get(entryId(thing.walk, kind, thing.id, rev))),
  );
  return found.filter((entry) => entry !== undefined);
}

/**
 * Make the pin's present content an entry: a waiting one is rewritten, one that may have left is followed.
 * @param {Tx} tx @param {PinRecord} pin changed in place, and stored @param {number} now @param {boolean} hold
 * @returns {Promise<Entry>}
 */
export async function queuePin(tx, pin, now, hold) {
  const { rev, base, replaces } = revision(pin, await entriesOf(tx, 'pin', pin));
  await dropEntries(tx, replaces);
  const held = Math.max(0, ...replaces.map((entry) => entry.not_before));
  const entry = entryFor(
    pin.walk,
    'pin',
    pin.id,
    rev,
    pinBody(pin, rev, base),
    now,
    hold ? now + HOLD_MS : held,
  );
  entry.created_at = Math.min(now, ...replaces.map((each) => each.created_at));
  pin.rev = rev;
  await tx.objectStore('entries').put(entry);
  await tx.objectStore('pins').put(pin);
  return entry;
}

/** @param {Tx} tx @param {RatingRecord} rating changed in place, and stored @param {number} now */
export async function queueRating(tx, rating, now) {
  const { rev, base, replaces } = revision(rating, await entriesOf(tx, 'rating', rating));
  await dropEntries(tx, replaces);
  rating.rev = rev;
  await tx
    .objectStore('entries')
    .put(entryFor(rating.walk, 'rating', rating.id, rev, ratingBody(rating, rev, base), now));
  await tx.objectStore('ratings').put(rating);
}

/** @param {Tx} tx @param {Entry[]} entries */
export async function dropEntries(tx, entries) {
  for (const entry of entries) await tx.objectStore('entries').delete(entry.id);
}

/**
 * Queue a stored photo unless it is queued or proven already; held as long as its pin is.
 * @param {Tx} tx @param {string} walk @param {string} sha256 @param {number} now @param {number} notBefore
 */
export async function queuePhoto(tx, walk, sha256, now, notBefore) {
  const photo = await tx.objectStore('photos').get([walk, sha256]);
  const entry = entryFor(walk, 'photo', sha256, 1, null, now, notBefore);
  if (!photo || photo.acked || (await tx.objectStore('entries').get(entry.id))) return;
  await tx.objectStore('entries').put(entry);
}

/**
 * Photos of `pin` that no other pin of the walk shows.
 * @param {Tx} tx @param {PinRecord} pin @returns {Promise<string[]>}
 */
export async function onlyOn(tx, pin) {
  /** @type {PinRecord[]} */
  const pins = await tx.objectStore('pins').index('walk').getAll(pin.walk);
  const elsewhere = new Set(
    pins
      .filter((each) => each.id !== pin.id && !each.withdrawn)
      .flatMap((each) => each.photos.map((p) => p.sha256)),
  );
  return pin.photos.map((place) => place.sha256).filter((sha256) => !elsewhere.has(sha256));
}

/** Take photos out of the queue; one that is on its way right now cannot be called back. @param {Tx} tx @param {string} walk @param {string[]} photos */
export async function unqueuePhotos(tx, walk, photos) {
  for (const sha256 of photos) await tx.objectStore('entries').delete(entryId(walk, 'photo', sha256, 1));
}

/** @param {Tx} tx @param {string} walk @param {string[]} photos */
export async function deletePhotos(tx, walk, photos) {
  await unqueuePhotos(tx, walk, photos);
  for (const sha256 of photos) {
    await tx.objectStore('photos').delete([walk, sha256]);
    await tx.objectStore('bytes').delete([walk, sha256]);
  }
}
