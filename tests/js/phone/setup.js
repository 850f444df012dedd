/**
 * What a phone has and Node has not: IndexedDB, a navigator with locks and storage, and a fresh start for every test.
 * Import this first.
 */
import 'fake-indexeddb/auto';
import { after } from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { closeStore, openStore } from '../../../app/static/js/phone/store.js';
import { newId } from '../../../app/static/js/shared/ids.js';

/** @type {Set<string>} */
const held = new Set();

/** The Web Locks that sync.js uses: ifAvailable only. */
const locks = {
  /** @param {string} name @param {object} _options @param {(lock: object | null) => Promise<unknown>} fn */
  async request(name, _options, fn) {
    if (held.has(name)) return fn(null);
    held.add(name);
    try {
      return await fn({ name });
    } finally {
      held.delete(name);
    }
  },
};

export const phone = { persistAsked: 0, onLine: true };

Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: {
    locks,
    storage: {
      persist: async () => {
        phone.persistAsked += 1;
        return true;
      },
    },
    get onLine() {
      return phone.onLine;
    },
  },
});

after(closeStore); // its channel would keep the process alive

/** An empty phone. */
export async function freshPhone() {
  await closeStore();
  globalThis.indexedDB = new IDBFactory();
  phone.onLine = true;
  await openStore();
}

/** The page is gone, the phone is not. */
export async function restartApp() {
  await closeStore();
  await openStore();
}

export const WALK = newId();
export const OTHER_WALK = newId();

/** @returns {import('../../../app/static/js/phone/types').NewPin} */
export const aPin = (fields = {}) => ({
  kind: 'problem',
  category: 'lighting',
  there: { lat: 56.05, lon: 12.7 },
  ...fields,
});

/**
 * A photo as capture.js hands it over; the content stands for the picture.
 * @param {string} content
 * @returns {Promise<import('../../../app/static/js/phone/types').PreparedPhoto>}
 */
export async function aPhoto(content) {
  const { digest } = await import('../../../app/static/js/shared/hash.js');
  const bytes = /** @type {ArrayBuffer} */ (new TextEncoder().encode(`jpeg:${content}`).buffer);
  const thumb = /** @type {ArrayBuffer} */ (new TextEncoder().encode(`thumb:${content}`).buffer);
  return { type: 'image/jpeg', bytes, thumb, sha256: await digest(bytes), width: 4, height: 3, raw: false };
}

/** The raw rows of a store, past every function of the app. @param {string} name @returns {Promise<any[]>} */
export function rows(name) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('trygga-steg');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const request = db.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => {
        db.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    };
  });
}

/** The same dice every time. @param {number} seed */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
