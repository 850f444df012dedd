/**
 * Photos: bytes, thumbnail and place on a pin, stored with the pin's revision in one transaction.
 *
 * Promises: a photo is kept once however many pins show it; a full phone costs the photo, never the pin.
 */
/** @import {PhotoPlace, PhotoToAdd, PinItem, PinRecord, PreparedPhoto} from './types' */
/** @import {Tx} from './store-db.js' */
import { clean, entryFor, MOST_PHOTOS, moment } from './store-body.js';
import { read, StorageFull } from './store-db.js';
import { deletePhotos, onlyOn, queuePhoto, queuePin } from './store-entries.js';
import { itemOf, pinHere, tellPins } from './store-pins.js';
import { write, writePhoto } from './store-room.js';

/** A pin takes MOST_PHOTOS photos. */
export class TooManyPhotos extends Error {
  code = 'too_many_photos';
}

const STORES = ['pins', 'entries', 'photos', 'bytes'];

/**
 * Store a photo and attach it. On StorageFull the pin is kept and marked photo_lost.
 * @param {string} id @param {PhotoToAdd} photo @param {number} [now] @returns {Promise<PinItem>}
 */
export async function addPhoto(id, photo, now = Date.now()) {
  try {
    const walk = await writePhoto(STORES, (tx) => attach(tx, id, photo, now));
    tellPins(walk);
  } catch (error) {
    if (error instanceof StorageFull) await markLost(id);
    throw error;
  }
  return itemOf(id);
}

/** @param {Tx} tx @param {string} id @param {PhotoToAdd} photo @param {number} now */
async function attach(tx, id, photo, now) {
  const pin = await pinHere(tx, id);
  pin.awaiting_photo = false;
  pin.photo_lost = false;
  if (pin.photos.some((place) => place.sha256 === photo.sha256)) {
    await tx.objectStore('pins').put(pin);
    return pin.walk;
  }
  if (pin.photos.length >= MOST_PHOTOS) throw new TooManyPhotos(id);
  await keep(tx, pin.walk, photo, now);
  const { sha256, alt = '', phase = null, taken_at = moment(now) } = photo;
  const order = Math.max(-1, ...pin.photos.map((place) => place.order)) + 1;
  pin.photos.push({ sha256, alt: clean(alt, 'alt'), order, phase, taken_at });
  const entry = await queuePin(tx, pin, now, false);
  await queuePhoto(tx, pin.walk, sha256, now, entry.not_before);
  return pin.walk;
}

/** @param {Tx} tx @param {string} walk @param {PreparedPhoto} photo @param {number} now */
async function keep(tx, walk, { sha256, type, bytes, thumb, raw }, now) {
  if (await tx.objectStore('photos').get([walk, sha256])) return;
  const state = { acked: false, acked_at: null, seq: null, has_bytes: true };
  const about = { walk, sha256, type, size: bytes.byteLength, thumb, made_at: moment(now), raw };
  await tx.objectStore('photos').put({ ...about, ...state });
  await tx.objectStore('bytes').put({ walk, sha256, type, bytes });
}

/** @param {string} id */
async function markLost(id) {
  const walk = await write(['pins'], async (tx) => {
    const pin = await pinHere(tx, id);
    await tx.objectStore('pins').put({ ...pin, photo_lost: true, awaiting_photo: false });
    return pin.walk;
  });
  tellPins(walk);
}

/**
 * Change alt text, order or phase.
 * @param {string} id @param {string} sha256 @param {Partial<Omit<PhotoPlace, 'sha256'>>} patch @param {number} [now]
 * @returns {Promise<PinItem>}
 */
export async function revisePhoto(id, sha256, patch, now = Date.now()) {
  const next = patch.alt === undefined ? patch : { ...patch, alt: clean(patch.alt, 'alt') };
  const walk = await write(['pins', 'entries'], async (tx) => {
    const pin = await pinHere(tx, id);
    const photos = pin.photos.map((place) => (place.sha256 === sha256 ? { ...place, ...next } : place));
    if (JSON.stringify(photos) !== JSON.stringify(pin.photos))
      await queuePin(tx, { ...pin, photos }, now, false);
    return pin.walk;
  });
  tellPins(walk);
  return itemOf(id);
}

/** @param {string} id @param {string} sha256 @param {number} [now] @returns {Promise<PinItem>} */
export async function removePhoto(id, sha256, now = Date.now()) {
  const walk = await write(STORES, async (tx) => {
    const pin = await pinHere(tx, id);
    const gone = (await onlyOn(tx, pin)).filter((each) => each === sha256);
    const photos = pin.photos.filter((place) => place.sha256 !== sha256);
    await queuePin(tx, { ...pin, photos }, now, false);
    await deletePhotos(tx, pin.walk, gone);
    return pin.walk;
  });
  tellPins(walk);
  return itemOf(id);
}

/**
 * The server found a photo too large: put a smaller one in its place, everywhere it is shown.
 * @param {string} walk @param {string} old sha256 @param {PreparedPhoto} photo @param {number} now
 */
export async function replacePhoto(walk, old, photo, now) {
  await write(STORES, async (tx) => {
    /** @type {PinRecord[]} */
    const pins = await tx.objectStore('pins').index('walk').getAll(walk);
    const before = await tx.objectStore('photos').get([walk, old]);
    await keep(tx, walk, { ...photo, thumb: before?.thumb ?? photo.thumb }, now);
    await tx
      .objectStore('entries')
      .put({ ...entryFor(walk, 'photo', photo.sha256, 1, null, now), recompressed: true });
    for (const pin of pins.filter((each) => each.photos.some((place) => place.sha256 === old))) {
      for (const place of pin.photos) if (place.sha256 === old) place.sha256 = photo.sha256;
      if (pin.withdrawn) await tx.objectStore('pins').put(pin);
      else await queuePin(tx, pin, now, false);
    }
    await deletePhotos(tx, walk, [old]);
  });
  tellPins(walk);
}

/** @param {string} walk @param {string} sha256 @returns {Promise<Blob | null>} */
export async function getThumb(walk, sha256) {
  const photo = await read(['photos'], (tx) => tx.objectStore('photos').get([walk, sha256]));
  return photo?.thumb ? new Blob([photo.thumb], { type: 'image/jpeg' }) : null;
}

/** @param {string} walk @param {string} sha256 @returns {Promise<Blob | null>} */
export async function getPhoto(walk, sha256) {
  const found = await read(['bytes'], (tx) => tx.objectStore('bytes').get([walk, sha256]));
  return found ? new Blob([found.bytes], { type: found.type }) : null;
}
