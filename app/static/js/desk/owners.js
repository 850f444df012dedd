/**
 * Who can be given something to do, those used last at this computer first. Remembers ids alone.
 */

/** @import {Owner} from './types' */
/** @import {Send} from './acts.js' */

const KEY = 'ts-desk-owners';
const RECENT = 5;

/** @returns {string[]} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]');
  } catch {
    return []; // no storage, or not ours: nobody was used lately
  }
}

/** @param {string} walk @param {Send} send */
export function createOwners(walk, send) {
  const path = `/api/desk/walks/${walk}/owners`;
  /** @type {Owner[]} */
  let all = [];
  let recent = remembered();

  /** @param {string} id */
  function use(id) {
    recent = [id, ...recent.filter((one) => one !== id)].slice(0, RECENT);
    try {
      localStorage.setItem(KEY, JSON.stringify(recent));
    } catch {
      // No storage: remembered for this page.
    }
  }

  return {
    use,
    async load() {
      const { ok, data } = await send('GET', path);
      if (ok) all = data.owners;
    },
    /** @param {string} id */
    nameOf: (id) => all.find((owner) => owner.id === id)?.name ?? id,
    /** @returns {{recent: Owner[], all: Owner[]}} */
    list: () => ({ recent: recent.flatMap((id) => all.find((owner) => owner.id === id) ?? []), all }),
    /** @param {string} name @param {string} kind @returns {Promise<{owner: Owner | null, problem?: string}>} */
    async add(name, kind) {
      const { ok, data, problem } = await send('POST', path, { body: { name, kind } });
      if (!ok) return { owner: null, problem: problem?.title };
      const owner = data.owner ?? data;
      all = [...all.filter((one) => one.id !== owner.id), owner];
      return { owner };
    },
  };
}

/** @typedef {ReturnType<typeof createOwners>} Owners */
