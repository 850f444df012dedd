/**
 * "You can lose the network now": shell, map pack and address index proven to be on the phone.
 *
 * Owns the cache `trygga-packs`, keyed by content, so that a pack is fetched once however many walks use it.
 * Promises: nothing is kept whose size or hash is wrong, and `ready` is never said on hope.
 */
/** @import {PackInfo, Readiness, WalkRecord} from './types' */
import { digest } from '../shared/hash.js';
import { StorageFull } from './store-db.js';
import { listWalks, patchWalk } from './store-keep.js';

const CACHE = 'trygga-packs';
const WORKER_PATIENCE_MS = 30_000;

/** @typedef {{url: string, sha256: string, bytes: number}} Part */
/** @typedef {NonNullable<Readiness['problem']>} Trouble */

class Unready extends Error {
  /** @param {Trouble} problem */
  constructor(problem) {
    super(problem);
    this.problem = problem;
  }
}

/** @param {PackInfo} pack @returns {Part[]} */
const partsOf = (pack) => [
  { url: pack.url, sha256: pack.sha256, bytes: pack.bytes },
  { url: pack.index_url, sha256: pack.index_sha256, bytes: pack.index_bytes },
];

/** Where a part is kept: by what it is, not by where it came from. @param {string} sha256 */
const keyOf = (sha256) => `/trygga-packs/${sha256}`;

/**
 * Fetch and verify everything the walk needs offline, and write down how far that came.
 * @param {WalkRecord} walk @param {(done: number, total: number) => void} [onProgress] bytes
 * @returns {Promise<Readiness>}
 */
export async function prepare(walk, onProgress = () => undefined) {
  const parts = walk.bundle?.pack ? partsOf(walk.bundle.pack) : [];
  const total = parts.reduce((sum, part) => sum + part.bytes, 0);
  /** @type {Readiness['problem']} */
  let problem = null;
  const here = parts.map(() => 0);
  try {
    const keeping = parts.map((part, i) =>
      keepPart(part, (done) => {
        here[i] = done;
        onProgress(
          here.reduce((sum, bytes) => sum + bytes, 0),
          total,
        );
      }),
    );
    await allOf(keeping);
    if (!(await workerReady())) problem = 'no_worker';
  } catch (error) {
    if (!(error instanceof Unready)) throw error;
    problem = error.problem;
  }
  const found = { ...(await readiness(walk)), problem };
  const { shell, pack, bytes } = found;
  await patchWalk(walk.id, { ready: { shell, pack, bytes } }, 'sync').catch(unlessFull);
  await prune();
  return found;
}

/** What a full phone cannot note is found again at each start. @param {unknown} error */
function unlessFull(error) {
  if (!(error instanceof StorageFull)) throw error;
}

/**
 * What is on the phone right now, without fetching.
 * @param {WalkRecord} walk @returns {Promise<Readiness>}
 */
export async function readiness(walk) {
  const parts = walk.bundle?.pack ? partsOf(walk.bundle.pack) : [];
  const here = await Promise.all(parts.map((part) => kept(part.sha256)));
  const pack = parts.length > 0 && here.every((response) => response !== undefined);
  const bytes = parts.reduce((sum, part, i) => sum + (here[i] ? part.bytes : 0), 0);
  const shell = Boolean((await globalThis.navigator?.serviceWorker?.getRegistration('/'))?.active);
  return { shell, pack, bytes, ready: shell && pack && walk.bundle !== null, problem: null };
}

/** @param {string} sha256 @returns {Promise<Response | undefined>} */
async function kept(sha256) {
  if (!globalThis.caches) return undefined; // no secure context: nothing can be kept
  return (await caches.open(CACHE)).match(keyOf(sha256));
}

/** All, or the first failure once none is under way. @param {Promise<void>[]} steps */
async function allOf(steps) {
  await Promise.allSettled(steps);
  await Promise.all(steps);
}

/** @param {Part} part @param {(done: number) => void} onProgress */
async function keepPart(part, onProgress) {
  if (!globalThis.caches) throw new Unready('no_worker');
  if (await kept(part.sha256)) return onProgress(part.bytes);
  const bytes = await download(part, onProgress);
  if (bytes.byteLength !== part.bytes || (await digest(bytes)) !== part.sha256) throw new Unready('mismatch');
  try {
    await (await caches.open(CACHE)).put(keyOf(part.sha256), new Response(bytes));
  } catch (error) {
    const isFull = error instanceof Error && error.name === 'QuotaExceededError';
    throw isFull ? new Unready('full') : error;
  }
}

/** @param {Part} part @param {(done: number) => void} onProgress @returns {Promise<ArrayBuffer>} */
async function download(part, onProgress) {
  const response = await fetch(part.url, { redirect: 'manual', credentials: 'same-origin' }).catch(
    () => null,
  );
  if (!response) throw new Unready('network');
  const isPage = /^text\/html\b/.test(response.headers.get('Content-Type') ?? '');
  if (response.type === 'opaqueredirect' || (response.ok && isPage) || response.status === 511)
    throw new Unready('portal');
  if (!response.ok || !response.body) throw new Unready('network');
  return collect(response.body, part.bytes, onProgress);
}

/** @param {ReadableStream<Uint8Array>} body @param {number} size as promised; more is not read @param {(done: number) => void} onProgress */
async function collect(body, size, onProgress) {
  const bytes = new Uint8Array(size);
  const reader = body.getReader();
  let done = 0;
  for (;;) {
    const chunk = await reader.read().catch(() => {
      throw new Unready('network');
    });
    if (!chunk.value) break;
    if (done + chunk.value.length > size) throw new Unready('mismatch');
    bytes.set(chunk.value, done);
    done += chunk.value.length;
    onProgress(done);
  }
  if (done < size) throw new Unready('mismatch');
  return bytes.buffer;
}

/** The shell is on the phone once the service worker is active: it installs all of it or nothing. @returns {Promise<boolean>} */
async function workerReady() {
  const worker = globalThis.navigator?.serviceWorker;
  if (!worker) return false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, WORKER_PATIENCE_MS, null);
  });
  const found = await Promise.race([worker.ready, patience]);
  clearTimeout(timer);
  return found !== null;
}

/** Packs that no walk on this phone uses any more are let go. */
async function prune() {
  if (!globalThis.caches) return;
  const packs = (await listWalks()).flatMap((walk) => (walk.bundle?.pack ? partsOf(walk.bundle.pack) : []));
  const used = new Set(packs.map((part) => keyOf(part.sha256)));
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (!used.has(new URL(request.url).pathname)) await cache.delete(request);
  }
}

/** The walk's map pack. @param {WalkRecord} walk @returns {Promise<Blob | null>} */
export async function getPack(walk) {
  const response = walk.bundle?.pack && (await kept(walk.bundle.pack.sha256));
  return response ? response.blob() : null;
}

/** The walk's address index, parsed. @param {WalkRecord} walk @returns {Promise<any | null>} */
export async function getAddressIndex(walk) {
  const response = walk.bundle?.pack && (await kept(walk.bundle.pack.index_sha256));
  return response ? response.json() : null;
}
