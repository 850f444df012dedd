/**
 * The outbox as the sender sees it: entries claimed before their first byte leaves, and settled by what came of them.
 *
 * Promises: an entry is deleted only together with the record that says what was proven; a late answer to an old
 * revision never touches a newer one.
 */
/** @import {BytesRecord, Entry, PinRecord, Proof, RatingRecord} from './types' */
/** @import {Tx} from './store-db.js' */
import { entryFor } from './store-body.js';
import { changed, read } from './store-db.js';
import { dropEntries, entriesOf } from './store-entries.js';
import { write, writeSending } from './store-room.js';

/**
 * What came of an entry: proven, kept beside another version (`conflict`), or still here, changed.
 * @typedef {{entry: Entry, proof: Proof} | {entry: Entry, conflict: true} | {entry: Entry, gone: true} | {entry: Entry, patch: Partial<Entry>}} Outcome
 */

/** Entries a dead round left as `sending` wait again. Only the holder of the sender's lock may call this. */
export async function recover() {
  const isStuck = (/** @type {Entry} */ entry) => entry.state === 'sending';
  if (!(await read(['entries'], (tx) => tx.objectStore('entries').getAll())).some(isStuck)) return;
  await writeSending(['entries'], async (tx) => {
    const stuck = (await tx.objectStore('entries').getAll()).filter(isStuck);
    for (const entry of stuck) await tx.objectStore('entries').put({ ...entry, state: 'waiting' });
  });
}

/**
 * Note, durably and before any byte leaves, that these may be sent. Answers them as they are now.
 * A photo's name is its content, so for photos nothing depends on the note and it need not be as durable; and sent
 * photos make room, so theirs is kept for them.
 * @param {Entry[]} entries all words or all photos @returns {Promise<Entry[]>}
 */
export async function claim(entries) {
  const durability = entries.every((entry) => entry.kind === 'photo') ? 'relaxed' : 'strict';
  const save = durability === 'relaxed' ? writeSending : write;
  const claimed = await save(['entries'], (tx) => markSending(tx, entries), durability);
  tell(claimed);
  return claimed;
}

/** @param {Tx} tx @param {Entry[]} entries @returns {Promise<Entry[]>} */
async function markSending(tx, entries) {
  const store = tx.objectStore('entries');
  const found = await Promise.all(entries.map(async (entry) => store.get(entry.id)));
  const fresh = found.filter((entry) => entry?.state === 'waiting');
  const marked = fresh.map((entry) => Object.assign(entry, { state: 'sending', maybe_sent: true }));
  await Promise.all(marked.map(async (entry) => store.put(entry)));
  return marked;
}

/**
 * A file of everything is about to leave the phone: what waits may come to the server by it.
 * @param {string} walk
 */
export async function markSaved(walk) {
  await write(['entries'], async (tx) => {
    /** @type {Entry[]} */
    const entries = await tx.objectStore('entries').index('walk').getAll(walk);
    for (const entry of entries) await tx.objectStore('entries').put({ ...entry, maybe_sent: true });
  });
}

/**
 * Claimed, but the round ended before their turn: exactly as they were.
 * @param {Entry[]} entries as they were before the claim
 */
export async function unclaim(entries) {
  await writeSending(['entries'], async (tx) => {
    for (const { id, maybe_sent } of entries) {
      const entry = await tx.objectStore('entries').get(id);
      if (entry) await tx.objectStore('entries').put({ ...entry, state: 'waiting', maybe_sent });
    }
  });
  tell(entries);
}

/** The bytes of one photo. @param {string} walk @param {string} sha256 @returns {Promise<BytesRecord | null>} */
export async function photoToSend(walk, sha256) {
  return (await read(['bytes'], (tx) => tx.objectStore('bytes').get([walk, sha256]))) ?? null;
}

/**
 * Write down what came of a batch, in one transaction.
 * @param {Outcome[]} outcomes @param {number} now
 */
export async function settle(outcomes, now) {
  if (outcomes.length === 0) return;
  await writeSending(
    ['entries', 'pins', 'photos', 'ratings'],
    async (tx) => {
      await Promise.all(outcomes.map((outcome) => settleOne(tx, outcome, now))); // never two of one thing
    },
    'relaxed',
  );
  tell(outcomes.map(({ entry }) => entry));
}

/** @param {Tx} tx @param {Outcome} outcome @param {number} now */
async function settleOne(tx, outcome, now) {
  const entry = await tx.objectStore('entries').get(outcome.entry.id);
  if (!entry) return; // taken back by the resident meanwhile
  if ('patch' in outcome) return tx.objectStore('entries').put({ ...entry, ...outcome.patch });
  await tx.objectStore('entries').delete(entry.id);
  if ('conflict' in outcome) return flagConflict(tx, entry);
  if ('gone' in outcome) return proveThing(tx, 'pins', entry, null);
  if (entry.kind === 'photo') return provePhoto(tx, entry, outcome.proof, now);
  return proveThing(tx, entry.kind === 'rating' ? 'ratings' : 'pins', entry, outcome.proof);
}

/** @param {Tx} tx @param {Entry} entry @param {Proof} proof @param {number} now */
async function provePhoto(tx, entry, proof, now) {
  const photo = await tx.objectStore('photos').get([entry.walk, entry.target]);
  if (photo) await tx.objectStore('photos').put({ ...photo, acked: true, acked_at: now, seq: proof.seq });
}

/**
 * A proven revision closes all older entries of the same thing, since each carries the whole thing.
 * @param {Tx} tx @param {'pins' | 'ratings'} store @param {Entry} entry @param {Proof | null} proof
 */
async function proveThing(tx, store, entry, proof) {
  /** @type {PinRecord | RatingRecord | undefined} */
  const thing = await tx.objectStore(store).get(entry.target);
  if (!thing) return;
  const older = await entriesOf(tx, store === 'pins' ? 'pin' : 'rating', thing);
  await dropEntries(
    tx,
    older.filter((each) => each.rev < entry.rev),
  );
  Object.assign(thing, { acked_rev: entry.rev, acked_sha256: entry.sha256, acked_body: entry.body });
  thing.rev = Math.max(thing.rev, entry.rev);
  if (proof && 'secret' in thing)
    Object.assign(thing, { seq: proof.seq, number: proof.number ?? thing.number });
  await tx.objectStore(store).put(thing);
}

/** Both versions are with the server; a human chooses. @param {Tx} tx @param {Entry} entry */
async function flagConflict(tx, entry) {
  if (entry.kind !== 'pin') return;
  const pin = await tx.objectStore('pins').get(entry.target);
  if (pin)
    await tx
      .objectStore('pins')
      .put({ ...pin, conflict: true, acked_rev: Math.max(pin.acked_rev, entry.rev) });
}

/** @param {Entry[]} entries */
function tell(entries) {
  for (const walk of new Set(entries.map((entry) => entry.walk))) {
    changed('entries', walk, 'sync');
    changed('pins', walk, 'sync');
  }
}

/** Forget back-off, except where the server named a time. @param {(entry: Entry) => boolean} which */
export async function resetBackoff(which = (entry) => entry.state === 'waiting' && !entry.problem?.obey) {
  await writeSending(['entries'], async (tx) => {
    const late = (await tx.objectStore('entries').getAll()).filter(
      (entry) => which(entry) && (entry.next_at > 0 || entry.state === 'help'),
    );
    for (const entry of late)
      await tx.objectStore('entries').put({ ...entry, next_at: 0, tries: 0, state: 'waiting' });
  });
}

/**
 * Everything proven that the server should have, for `POST …/missing`.
 * @param {string} walk
 */
export async function heldProofs(walk) {
  const [pins, ratings, photos] = await read(['pins', 'ratings', 'photos'], (tx) =>
    Promise.all(
      ['pins', 'ratings', 'photos'].map(async (name) => tx.objectStore(name).index('walk').getAll(walk)),
    ),
  );
  const proven = (/** @type {PinRecord | RatingRecord} */ thing) =>
    thing.acked_rev > 0 && thing.acked_body !== null;
  const named = (/** @type {any} */ thing) => ({
    id: thing.id,
    rev: thing.acked_rev,
    sha256: thing.acked_sha256,
  });
  return {
    pins: pins.filter(proven).map(named),
    ratings: ratings.filter(proven).map(named),
    photos: photos.filter((photo) => photo.acked && photo.has_bytes).map((photo) => photo.sha256),
  };
}

/**
 * A restored server lacks these: send again exactly what it had proven to have.
 * @param {string} walk @param {{pins: string[], ratings: string[], photos: string[]}} lacking @param {number} now
 */
export async function requeue(walk, lacking, now) {
  await write(['pins', 'ratings', 'photos', 'entries'], async (tx) => {
    for (const id of lacking.pins) await requeueThing(tx, 'pins', id, now);
    for (const id of lacking.ratings) await requeueThing(tx, 'ratings', id, now);
    for (const sha256 of lacking.photos) {
      const photo = await tx.objectStore('photos').get([walk, sha256]);
      if (!photo) continue;
      await tx.objectStore('photos').put({ ...photo, acked: false, acked_at: null, seq: null });
      const entry = entryFor(walk, 'photo', sha256, 1, null, now);
      await tx.objectStore('entries').put({ ...entry, again: true });
    }
  });
  changed('entries', walk, 'sync');
}

/** @param {Tx} tx @param {'pins' | 'ratings'} store @param {string} id @param {number} now */
async function requeueThing(tx, store, id, now) {
  const thing = await tx.objectStore(store).get(id);
  if (!thing?.acked_body || thing.acked_rev === 0) return;
  const kind = store === 'ratings' ? 'rating' : thing.withdrawn ? 'withdrawal' : 'pin';
  const entry = entryFor(thing.walk, kind, id, thing.acked_rev, thing.acked_body, now);
  await tx.objectStore('entries').put({ ...entry, maybe_sent: true, again: true });
  await tx.objectStore(store).put({ ...thing, acked_rev: 0, acked_sha256: null });
}
