/**
 * A resident's pins: saved, revised, taken back, brought back.
 *
 * Promises: pin and outbox entry are written in one transaction; what may have left the phone is followed by a new
 * revision, never rewritten; a removed pin can be brought back for KEEP_REMOVED_MS, under its own name until its
 * withdrawal may have left, and as a new pin after that.
 */
/** @import {Entry, NewPin, PhotoPlace, PinFields, PinItem, PinRecord} from './types' */
/** @import {Tx} from './store-db.js' */
import { newId, newSecret } from '../shared/ids.js';
import {
  cleanFields,
  completeFields,
  entryFor,
  isAsProven,
  moment,
  UNDO_MS,
  withdrawalBody,
} from './store-body.js';
import { changed, read, storeMode } from './store-db.js';
import { dropEntries, entriesOf, onlyOn, queuePhoto, queuePin, unqueuePhotos } from './store-entries.js';
import { toItem } from './store-lists.js';
import { blank, write, writeSending } from './store-room.js';

/** The pin is not (or no longer) on this phone. */
export class NotHere extends Error {
  code = 'not_here';
}

const PIN_STORES = ['pins', 'entries'];
const ALL_STORES = ['pins', 'entries', 'photos', 'bytes'];

/** @param {string} walk */
export function tellPins(walk) {
  changed('pins', walk, 'resident');
  changed('entries', walk, 'resident');
}

/** @param {Tx} tx @param {string} id @returns {Promise<PinRecord>} */
export async function pinHere(tx, id) {
  const pin = await tx.objectStore('pins').get(id);
  if (!pin || pin.withdrawn) throw new NotHere(id);
  return pin;
}

/** The pin as the screen shows it, read anew. @param {string} id @returns {Promise<PinItem>} */
export async function itemOf(id) {
  return read(PIN_STORES, async (tx) => {
    const pin = await pinHere(tx, id);
    return toItem(pin, await tx.objectStore('entries').index('walk').getAll(pin.walk));
  });
}

/** Asked once, before the first pin; a browser's question to the resident must not delay the pin. */
let asked = false;
function askToPersist() {
  if (asked) return;
  asked = true;
  globalThis.navigator?.storage?.persist?.().catch(() => undefined);
}

/**
 * Save a pin at the tile tap. `hold` keeps it from being sent while its sheet is open (10 minutes at most,
 * and not at all in memory mode, where nothing but sending keeps it).
 * @param {string} walk @param {NewPin} fields @param {{hold?: boolean, awaitingPhoto?: boolean, now?: number}} [options]
 * @returns {Promise<PinItem>}
 */
export async function savePin(walk, fields, { hold = false, awaitingPhoto = false, now = Date.now() } = {}) {
  askToPersist();
  const pin = freshPin(walk, fields, awaitingPhoto, now);
  await write(PIN_STORES, (tx) => queuePin(tx, { ...pin }, now, hold && !storeMode().memory));
  tellPins(walk);
  return itemOf(pin.id);
}

/** @param {string} walk @param {NewPin} fields @param {boolean} awaitingPhoto @param {number} now @returns {PinRecord} */
function freshPin(walk, fields, awaitingPhoto, now) {
  return {
    id: newId(now),
    walk,
    made_at: moment(now),
    fields: completeFields(fields),
    category: fields.category,
    photos: [],
    rev: 0,
    acked_rev: 0,
    acked_sha256: null,
    acked_body: null,
    secret: newSecret(),
    number: null,
    seq: null,
    withdrawn: false,
    undo_until: null,
    awaiting_photo: awaitingPhoto,
    photo_lost: false,
    review: null,
    status: null,
    conflict: false,
    late: false,
  };
}

/**
 * Change fields of a pin; `previous` holds the old values of the patched fields, for an undo.
 * Nothing is sent when nothing changed.
 * @param {string} id @param {Partial<PinFields>} patch @param {{hold?: boolean, now?: number}} [options]
 * @returns {Promise<{pin: PinItem, previous: Partial<PinFields>}>}
 */
export async function revisePin(id, patch, { hold = false, now = Date.now() } = {}) {
  const next = cleanFields(patch);
  const { previous, walk } = await write(PIN_STORES, async (tx) => {
    const pin = await pinHere(tx, id);
    const before = Object.fromEntries(
      Object.keys(next).map((name) => [name, pin.fields[/** @type {keyof PinFields} */ (name)]]),
    );
    if (!sameJson(before, next)) {
      pin.fields = { ...pin.fields, ...next };
      pin.category = pin.fields.category;
      await queuePin(tx, pin, now, hold);
    }
    return { previous: /** @type {Partial<PinFields>} */ (before), walk: pin.walk };
  });
  tellPins(walk);
  return { pin: await itemOf(id), previous };
}

/** @param {object} a @param {object} b */
const sameJson = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Remove own pin: unsent it is gone from the phone once the undo window closes; sent it is withdrawn.
 * @param {string} id @param {number} [now]
 * @returns {Promise<{undo_until: number}>}
 */
export async function withdrawPin(id, now = Date.now()) {
  const undo_until = now + UNDO_MS;
  const walk = await write(PIN_STORES, async (tx) => {
    const pin = await pinHere(tx, id);
    const entries = await entriesOf(tx, 'pin', pin);
    const leaving = entries.filter((entry) => entry.maybe_sent && entry.state !== 'help');
    await dropEntries(
      tx,
      entries.filter((entry) => !leaving.includes(entry)),
    );
    await unqueuePhotos(tx, pin.walk, await onlyOn(tx, pin));
    pin.rev = Math.max(pin.acked_rev, ...leaving.map((entry) => entry.rev));
    Object.assign(pin, { withdrawn: true, undo_until, awaiting_photo: false });
    await tx.objectStore('pins').put(pin);
    if (pin.rev > 0) {
      const body = withdrawalBody(pin.rev + 1, pin.rev);
      await tx
        .objectStore('entries')
        .put(entryFor(pin.walk, 'withdrawal', id, pin.rev + 1, body, now, undo_until));
    }
    return pin.walk;
  });
  tellPins(walk);
  return { undo_until };
}

/**
 * Bring a withdrawn pin back.
 * @param {string} id @param {number} [now]
 * @returns {Promise<boolean>} false when it is too late
 */
export async function undo(id, now = Date.now()) {
  const walk = await write(ALL_STORES, async (tx) => {
    /** @type {PinRecord | undefined} */
    const pin = await tx.objectStore('pins').get(id);
    if (!pin?.withdrawn || pin.undo_until === null) return null;
    const withdrawals = await entriesOf(tx, 'withdrawal', pin);
    const isOut = withdrawals.length === 0 || withdrawals.some((entry) => entry.maybe_sent);
    if (pin.rev > 0 && isOut) return bringAnew(tx, pin, now);
    await dropEntries(tx, withdrawals);
    Object.assign(pin, { withdrawn: false, undo_until: null });
    const leaving = await entriesOf(tx, 'pin', pin);
    if (!isAsProven(pin) || leaving.length > 0) await queuePin(tx, pin, now, false);
    else await tx.objectStore('pins').put(pin);
    for (const place of pin.photos) await queuePhoto(tx, pin.walk, place.sha256, now, 0);
    return pin.walk;
  });
  if (walk) tellPins(walk);
  return walk !== null;
}

/** What the server has forgotten, or is about to, comes back as a pin of its own, with the photos still here. @param {Tx} tx @param {PinRecord} old @param {number} now */
async function bringAnew(tx, old, now) {
  const pin = { ...freshPin(old.walk, old.fields, false, now), made_at: old.made_at, photos: old.photos };
  await queuePin(tx, pin, now, false);
  for (const { sha256 } of pin.photos) {
    const photo = await tx.objectStore('photos').get([pin.walk, sha256]);
    if (photo?.has_bytes)
      await tx.objectStore('photos').put({ ...photo, acked: false, acked_at: null, seq: null });
    await queuePhoto(tx, pin.walk, sha256, now, 0);
  }
  await tx.objectStore('pins').put(blank(old));
  return pin.walk;
}

/** Own pins that were removed and can come back, the last one first. @param {string} walk @returns {Promise<PinRecord[]>} */
export async function listRemoved(walk) {
  /** @type {PinRecord[]} */
  const pins = await read(['pins'], (tx) => tx.objectStore('pins').index('walk').getAll(walk));
  const at = (/** @type {PinRecord} */ pin) => pin.undo_until ?? 0;
  return pins.filter((pin) => pin.withdrawn && pin.undo_until !== null).sort((a, b) => at(b) - at(a));
}

/**
 * Let a held pin and its photos go (its sheet or camera is closed); without id, all of them.
 * @param {string} [id] @returns {Promise<void>}
 */
export async function release(id) {
  const walks = await writeSending(PIN_STORES, async (tx) => {
    const pin = id === undefined ? null : await tx.objectStore('pins').get(id);
    const things = [id, ...(pin?.photos ?? []).map((/** @type {PhotoPlace} */ place) => place.sha256)];
    /** @type {Entry[]} */
    const entries = await tx.objectStore('entries').getAll();
    const held = entries.filter(
      (entry) =>
        entry.kind !== 'withdrawal' &&
        entry.not_before > 0 &&
        (id === undefined || things.includes(entry.target)),
    );
    for (const entry of held) await tx.objectStore('entries').put({ ...entry, not_before: 0 });
    return new Set(held.map((entry) => entry.walk));
  });
  for (const walk of walks) changed('entries', walk, 'resident');
}

/**
 * Remember that the camera is, or is no longer, open for this pin; one that was offered again is then not wanted.
 * @param {string} id @param {boolean} awaiting @returns {Promise<void>}
 */
export async function setAwaitingPhoto(id, awaiting) {
  const walk = await write(['pins'], async (tx) => {
    const pin = await pinHere(tx, id);
    const photo_lost = pin.photo_lost && (awaiting || !pin.awaiting_photo);
    await tx.objectStore('pins').put({ ...pin, awaiting_photo: awaiting, photo_lost });
    return pin.walk;
  });
  changed('pins', walk, 'resident');
}
