/**
 * Room on a full phone: words before pictures.
 *
 * While there is room, dead weight lies in the store: the ballast. Whatever is no photo and finds the phone full throws
 * it out and is written in its place, in the same breath; a second piece is kept for sending, since what cannot be noted
 * cannot be sent.
 * Promises: a photo is stored only beside the ballast, so that it never takes the room of words; what others pinned
 * never does either (store-feed.js). What goes to make more room is on the server, or was taken back.
 */
/** @import {PhotoRecord, PinRecord} from './types' */
/** @import {Tx} from './store-db.js' */
import { KEEP_REMOVED_MS } from './store-body.js';
import { changed, read, StorageFull, storeMode, writeIfRoom } from './store-db.js';
import { deletePhotos, onlyOn } from './store-entries.js';

/** Words for some eighty pins, and what sending and many tries in vain write before a photo is gone. Dice, because some browsers pack what they store. */
const BALLAST = { words: 262_144, sending: 1_048_576 };
const DICE_AT_ONCE = 65_536;

/**
 * One readwrite transaction for words; see `writeIfRoom`. `fn` may run again.
 * @template T
 * @param {string[]} stores @param {(tx: Tx) => Promise<T>} fn @param {'strict' | 'relaxed'} [durability]
 * @returns {Promise<T>}
 */
export async function write(stores, fn, durability) {
  const save = () => writeIfRoom(stores, fn, durability);
  return save()
    .catch(afterMaking(() => throwOut('words'), save))
    .catch(afterMaking(makeRoom, save));
}

/**
 * The same for what the sender notes; words may not use all of this.
 * @template T
 * @param {string[]} stores @param {(tx: Tx) => Promise<T>} fn @param {'strict' | 'relaxed'} [durability]
 * @returns {Promise<T>}
 */
export async function writeSending(stores, fn, durability) {
  const again = () => writeIfRoom(stores, fn, durability);
  return write(stores, fn, durability).catch(afterMaking(() => throwOut('sending'), again));
}

/**
 * One readwrite transaction for a photo.
 * @template T
 * @param {string[]} stores @param {(tx: Tx) => Promise<T>} fn @returns {Promise<T>}
 */
export async function writePhoto(stores, fn) {
  const save = () => writeIfRoom([...stores, 'meta'], (tx) => lay(tx).then(() => fn(tx)));
  return save().catch(
    afterMaking(makeRoom, () =>
      save().catch(async (error) => {
        await layBallast();
        throw error;
      }),
    ),
  );
}

/** @template T @param {() => Promise<unknown>} make @param {() => Promise<T>} save */
const afterMaking = (make, save) => async (/** @type {unknown} */ error) => {
  if (!(error instanceof StorageFull)) throw error;
  await make();
  return save();
};

/** @template T @param {Promise<T>} saving @returns {Promise<T | null>} null when there was no room */
const orFull = (saving) =>
  saving.catch((error) => {
    if (error instanceof StorageFull) return null;
    throw error;
  });

// ---------------------------------------------------------------- ballast
/** @param {keyof typeof BALLAST} use */
const named = (use) => `ballast-${use}`;
const USES = /** @type {(keyof typeof BALLAST)[]} */ (Object.keys(BALLAST));

/** @param {keyof typeof BALLAST} use */
const throwOut = (use) => writeIfRoom(['meta'], (tx) => tx.objectStore('meta').delete(named(use)));

/** @param {Tx} tx @param {keyof typeof BALLAST} use @returns {Promise<boolean>} */
const isLaid = async (tx, use) => (await tx.objectStore('meta').getKey?.(named(use))) !== undefined;

/** @param {Tx} tx */
async function lay(tx) {
  if (storeMode().memory) return;
  for (const use of USES) {
    if (await isLaid(tx, use)) continue;
    const value = new Uint8Array(BALLAST[use]);
    for (let at = 0; at < value.length; at += DICE_AT_ONCE)
      crypto.getRandomValues(value.subarray(at, at + DICE_AT_ONCE));
    await tx.objectStore('meta').put({ name: named(use), value });
  }
}

/** Lay the ballast if it is not there and there is room; null when there is none. */
export const layBallast = () => orFull(writeIfRoom(['meta'], lay, 'relaxed'));

// ---------------------------------------------------------------- more room
async function makeRoom() {
  await throwOut('words');
  await orFull(freeSpace());
  await orFull(purgeWithdrawn(Number.POSITIVE_INFINITY));
}

/** A proven photo's bytes go; that it was here stays known. @param {Tx} tx @param {PhotoRecord} photo */
export async function dropBytes(tx, photo) {
  await tx.objectStore('bytes').delete([photo.walk, photo.sha256]);
  await tx.objectStore('photos').put({ ...photo, has_bytes: false });
}

const spare = (/** @type {PhotoRecord} */ photo) => photo.acked && photo.has_bytes;

/** Let go of every photo the server has proven, one after another: each makes room for what is written of the next. */
export async function freeSpace() {
  const photos = (await read(['photos'], (tx) => tx.objectStore('photos').getAll())).filter(spare);
  for (const { walk, sha256 } of photos)
    await writeIfRoom(['photos', 'bytes'], async (tx) => {
      const photo = await tx.objectStore('photos').get([walk, sha256]);
      if (photo && spare(photo)) await dropBytes(tx, photo);
    });
}

/** Of a removed pin that will not come back only the bare record stays, so that a restored server can be told again. @param {PinRecord} pin */
export function blank(pin) {
  const fields = { ...pin.fields, text: '', proposal: '', address: null, here: null, extra: {} };
  return { ...pin, fields, photos: [], undo_until: null };
}

/** Removed pins that nobody brought back for a walk's length leave the phone. @param {number} [now] */
export async function purgeWithdrawn(now = Date.now()) {
  const isOver = (/** @type {PinRecord | undefined} */ pin) =>
    pin?.withdrawn === true && pin.undo_until !== null && pin.undo_until + KEEP_REMOVED_MS < now;
  /** @type {PinRecord[]} */
  const over = (await read(['pins'], (tx) => tx.objectStore('pins').getAll())).filter(isOver);
  if (over.length === 0) return;
  await writeIfRoom(['pins', 'entries', 'photos', 'bytes'], async (tx) => {
    for (const { id } of over) {
      const pin = await tx.objectStore('pins').get(id);
      if (!isOver(pin)) continue; // brought back a moment ago
      await deletePhotos(tx, pin.walk, await onlyOn(tx, pin));
      if (pin.rev === 0) await tx.objectStore('pins').delete(id);
      else await tx.objectStore('pins').put(blank(pin));
    }
  });
}

/**
 * What was proven gives its room back: the ballast is laid again if it is out, and a photo that had no room is asked
 * for again, here and at the next start (`photo_lost` and `awaiting_photo`).
 */
export async function regainRoom() {
  const [pins, ...laid] = await read(['meta', 'pins'], async (tx) =>
    Promise.all([tx.objectStore('pins').getAll(), ...USES.map((use) => isLaid(tx, use))]),
  );
  const isThere = laid.every(Boolean);
  /** @type {PinRecord[]} */
  const lost = pins.filter((pin) => pin.photo_lost && !pin.awaiting_photo && !pin.withdrawn);
  if (isThere && lost.length === 0) return;
  const hasSpare = (await read(['photos'], (tx) => tx.objectStore('photos').getAll())).some(spare);
  if (!isThere && (await layBallast()) === null) {
    await orFull(freeSpace());
    await layBallast();
  }
  if (!hasSpare || lost.length === 0) return;
  await orFull(
    writeIfRoom(['pins'], async (tx) => {
      for (const { id } of lost) {
        const pin = await tx.objectStore('pins').get(id);
        if (pin?.photo_lost) await tx.objectStore('pins').put({ ...pin, awaiting_photo: true });
      }
    }),
  );
  for (const walk of new Set(lost.map((pin) => pin.walk))) changed('pins', walk, 'sync');
}
