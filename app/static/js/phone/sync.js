/**
 * The only sender. Sends what the outbox says is next, then reads the change feed.
 *
 * Promises: one sender among all tabs of this phone; every trigger is only a hint to try; nothing here deletes an
 * entry without proof. The triggers are start, network, visibility, saves, a timer, the button and the service worker.
 */
/** @import {SyncReport, SyncState, WalkRecord} from './types' */
/** @import {Round} from './sync-round.js' */
import { request } from '../shared/api.js';
import { recompress } from './capture.js';
import { backoffMs, waitsForServer, wakeAt } from './outbox.js';
import { rejoin, renewReceipt } from './session.js';
import { CLIENT } from './store-body.js';
import { onChange, StorageFull } from './store-db.js';
import { forgetWalk, getMeta, listWalks, patchWalk, setMeta, sweep } from './store-keep.js';
import { listEntries } from './store-lists.js';
import { release } from './store-pins.js';
import { recover, resetBackoff } from './store-queue.js';
import { layBallast, purgeWithdrawn, regainRoom } from './store-room.js';
import { pullAll, readAllAgain } from './sync-pull.js';
import { sendAll } from './sync-round.js';

const LOCK = 'trygga-steg-sync';
const EVERY_MS = 60_000;
/** Somebody looks at what is not sent: the server is asked this often whether it is back. */
const PROBE_MS = 15_000;
const AFTER_SAVE_MS = 250;

/** @type {SyncState} */
let state = { running: false, i: 0, n: 0, lastError: null, lastSentAt: null, parked: [] };
/** @type {Set<(state: SyncState) => void>} */
const listeners = new Set();

/** @returns {SyncState} */
export const syncState = () => ({ ...state });

/** @param {(state: SyncState) => void} fn @returns {() => void} stop listening */
export function onSync(fn) {
  listeners.add(fn);
  return () => listeners.delete(fn);
}

/** @param {Partial<SyncState>} patch */
function update(patch) {
  state = { ...state, ...patch };
  for (const listener of listeners) listener(syncState());
}

// ---------------------------------------------------------------- one round at a time
let isRunning = false;
let again = { wanted: false, force: false };

/** @type {SyncReport} */
const BUSY = { busy: true, sent: 0, failed: 0, pulled: 0, stopped: null };

/**
 * Send now. `force` (the resident's button) forgets back-off and tries again what needed help; where the server named
 * a time, it is kept. While a round is running, another follows it.
 * @param {{force?: boolean}} [options] @returns {Promise<SyncReport>}
 */
export async function syncNow({ force = false } = {}) {
  if (isRunning) {
    again = { wanted: true, force: again.force || force };
    return BUSY;
  }
  isRunning = true;
  try {
    let report = await locked(() => round(force));
    while (again.wanted && !report.busy) {
      const next = again;
      again = { wanted: false, force: false };
      report = await locked(() => round(next.force));
    }
    return report;
  } finally {
    isRunning = false;
    again = { wanted: false, force: false };
    await schedule();
  }
}

/** @param {() => Promise<SyncReport>} fn @returns {Promise<SyncReport>} */
async function locked(fn) {
  const locks = globalThis.navigator?.locks;
  if (!locks) return fn();
  return locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? fn() : BUSY));
}

/** @param {boolean} force @returns {Promise<SyncReport>} */
async function round(force) {
  update({ running: true, i: 0, n: 0 });
  try {
    return await roundInside(force);
  } catch (error) {
    storageFailed(error);
    throw error;
  } finally {
    update({ running: false });
  }
}

/** @param {boolean} force @returns {Promise<SyncReport>} */
async function roundInside(force) {
  await entering;
  await recover();
  await purgeWithdrawn();
  if (force) readAllAgain();
  if (force) await release(); // "Try now" is meant: nothing is held for words that may follow
  if (force) await resetBackoff((entry) => entry.state === 'help' || !entry.problem?.obey);
  const run = newRound(force ? [] : await listWalks());
  const wasAway = foundNobody() || globalThis.navigator?.onLine === false;
  let pulled = wasAway ? await pullAll(run, false) : 0; // an empty-handed try first: nothing is marked as sent for it
  if (wasAway && !run.stopped) await resetBackoff(waitsForServer);
  if (!run.stopped) await sendAll(run);
  if (!run.stopped) pulled += await pullAll(run, true);
  if (!run.stopped && run.healed) await sendAll(run);
  await finish(run);
  return { busy: false, sent: run.sent, failed: run.failed, pulled, stopped: run.stopped };
}

/** @param {WalkRecord[]} walks those whose `parked` holds; a resident who asks knocks at every one @returns {Round} */
function newRound(walks) {
  /** @type {Map<string, ReturnType<typeof rejoin>>} */
  const rejoins = new Map();
  return {
    parked: new Set(walks.filter((walk) => walk.parked).map((walk) => walk.id)),
    rejoin(walk) {
      const asked = rejoins.get(walk) ?? rejoin(walk);
      rejoins.set(walk, asked);
      return asked;
    },
    recompress,
    progress: (i, n) => update({ i, n }),
    stopped: null,
    healed: false,
    sent: 0,
    failed: 0,
    walks: new Set(),
  };
}

/** @param {Round} run */
async function finish(run) {
  if (run.sent > 0) await regainRoom();
  const walks = await listWalks();
  for (const walk of walks) {
    const parked = run.parked.has(walk.id) ? (walk.parked ?? 'rejoin') : null;
    const isKnown = run.parked.has(walk.id) || run.walks.has(walk.id);
    if (isKnown && parked !== walk.parked) await patchWalk(walk.id, { parked }, 'sync');
    if (!run.stopped && wantsReceipt(walk, run) && (await listEntries(walk.id)).length === 0)
      await renewReceipt(walk);
    if (walk.left && !run.stopped) await completeLeave(walk);
  }
  if (run.sent > 0) await setMeta('last_sent_at', Date.now());
  const lastError = run.stopped ?? (run.parked.size > 0 ? 'rejoin' : run.failed > 0 ? 'server' : null);
  const lastSentAt = run.sent > 0 ? Date.now() : state.lastSentAt;
  setbacks = run.stopped || (run.failed > 0 && run.sent === 0) ? setbacks + 1 : 0;
  update({ lastError, lastSentAt, parked: [...run.parked] });
}

/** Something arrived, or the server is not the one that gave the receipt. @param {WalkRecord} walk @param {Round} run */
const wantsReceipt = (walk, run) =>
  run.walks.has(walk.id) || (Boolean(walk.receipt) && walk.receipt?.epoch !== walk.epoch);

/** A walk that was left gives up its token, and its place on the phone, once everything of it has been sent. @param {WalkRecord} walk */
async function completeLeave(walk) {
  if ((await listEntries(walk.id)).length > 0) return;
  const result = await request('DELETE', `/api/walks/${walk.id}/me`);
  if (result.ok || result.status === 401) await forgetWalk(walk.id);
}

// ---------------------------------------------------------------- triggers
/** @type {ReturnType<typeof setTimeout> | null} */
let timer = null;
let isStarted = false;

/** The last round met no server, or somebody else. */
const foundNobody = () => ['network', 'server', 'portal'].includes(state.lastError ?? '');

/** Rounds in a row that got nowhere. */
let setbacks = 0;

/** Wake for the next entry that becomes ready, later after each setback, and once a minute in any case. */
async function schedule() {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (!isStarted) return;
  const entries = (await listEntries()).filter((entry) => !state.parked.includes(entry.walk));
  const wake = (wakeAt(entries, Date.now()) ?? Number.POSITIVE_INFINITY) - Date.now();
  const rest = setbacks > 0 ? backoffMs(setbacks, Math.random) : 1000;
  // A first try empty-handed leaves no mark on the entries: what it found counts for them, too.
  const isWaiting =
    globalThis.navigator?.onLine !== false &&
    entries.length > 0 &&
    (foundNobody() || entries.some(waitsForServer));
  const longest = isWaiting ? PROBE_MS : EVERY_MS;
  timer = setTimeout(attempt, isVisible() ? Math.min(Math.max(wake, rest), longest) : EVERY_MS);
  if (entries.length > 0 && globalThis.navigator?.onLine === false) askForBackgroundSync();
}

/**
 * Where the browser has it, it wakes us when the network returns. A bonus: nothing depends on it. Asked for with a
 * network, it would wake us at once, and no wait be kept.
 */
function askForBackgroundSync() {
  const ready = globalThis.navigator?.serviceWorker?.controller ? navigator.serviceWorker.ready : null;
  ready
    ?.then((registration) => /** @type {any} */ (registration).sync?.register('outbox'))
    .catch(() => undefined);
}

/** A round that nobody waits for: its failure is in `syncState().lastError`. */
function attempt() {
  syncNow().catch(() => undefined);
}

const isVisible = () => globalThis.document?.visibilityState !== 'hidden';

/** The network or the resident came back: what waited for them waits no longer. */
function retry() {
  setbacks = 0;
  resetBackoff().then(attempt, storageFailed);
}

/** @param {unknown} error */
const storageFailed = (error) => update({ lastError: error instanceof StorageFull ? 'full' : 'storage' });

/** What needed help may fare better with a new version of the app. */
async function retryAfterUpdate() {
  if ((await getMeta('client')) === CLIENT) return;
  await resetBackoff((entry) => entry.state === 'help');
  await setMeta('client', CLIENT);
}

/** Who this phone is in the walk has been asked; nothing is sent under a stranger's token. @type {Promise<unknown>} */
let entering = Promise.resolve();

/**
 * Listen to all triggers, and begin.
 * @param {Promise<unknown>} [entered] the first round waits for it
 * @returns {() => void} stop
 */
export function startSync(entered = Promise.resolve()) {
  isStarted = true;
  entering = entered.catch(() => undefined);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let afterSave;
  const unlisten = onChange(({ what, by }) => {
    if (by !== 'resident' || (what !== 'entries' && what !== 'walks')) return;
    clearTimeout(afterSave);
    afterSave = setTimeout(attempt, AFTER_SAVE_MS);
  });
  const onVisible = () => void (isVisible() && retry());
  const onMessage = (/** @type {MessageEvent} */ { data }) => void (data?.type === 'sync' && retry());
  const worker = globalThis.navigator?.serviceWorker;
  globalThis.addEventListener?.('online', retry);
  globalThis.document?.addEventListener('visibilitychange', onVisible);
  worker?.addEventListener('message', onMessage);
  begin().catch(storageFailed);
  return () => {
    isStarted = false;
    unlisten();
    clearTimeout(afterSave);
    if (timer !== null) clearTimeout(timer);
    globalThis.removeEventListener?.('online', retry);
    globalThis.document?.removeEventListener('visibilitychange', onVisible);
    worker?.removeEventListener('message', onMessage);
  };
}

async function begin() {
  update({ lastSentAt: (await getMeta('last_sent_at')) ?? null });
  await retryAfterUpdate();
  await release(); // a page that died with its sheet open let go of nothing
  await sweep();
  await layBallast();
  retry();
}
