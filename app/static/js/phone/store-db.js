/**
 * The one connection to IndexedDB `trygga-steg`: opening, losing, reopening, and running transactions on it.
 *
 * Promises: `writeIfRoom` resolves only when its transaction is complete, with strict durability unless told otherwise;
 * a lost connection is reopened once; where IndexedDB refuses, memory takes its place and `storeMode` says so.
 * Does not know what a pin is.
 */
/** @import {StoreMode, StoreChange} from './types' */
/** @import {IDBPDatabase} from '../../vendor/idb.js' */
import { openDB } from '../../vendor/idb.js';
import { MemoryDb } from './store-memory.js';

const NAME = 'trygga-steg';
const VERSION = 1;

/** The phone had no room. When adding a photo the pin itself is kept. */
export class StorageFull extends Error {
  code = 'store_full';
}

/**
 * What the store functions use of a transaction; IndexedDB (through idb) and memory both have it.
 * @typedef {object} Table
 * @property {(key: any) => Promise<any>} get
 * @property {(key: any) => Promise<any>} [getKey]
 * @property {() => Promise<any[]>} getAll
 * @property {(value: any) => Promise<any>} put
 * @property {(key: any) => Promise<any>} delete
 * @property {(name: string) => {getAll: (key: any) => Promise<any[]>, getAllKeys?: (key: any) => Promise<any[]>}} index
 */
/** @typedef {{objectStore: (name: string) => Table}} Tx */

/** Stores with their keys; `walk` marks an index by walk. @type {Record<string, {keyPath: string | string[], walk?: boolean}>} */
export const STORES = {
  walks: { keyPath: 'id' },
  pins: { keyPath: 'id', walk: true },
  photos: { keyPath: ['walk', 'sha256'], walk: true },
  bytes: { keyPath: ['walk', 'sha256'] },
  entries: { keyPath: 'id', walk: true },
  ratings: { keyPath: 'id', walk: true },
  others: { keyPath: ['walk', 'id'], walk: true },
  meta: { keyPath: 'name' },
};

/** @type {Promise<IDBPDatabase<any> | MemoryDb> | null} */
let opening = null;
/** @type {StoreMode} */
let mode = { memory: false, reason: null, outdated: false };

/** @returns {StoreMode} */
export const storeMode = () => ({ ...mode });

/** @param {Partial<StoreMode>} patch */
function setMode(patch) {
  mode = { ...mode, ...patch };
  changed('mode', null, 'resident');
}

/**
 * Open the store; falls back to memory and says so.
 * @returns {Promise<StoreMode>}
 */
export async function openStore() {
  await connection();
  return storeMode();
}

/** Let go of the connection, e.g. so that another tab can upgrade. What is stored stays. */
export async function closeStore() {
  const closing = opening;
  opening = null;
  (await closing)?.close();
  channel?.close();
  channel = null;
}

function connection() {
  opening ??= connect();
  return opening;
}

/** @returns {Promise<IDBPDatabase<any> | MemoryDb>} */
async function connect() {
  for (const attempt of [1, 2]) {
    try {
      const db = await openDB(NAME, VERSION, { upgrade, blocked, blocking, terminated: forget });
      if (mode.reason) setMode({ memory: false, reason: null });
      return db;
    } catch (error) {
      const name = nameOf(error);
      if (name === 'VersionError') return openNewer();
      if (attempt === 2) return openMemory(name);
    }
  }
  throw new Error('unreachable');
}

/** A rolled-back app finds a newer store: versions only add, so what is queued can still be sent. */
async function openNewer() {
  const db = await openDB(NAME, undefined, { blocking, terminated: forget });
  setMode({ reason: 'newer' });
  return db;
}

/** @param {string} reason */
function openMemory(reason) {
  setMode({ memory: true, reason });
  return new MemoryDb(STORES);
}

/** Migrations only ever add; nothing is recreated. @param {IDBPDatabase<any>} db @param {number} from */
function upgrade(db, from) {
  if (from >= 1) return;
  for (const [name, { keyPath, walk }] of Object.entries(STORES)) {
    const store = db.createObjectStore(name, { keyPath });
    if (walk) store.createIndex('walk', 'walk');
  }
}

/** An older tab keeps the store open; it is asked to close and usually does at once. */
function blocked() {
  setMode({ reason: 'blocked' });
}

/** A newer app in another tab wants to upgrade: step aside, and say that this tab must be reloaded. */
function blocking() {
  forget();
  setMode({ outdated: true });
}

function forget() {
  const lost = opening;
  opening = null;
  lost?.then((db) => db.close()).catch(() => undefined);
}

/** @param {unknown} error @returns {string} */
const nameOf = (error) =>
  error instanceof Error || error instanceof DOMException ? error.name : 'UnknownError';

/** What Safari and a killed storage process throw at a connection that was fine a moment ago. */
const LOST = new Set(['InvalidStateError', 'UnknownError', 'AbortError']);

/**
 * Run `fn` on the connection; once more on a fresh one if it was lost. `fn` must therefore be safe to repeat.
 * @template T
 * @param {(db: IDBPDatabase<any> | MemoryDb) => Promise<T>} fn
 * @returns {Promise<T>}
 */
export async function withDb(fn) {
  try {
    return await fn(await connection());
  } catch (error) {
    if (!LOST.has(nameOf(error))) throw error;
    forget();
    return fn(await connection());
  }
}

/**
 * One readwrite transaction. Inside `fn` only the transaction may be awaited. Words have a better one (store-room.js).
 * @template T
 * @param {string[]} stores
 * @param {(tx: Tx) => Promise<T>} fn
 * @param {'strict' | 'relaxed'} [durability]
 * @returns {Promise<T>}
 */
export function writeIfRoom(stores, fn, durability = 'strict') {
  return withDb(async (db) => {
    const tx = db.transaction(stores, 'readwrite', { durability });
    const done = tx.done.then(
      () => null,
      (/** @type {unknown} */ error) => error ?? new DOMException('aborted', 'AbortError'),
    );
    try {
      const value = await fn(/** @type {Tx} */ (/** @type {unknown} */ (tx)));
      tx.commit();
      const failure = await done;
      if (failure) throw failure;
      return value;
    } catch (error) {
      abort(tx);
      throw cause(error, await done);
    }
  });
}

/** @param {{abort(): void}} tx */
function abort(tx) {
  try {
    tx.abort();
  } catch (error) {
    if (nameOf(error) !== 'InvalidStateError') throw error; // already over
  }
}

/** The reason worth telling: a full phone shows itself in the request, the transaction, or both. @param {unknown} error @param {unknown} failure */
function cause(error, failure) {
  const full = [error, failure].find((each) => nameOf(each) === 'QuotaExceededError');
  return full ? new StorageFull('the phone is full', { cause: full }) : error;
}

/**
 * One readonly transaction.
 * @template T
 * @param {string[]} stores
 * @param {(tx: Tx) => Promise<T>} fn
 * @returns {Promise<T>}
 */
export function read(stores, fn) {
  return withDb(async (db) => {
    const tx = db.transaction(stores, 'readonly');
    tx.done.catch(() => undefined); // the failing request itself reports
    try {
      return await fn(/** @type {Tx} */ (/** @type {unknown} */ (tx)));
    } finally {
      if (tx instanceof Object && 'release' in tx) /** @type {any} */ (tx).release();
    }
  });
}

/**
 * All rows of a walk; from a store that cannot give them at once, those that it gives one by one.
 * @param {string} name @param {string} walk @param {(key: any) => void} broken told of each that it does not
 * @returns {Promise<any[]>}
 */
export async function readEach(name, walk, broken) {
  const index = (/** @type {Tx} */ tx) => tx.objectStore(name).index('walk');
  try {
    return await read([name], (tx) => index(tx).getAll(walk));
  } catch {
    const rows = [];
    const keys = await read([name], async (tx) => (await index(tx).getAllKeys?.(walk)) ?? []).catch(
      () => null,
    );
    if (!keys) broken('');
    for (const key of keys ?? []) {
      const row = await read([name], (tx) => tx.objectStore(name).get(key)).catch(() => void broken(key));
      if (row) rows.push(row);
    }
    return rows;
  }
}

// ---------------------------------------------------------------- news for this tab and others
/** @type {Set<(change: StoreChange) => void>} */
const listeners = new Set();
/** @type {BroadcastChannel | null} */
let channel = null;

function openChannel() {
  if (channel || !globalThis.BroadcastChannel) return;
  channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }) => tell({ ...data, elsewhere: true });
}

/** @param {StoreChange} change */
function tell(change) {
  for (const listener of listeners) listener(change);
}

/**
 * Called after every committed change, in this tab and others.
 * @param {(change: StoreChange) => void} fn
 * @returns {() => void} stop listening
 */
export function onChange(fn) {
  openChannel();
  listeners.add(fn);
  return () => listeners.delete(fn);
}

/** @param {StoreChange['what']} what @param {string | null} walk @param {StoreChange['by']} by */
export function changed(what, walk, by) {
  openChannel();
  const change = { what, walk, by };
  if (what !== 'mode') channel?.postMessage(change);
  tell(change);
}
