/**
 * The outbox's rules: what is sent next, and what an answer means.
 *
 * Pure: no await, no DOM, no fetch, no clock and no dice of its own. The two rules above all others: an entry leaves
 * only on proof, and no answer whatsoever deletes what a resident made.
 */
/** @import {ApiResult, Entry, EntryProblem, Proof, QueueSummary, SyncState, WalkRecord} from './types' */

/** The longest the phone waits by itself, and the longest a server may make it wait. */
export const LONGEST_BACKOFF_MS = 300_000;
export const LONGEST_WAIT_MS = 15 * 60_000;

// ---------------------------------------------------------------- what is next
/** A time further off than anyone may ask for means that the phone's clock was moved. @param {number} at @param {number} now */
const isDue = (at, now) => at <= now || at > now + LONGEST_WAIT_MS;

/** @param {Entry} entry @param {number} now */
const isReady = (entry, now) =>
  entry.state === 'waiting' && isDue(entry.not_before, now) && isDue(entry.next_at, now);

/** Revisions of one thing go in order. @param {Entry[]} entries */
function firstOfEach(entries) {
  /** @type {Map<string, Entry>} */
  const first = new Map();
  for (const entry of entries) {
    if (entry.state === 'help') continue;
    const thing = `${entry.walk}/${entry.kind === 'withdrawal' ? 'pin' : entry.kind}/${entry.target}`;
    const known = first.get(thing);
    if (!known || entry.rev < known.rev) first.set(thing, entry);
  }
  return [...first.values()];
}

/**
 * All that may be sent now, in order: words oldest first, then photos newest first.
 * @param {Entry[]} entries @param {number} now @returns {Entry[]}
 */
export function ready(entries, now) {
  const due = firstOfEach(entries).filter((entry) => isReady(entry, now));
  const words = due.filter((entry) => entry.kind !== 'photo').sort((a, b) => a.created_at - b.created_at);
  const photos = due.filter((entry) => entry.kind === 'photo').sort((a, b) => b.created_at - a.created_at);
  return [...words, ...photos];
}

/** @param {Entry[]} entries @param {number} now @returns {Entry | null} */
export const next = (entries, now) => ready(entries, now)[0] ?? null;

/**
 * When to look again, or null when nothing will become ready by itself. What is on its way counts as well: at the end
 * of a round that is another page's doing, and that page may be gone.
 * @param {Entry[]} entries @param {number} now @returns {number | null}
 */
export function wakeAt(entries, now) {
  const times = firstOfEach(entries).map((entry) =>
    isReady(entry, now) ? now : Math.max(entry.not_before, entry.next_at),
  );
  return times.length > 0 ? Math.min(...times) : null;
}

// ---------------------------------------------------------------- what an answer means
/**
 * Is this the proof that the server has exactly what was sent?
 * @param {Entry} entry @param {ApiResult} result @returns {'proven' | 'portal' | 'unproven'}
 */
export function afterSuccess(entry, result) {
  if (isPortal(entry, result)) return 'portal';
  const proof = /** @type {Partial<Proof> | null} */ (result.data);
  const isEcho = proof?.id === entry.target && proof.rev === entry.rev && proof.sha256 === entry.sha256;
  const isPlaced = typeof proof?.epoch === 'string' && Number.isInteger(proof.seq);
  return result.ok && isEcho && isPlaced ? 'proven' : 'unproven';
}

/** Somebody else answered: not as our server does, or in JSON that speaks of nothing we asked. @param {Entry} entry @param {ApiResult} result */
const isPortal = (entry, result) => result.portal || (result.ok && result.data?.id !== entry.target);

/** Nobody is home: no answer at all, or a proxy's word that the server is starting or busy. @param {number} status */
export const isAway = (status) => status === 0 || (status >= 502 && status <= 504);

/** It waits for the server to be back, and for nothing else. @param {Entry} entry */
export const waitsForServer = ({ state, problem }) =>
  state === 'waiting' &&
  problem !== null &&
  !problem.obey &&
  (isAway(problem.status) || problem.code === 'portal');

/**
 * What a failure does. `effect`: retry later, ask for help, re-join the walk, make the photo smaller, close the entry
 * because the server kept both versions (`conflict`) or has nothing left to withdraw (`gone`).
 * `stop`: what rests for this round because of it. `patch` is what changes in the entry.
 * @typedef {{effect: 'retry' | 'help' | 'rejoin' | 'recompress' | 'conflict' | 'gone', stop: 'none' | 'round' | 'photos' | 'walk', patch: Partial<Entry>}} Decision
 */

/**
 * @param {Entry} entry @param {ApiResult} result @param {number} now @param {() => number} random 0 ≤ x < 1
 * @returns {Decision}
 */
export function afterFailure(entry, result, now, random) {
  const { status, problem } = result;
  const code = problem?.code;
  if (result.network) return later(entry, result, now, random, 'network', 'round');
  if (isPortal(entry, result)) return later(entry, result, now, random, 'portal', 'round');
  if (status === 401) return { effect: 'rejoin', stop: 'walk', patch: waits('not_joined', result) };
  if (status === 409 && problem?.stored === true) return { effect: 'conflict', stop: 'none', patch: {} };
  if (status === 404 && code === 'not_found' && entry.kind === 'withdrawal')
    return { effect: 'gone', stop: 'none', patch: {} };
  if (status === 413 && entry.kind === 'photo' && !entry.recompressed)
    return { effect: 'recompress', stop: 'none', patch: {} };
  if (status === 413) return help(entry, result, 'too_large');
  if (isAway(status)) return later(entry, result, now, random, code ?? 'server', 'round');
  if (status === 507) return later(entry, result, now, random, code ?? 'storage_full', 'photos');
  if (problem?.retry === false) return help(entry, result, code ?? 'refused');
  return later(entry, result, now, random, code ?? (result.ok ? 'unproven' : 'server'), 'none');
}

/** @param {Entry} entry @param {ApiResult} result @param {string} code @returns {Decision} */
function help(entry, result, code) {
  const problem = { code, status: result.status, title: result.problem?.title ?? null, obey: false };
  return { effect: 'help', stop: 'none', patch: { state: 'help', tries: entry.tries + 1, problem } };
}

/**
 * @param {Entry} entry @param {ApiResult} result @param {number} now @param {() => number} random
 * @param {string} code @param {Decision['stop']} stop @returns {Decision}
 */
function later(entry, result, now, random, code, stop) {
  const asked = retryAfterMs(result.retryAfter, now);
  const wait = asked ?? backoffMs(entry.tries, random);
  const patch = { ...waits(code, result, asked !== null), tries: entry.tries + 1, next_at: now + wait };
  return { effect: 'retry', stop, patch };
}

/** @param {string} code @param {ApiResult} result @param {boolean} [obey] @returns {{state: 'waiting', problem: EntryProblem}} */
function waits(code, result, obey = false) {
  return {
    state: 'waiting',
    problem: { code, status: result.status, title: result.problem?.title ?? null, obey },
  };
}

/** 2, 4, 8 … 300 seconds, give or take 30 %. @param {number} tries so far @param {() => number} random */
export function backoffMs(tries, random) {
  const base = Math.min(2 ** (tries + 1) * 1000, LONGEST_BACKOFF_MS);
  return Math.round(base * (0.7 + 0.6 * random()));
}

/**
 * Seconds or an HTTP date; nonsense counts as nothing said; never more than 15 minutes.
 * @param {string | null} header @param {number} now @returns {number | null}
 */
export function retryAfterMs(header, now) {
  const text = header?.trim() ?? '';
  const isDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text);
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : isDate ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), LONGEST_WAIT_MS);
}

// ---------------------------------------------------------------- words
/**
 * Counts and the one word for them; "done" only when nothing is left at all.
 * @param {Entry[]} entries @param {Pick<SyncState, 'lastError'>} [sync] @param {WalkRecord['parked']} [parked] of their walk
 * @returns {QueueSummary}
 */
export function summary(entries, sync, parked = null) {
  const help = entries.filter((entry) => entry.state === 'help').length;
  const queued = entries.filter((entry) => entry.state !== 'help');
  const photos = queued.filter((entry) => entry.kind === 'photo').length;
  const waiting = new Set(queued.filter((entry) => entry.kind !== 'photo').map((entry) => entry.target)).size;
  return {
    waiting,
    photos,
    help,
    total: entries.length,
    word: word(queued, { waiting, photos, help }, sync?.lastError ?? null, parked),
  };
}

/**
 * @param {Entry[]} queued @param {{waiting: number, photos: number, help: number}} counts
 * @param {SyncState['lastError']} lastError @param {WalkRecord['parked']} parked @returns {QueueSummary['word']}
 */
function word(queued, { waiting, photos, help }, lastError, parked) {
  if (queued.length > 0 && parked) return parked;
  if (queued.some((entry) => entry.problem?.code === 'not_joined')) return 'rejoin';
  if (queued.length > 0 && lastError === 'portal') return 'portal';
  if (waiting > 0) return 'waiting';
  if (help > 0) return 'help';
  return photos > 0 ? 'photos' : 'done';
}
