/**
 * The phone's memory: everything a resident does, kept in IndexedDB before anyone says "saved".
 *
 * The store*.js files own IndexedDB; no other file touches it, and the interface imports from here only.
 * Promises: a thing and its outbox entry are written in ONE transaction with strict durability, and a function
 * resolves only when that transaction is complete. Lists never load photo bytes. A full phone throws StorageFull.
 * Does not send, draw or decide what is next: see sync.js and outbox.js.
 */
export { MOST_PHOTOS } from './store-body.js';
export { closeStore, onChange, openStore, StorageFull, storeMode } from './store-db.js';
export { forgetWalk, getMeta, getWalk, listWalks, patchWalk, setMeta } from './store-keep.js';
export { drafts, getPin, listEntries, listOthers, listPins, listRatings, saveRating } from './store-lists.js';
export { addPhoto, getPhoto, getThumb, removePhoto, revisePhoto, TooManyPhotos } from './store-photos.js';
export {
  listRemoved,
  NotHere,
  release,
  revisePin,
  savePin,
  setAwaitingPhoto,
  undo,
  withdrawPin,
} from './store-pins.js';
