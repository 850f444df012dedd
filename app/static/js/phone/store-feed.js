/**
 * The change feed's answers, written into the store: others' pins, own numbers and review states, the feed position.
 */
/** @import {FeedAnswer, FeedItem, PinRecord, PinView, WalkRecord} from './types' */
/** @import {Tx} from './store-db.js' */
import { changed, StorageFull, writeIfRoom } from './store-db.js';

const STORES = ['walks', 'pins', 'others'];

/**
 * Apply one page; `restart` first forgets what earlier pages said. On a full phone it waits for another time (`noRoom`).
 * @param {string} walkId @param {FeedAnswer} answer @param {boolean} restart
 * @returns {Promise<{walkChanged: boolean, backedUp: boolean, noRoom: boolean}>} whether the bundle is out of date, and whether a backup moved on
 */
export async function applyFeed(walkId, answer, restart) {
  try {
    return { ...(await applyPage(walkId, answer, restart)), noRoom: false };
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    return { walkChanged: false, backedUp: false, noRoom: true };
  }
}

/** @param {string} walkId @param {FeedAnswer} answer @param {boolean} restart */
async function applyPage(walkId, answer, restart) {
  const { items } = answer;
  const backedUp = await writeIfRoom(STORES, async (tx) => {
    /** @type {WalkRecord | undefined} */
    const walk = await tx.objectStore('walks').get(walkId);
    if (!walk) return false;
    if (restart) await forgetOthers(tx, walkId);
    for (const item of items) if (item.type === 'pin') await applyPin(tx, walkId, item);
    const hasMoved = answer.backed_up_seq > walk.backed_up_seq;
    if (walk.bundle) walk.bundle.walk.state = /** @type {any} */ (answer.walk_state);
    const { epoch, seq, backed_up_seq } = answer;
    await tx.objectStore('walks').put({ ...walk, epoch, after: seq, backed_up_seq });
    return hasMoved;
  });
  const hasPins = restart || items.some((item) => item.type === 'pin');
  if (hasPins) for (const what of /** @type {const} */ (['others', 'pins'])) changed(what, walkId, 'sync');
  return { walkChanged: items.some((item) => item.type === 'walk'), backedUp };
}

/** @param {Tx} tx @param {string} walkId */
async function forgetOthers(tx, walkId) {
  for (const row of await tx.objectStore('others').index('walk').getAll(walkId)) {
    await tx.objectStore('others').delete([walkId, row.id]);
  }
}

/** @param {Tx} tx @param {string} walkId @param {Extract<FeedItem, {type: 'pin'}>} item */
async function applyPin(tx, walkId, item) {
  /** @type {PinRecord | undefined} */
  const own = await tx.objectStore('pins').get(item.id);
  if (own) return 'gone' in item ? undefined : tx.objectStore('pins').put(refreshed(own, item));
  if ('gone' in item) return tx.objectStore('others').delete([walkId, item.id]);
  return tx.objectStore('others').put({ ...item, walk: walkId });
}

/** What only the server knows about an own pin; its content is the phone's. @param {PinRecord} own @param {PinView} view @returns {PinRecord} */
function refreshed(own, view) {
  const { number, seq, status, late } = view;
  return {
    ...own,
    number,
    seq,
    status,
    late,
    review: view.review ?? own.review,
    conflict: view.conflict ?? own.conflict,
  };
}
