/**
 * Which walks this phone is in: joining, entering, leaving, and the bundle a walk is drawn from.
 *
 * Promises: a walk once entered opens without network; an expired token is renewed with the kept capability, once and
 * quietly; leaving never loses what is unsent.
 */
/** @import {ApiResult, Entered, Rejoined, WalkRecord} from './types' */
import { asForeign, request } from '../shared/api.js';
import { getMeta, getWalk, patchWalk, setMeta } from './store-keep.js';
import { listEntries } from './store-lists.js';
import { resetBackoff } from './store-queue.js';

/**
 * @param {string} pathname e.g. /app/<walk_id>
 * @returns {string | null}
 */
export function walkIdFrom(pathname) {
  return /^\/app\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/.exec(pathname)?.[1] ?? null;
}

/** The walk last entered, also offline. @returns {Promise<WalkRecord | null>} */
export async function currentWalk() {
  const id = await getMeta('current');
  const walk = id ? await getWalk(id) : null;
  return walk?.left ? null : walk;
}

/**
 * Enter a walk this phone has joined: the bundle is fetched and stored when the network allows, else the stored one
 * serves. Also mints the re-join capability, after the answer when in a `hurry`. `walk` is null only when it was never
 * here.
 * @param {string} walkId @param {string} lang @param {boolean} [hurry] @returns {Promise<Entered>}
 */
export async function enter(walkId, lang, hurry = false) {
  let result = await fetchBundle(walkId, lang);
  const before = await getWalk(walkId);
  const isStranger = isBundle(result, walkId) && isAnother(before, result.data.participant.id);
  const renewed = result.status === 401 || isStranger ? await rejoin(walkId) : null;
  if (renewed === 'ok') result = await fetchBundle(walkId, lang);
  if (isStranger && renewed === 'later') return enterStored(walkId, { ...result, network: true });
  if (!isBundle(result, walkId)) return enterStored(walkId, result);
  const bundle = result.data;
  const participant_id = bundle.participant.id;
  const epoch = before?.epoch ?? bundle.epoch;
  const anew = isAnother(before, participant_id) && { joined_anew: true };
  await patchWalk(walkId, { bundle, participant_id, epoch, lang, left: null, parked: null, ...anew });
  await setMeta('current', walkId);
  if (!before?.rejoin || isAnother(before, participant_id)) {
    const minted = mintCapability(walkId);
    if (!hurry) await minted;
  }
  return { ok: true, walk: await getWalk(walkId), result };
}

/**
 * The walk's code was scanned again, and the token is a newcomer's. The phone goes back to who it was: what it sent is
 * its own, to change and to take back.
 * @param {WalkRecord | null} before @param {string} participant
 */
const isAnother = (before, participant) =>
  before !== null && before.participant_id !== null && before.participant_id !== participant;

/** @param {string} walkId @param {ApiResult} result @returns {Promise<Entered>} */
async function enterStored(walkId, result) {
  let walk = await getWalk(walkId);
  if (walk?.bundle) await setMeta('current', walkId);
  if (walk && result.status === 401) walk = await patchWalk(walkId, { parked: walk.parked ?? 'rejoin' });
  const isAway = result.network || result.portal || result.status >= 500;
  return { ok: Boolean(walk?.bundle) && isAway, walk, result };
}

/** The bundle of this very walk. @param {ApiResult} result @param {string} walkId */
const isBundle = (result, walkId) =>
  result.ok && result.data?.walk?.id === walkId && Boolean(result.data.participant?.id);

/** @param {string} walkId @param {string} lang */
async function fetchBundle(walkId, lang) {
  const result = await request('GET', `/api/walks/${walkId}?lang=${encodeURIComponent(lang)}`);
  return isBundle(result, walkId) ? result : asForeign(result);
}

/** Without it a phone whose token ended would have to scan again; it is asked for until it is here. @param {string} walkId */
async function mintCapability(walkId) {
  const result = await request('POST', `/api/walks/${walkId}/capability`);
  if (typeof result.data?.rejoin === 'string') await patchWalk(walkId, { rejoin: result.data.rejoin });
}

/** The walk's texts or state changed, or the language did. @param {string} walkId @param {string} [lang] @returns {Promise<boolean>} */
export async function refresh(walkId, lang) {
  const walk = await getWalk(walkId);
  const result = await fetchBundle(walkId, lang ?? walk?.lang ?? 'sv');
  const isGood = isBundle(result, walkId);
  if (isGood) await patchWalk(walkId, { bundle: result.data, ...(lang && { lang }) }, 'sync');
  return isGood;
}

/**
 * Renew the token with the kept capability.
 * @param {string} walkId
 * @returns {Promise<Rejoined>} refused: only the walk's code helps now; gone: nothing does
 */
export async function rejoin(walkId) {
  const walk = await getWalk(walkId);
  if (!walk?.rejoin) return 'refused';
  const result = await request('POST', `/api/walks/${walkId}/rejoin`, { body: { rejoin: walk.rejoin } });
  if (typeof result.data?.rejoin !== 'string') return refusedOr(walkId, result);
  await patchWalk(walkId, { rejoin: result.data.rejoin, parked: null }, 'sync');
  return 'ok';
}

/** @param {string} walkId @param {ApiResult} result @returns {Promise<Rejoined>} */
async function refusedOr(walkId, { problem }) {
  if (problem?.retry !== false) return 'later';
  if (problem.code !== 'walk_gone') return 'refused';
  await patchWalk(walkId, { parked: 'gone' }, 'sync');
  return 'gone';
}

/**
 * Nothing of the walk waits any more: ask how much of it is there. No answer leaves the one before.
 * @param {WalkRecord} walk
 */
export async function renewReceipt({ id, epoch }) {
  const { data } = await request('POST', `/api/walks/${id}/receipt`);
  if (typeof data?.code !== 'string' || !Number.isInteger(data.pins)) return;
  const { code, pins, photos } = data;
  await patchWalk(id, { receipt: { code, pins, photos, epoch } }, 'sync');
}

/**
 * Join by code inside the app. A queue that waited for this walk goes on under the new token.
 * @param {string} code @param {string} lang @returns {Promise<Entered>}
 */
export async function joinByCode(code, lang) {
  const result = await request('POST', '/api/join', { body: { code } });
  if (typeof result.data?.walk_id !== 'string') return { ok: false, walk: null, result: asForeign(result) };
  const { walk_id, participant_id, rejoin: capability } = result.data;
  const isNewcomer = isAnother(await getWalk(walk_id), participant_id);
  if (!isNewcomer || (await rejoin(walk_id)) !== 'ok')
    await patchWalk(walk_id, {
      rejoin: capability,
      participant_id,
      ...(isNewcomer && { joined_anew: true }),
    });
  await patchWalk(walk_id, { lang, left: null, parked: null });
  await resetBackoff((entry) => entry.walk === walk_id);
  return enter(walk_id, lang);
}

/** How many things are not yet sent. @param {string} walkId @returns {Promise<number>} */
export async function unsent(walkId) {
  return (await listEntries(walkId)).length;
}

/**
 * Leave the walk. Unsent things stay on the phone and are still sent; the token is given up only when nothing is left
 * to send (see sync.js).
 * @param {string} walkId @returns {Promise<{unsent: number}>}
 */
export async function leave(walkId) {
  await patchWalk(walkId, { left: new Date().toISOString() });
  if ((await getMeta('current')) === walkId) await setMeta('current', null);
  return { unsent: await unsent(walkId) };
}
