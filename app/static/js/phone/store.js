/**
 * The phone's memory: everything a resident does, kept in IndexedDB before anyone says "saved".
 *
 * Owns the whole store; no other file than store*.js touches IndexedDB.
 * Promises: a thing and its outbox entry are written in ONE transaction with strict durability, and a function
 * resolves only when that transaction is complete. Lists never load photo bytes.
 * Does not send, draw or decide what is next: see sync.js and outbox.js.
 */
/** @import {PinItem, NewPin, PinFields, PhotoToAdd, PhotoPlace, StoreMode, StoreChange, WalkRecord, PinView, Entry, NewRating, RatingRecord} from './types' */

/** The phone had no room. When adding a photo the pin itself is kept. */
export class StorageFull extends Error { code = 'store_full'; }
/** The pin is not (or no longer) on this phone. */
export class NotHere extends Error { code = 'not_here'; }

const soon = () => { throw new Error('signature only'); };

/** Open the store; falls back to memory and says so. @returns {Promise<StoreMode>} */
export async function openStore() { return soon(); }
/** @returns {StoreMode} */
export function storeMode() { return soon(); }
/** Called after every committed change, in this tab and others. @param {(change: StoreChange) => void} fn @returns {() => void} stop listening */
export function onChange(fn) { return soon(fn); }

/** Save a pin at the tile tap. `hold` keeps it from being sent while its sheet is open (10 minutes at most). The first pin also asks for persistent storage.
 * @param {string} walk @param {NewPin} fields @param {{hold?: boolean, awaitingPhoto?: boolean}} [options] @returns {Promise<PinItem>} */
export async function savePin(walk, fields, options = {}) { return soon(walk, fields, options); }
/** Change fields of a pin; `previous` holds the old values of the patched fields, for an undo.
 * @param {string} id @param {Partial<PinFields>} patch @param {{hold?: boolean}} [options] @returns {Promise<{pin: PinItem, previous: Partial<PinFields>}>} */
export async function revisePin(id, patch, options = {}) { return soon(id, patch, options); }
/** Store a photo and attach it. On StorageFull the pin is kept and marked photo_lost. @param {string} id @param {PhotoToAdd} photo @returns {Promise<PinItem>} */
export async function addPhoto(id, photo) { return soon(id, photo); }
/** Change alt text, order or phase. @param {string} id @param {string} sha256 @param {Partial<Omit<PhotoPlace, 'sha256'>>} patch @returns {Promise<PinItem>} */
export async function revisePhoto(id, sha256, patch) { return soon(id, sha256, patch); }
/** @param {string} id @param {string} sha256 @returns {Promise<PinItem>} */
export async function removePhoto(id, sha256) { return soon(id, sha256); }
/** Remove own pin: unsent it is gone from the phone once the undo window closes; sent it is withdrawn. @param {string} id @returns {Promise<{undo_until: number}>} */
export async function withdrawPin(id) { return soon(id); }
/** Bring a withdrawn pin back. @param {string} id @returns {Promise<boolean>} false when it is too late */
export async function undo(id) { return soon(id); }
/** Let a held pin go (its sheet or camera is closed); without id, all of them. @param {string} [id] @returns {Promise<void>} */
export async function release(id) { return soon(id); }
/** @param {string} id @param {boolean} awaiting @returns {Promise<void>} */
export async function setAwaitingPhoto(id, awaiting) { return soon(id, awaiting); }
/** Pins whose camera was open when the page died. @param {string} walk @returns {Promise<PinItem[]>} */
export async function drafts(walk) { return soon(walk); }

/** Answer a question; one answer per question and stop, changed in place. @param {string} walk @param {NewRating} rating @returns {Promise<RatingRecord>} */
export async function saveRating(walk, rating) { return soon(walk, rating); }
/** @param {string} walk @returns {Promise<RatingRecord[]>} */
export async function listRatings(walk) { return soon(walk); }

/** Own pins, newest first, withdrawn ones left out. @param {string} walk @returns {Promise<PinItem[]>} */
export async function listPins(walk) { return soon(walk); }
/** @param {string} id @returns {Promise<PinItem | null>} */
export async function getPin(id) { return soon(id); }
/** Pins from the feed that were not made on this phone (or were, before its storage was lost: `mine`). @param {string} walk @returns {Promise<PinView[]>} */
export async function listOthers(walk) { return soon(walk); }
/** @param {string} walk @param {string} sha256 @returns {Promise<Blob | null>} */
export async function getThumb(walk, sha256) { return soon(walk, sha256); }
/** @param {string} walk @param {string} sha256 @returns {Promise<Blob | null>} */
export async function getPhoto(walk, sha256) { return soon(walk, sha256); }
/** Everything not yet proven; for `outbox.summary`. @param {string} [walk] @returns {Promise<Entry[]>} */
export async function listEntries(walk) { return soon(walk); }

/** @returns {Promise<WalkRecord[]>} */
export async function listWalks() { return soon(); }
/** @param {string} id @returns {Promise<WalkRecord | null>} */
export async function getWalk(id) { return soon(id); }
/** @param {string} id @param {Partial<WalkRecord>} patch creates the record when it is new @returns {Promise<WalkRecord>} */
export async function patchWalk(id, patch) { return soon(id, patch); }
/** @param {string} name @returns {Promise<any>} */
export async function getMeta(name) { return soon(name); }
/** @param {string} name @param {any} value @returns {Promise<void>} */
export async function setMeta(name, value) { return soon(name, value); }
