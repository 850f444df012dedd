/**
 * Reading the change feed, and healing a server that was restored from a backup.
 *
 * A new epoch means that the server may lack what it once proved: the phone asks which, puts exactly those bodies back
 * into the outbox, and reads the feed from the start. Only then is the new epoch written down.
 */
/** @import {ApiResult, FeedAnswer, Rejoined, WalkRecord} from './types' */
/** @import {Round} from './sync-round.js' */
import { asForeign, request } from '../shared/api.js';
import { isAway } from './outbox.js';
import { refresh } from './session.js';
import { applyFeed } from './store-feed.js';
import { getMeta, getWalk, listWalks, sweep } from './store-keep.js';
import { listEntries } from './store-lists.js';
import { heldProofs, requeue } from './store-queue.js';

const PAGE = 500;
const MOST_ASKED = 500;
const OTHERS_EVERY_MS = 10 * 60_000;

/** When a walk that is not in front was last read, by a clock that nobody sets. @type {Map<string, number>} */
const lastRead = new Map();

/** A resident asked: no walk was read lately enough. */
export const readAllAgain = () => lastRead.clear();

/** Nothing can be sent to that walk, as things are. @param {Rejoined} answer */
const isShut = (answer) => answer === 'refused' || answer === 'gone';

/**
 * Reads the feed of the walk in front and of every walk something was sent to; with `others`, now and then that of
 * every walk: what a restored server lacks may be on this phone alone, also when nobody opens its walk again.
 * @param {Round} run @param {boolean} others @returns {Promise<number>} how many changes came
 */
export async function pullAll(run, others) {
  const wanted = new Set([await getMeta('current'), ...run.walks].filter((id) => id && !run.parked.has(id)));
  const late = others ? await longUnread(wanted, run.parked) : [];
  let applied = 0;
  for (const id of [...wanted, ...late]) {
    const pulled = await pull(id, { rejoin: run.rejoin, refresh });
    applied += pulled.applied;
    run.healed ||= pulled.healed;
    const { failed } = pulled;
    if (failed?.network || failed?.portal) run.stopped = failed.portal ? 'portal' : 'network';
    else if (failed && wanted.has(id)) await fails(run, id, failed);
    if (run.stopped) break;
    if (!wanted.has(id)) lastRead.set(id, performance.now());
  }
  return applied;
}

/** @param {Round} run @param {string} id @param {ApiResult} failed */
async function fails(run, id, { status }) {
  if (status === 401 && isShut(await run.rejoin(id))) run.parked.add(id);
  if (isAway(status)) run.stopped = 'server';
}

/** @param {Set<string>} wanted @param {Set<string>} parked */
async function longUnread(wanted, parked) {
  const before = performance.now() - OTHERS_EVERY_MS;
  const rest = (await listWalks()).filter(
    ({ id, epoch, left }) => epoch && !left && !wanted.has(id) && !parked.has(id),
  );
  return rest.map(({ id }) => id).filter((id) => (lastRead.get(id) ?? Number.NEGATIVE_INFINITY) < before);
}

/**
 * Read everything new of one walk.
 * @param {string} walkId
 * @param {{rejoin: (walk: string) => Promise<Rejoined>, refresh: (walk: string) => Promise<unknown>}} session
 * @returns {Promise<{applied: number, healed: boolean, failed: ApiResult | null}>}
 */
export async function pull(walkId, session) {
  const seen = { applied: 0, healed: false, walkChanged: false, backedUp: false, noRoom: false };
  let mayRejoin = true;
  for (;;) {
    const walk = await getWalk(walkId);
    if (!walk) return { ...seen, failed: null };
    const unsent = (await listEntries(walkId)).length;
    const result = await request('GET', pathOf(walk, unsent));
    if (result.status === 401 && mayRejoin && (await session.rejoin(walkId)) === 'ok') {
      mayRejoin = false;
      continue;
    }
    if (!result.ok || !isFeed(result.data)) return { ...seen, failed: asForeign(result) };
    const failed = await take(walk, result.data, seen);
    if (failed) return { ...seen, failed };
    if (!result.data.more || seen.noRoom) break;
  }
  if (seen.walkChanged) await session.refresh(walkId);
  if (seen.backedUp) await sweep();
  return { ...seen, failed: null };
}

/** @param {any} data @returns {data is FeedAnswer} */
const isFeed = (data) =>
  typeof data?.epoch === 'string' && Number.isInteger(data.seq) && Array.isArray(data.items);

/** @param {any} data */
const isLacking = (data) => ['pins', 'ratings', 'photos'].every((name) => Array.isArray(data?.[name]));

/**
 * In passing the phone says whether it could go without network now, and how much it has to send: the leader's counts.
 * @param {WalkRecord} walk @param {number} unsent
 */
function pathOf({ id, epoch, after, ready, bundle }, unsent) {
  const isReady = Boolean(ready?.shell && (ready.pack || !bundle?.pack));
  const cursor = `epoch=${encodeURIComponent(epoch ?? '')}&after=${after}&limit=${PAGE}`;
  return `/api/walks/${id}/changes?${cursor}&ready=${isReady}&unsent=${unsent}`;
}

/**
 * @param {WalkRecord} walk @param {FeedAnswer} answer
 * @param {{applied: number, healed: boolean, walkChanged: boolean, backedUp: boolean, noRoom: boolean}} seen
 * @returns {Promise<ApiResult | null>} what went wrong
 */
async function take(walk, answer, seen) {
  const isRestored = walk.epoch !== null && (answer.reset === true || answer.epoch !== walk.epoch);
  if (isRestored) {
    const failed = await heal(walk.id);
    if (failed) return failed;
    seen.healed = true;
  }
  const { walkChanged, backedUp, noRoom } = await applyFeed(walk.id, answer, isRestored);
  seen.noRoom = noRoom;
  if (noRoom) return null;
  seen.applied += answer.items.length;
  seen.walkChanged ||= walkChanged;
  seen.backedUp ||= backedUp;
  return null;
}

/** @param {string} walkId @returns {Promise<ApiResult | null>} what went wrong */
async function heal(walkId) {
  const held = await heldProofs(walkId);
  const most = Math.max(held.pins.length, held.ratings.length, held.photos.length);
  for (let from = 0; from < most; from += MOST_ASKED) {
    const part = (/** @type {any[]} */ list) => list.slice(from, from + MOST_ASKED);
    const body = { pins: part(held.pins), ratings: part(held.ratings), photos: part(held.photos) };
    const result = await request('POST', `/api/walks/${walkId}/missing`, { body });
    if (!result.ok || !isLacking(result.data)) return asForeign(result);
    await requeue(walkId, result.data, Date.now());
  }
  return null;
}
