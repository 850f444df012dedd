/**
 * The store's stand-in where IndexedDB refuses (private windows, a broken profile): the same few calls, in memory.
 * Promises what the store relies on: transactions run one after another and are all or nothing.
 * Nothing here survives the tab; the interface says so and everything is sent at once.
 */

/** @typedef {Record<string, {keyPath: string | string[]}>} Layout */
/** @typedef {Map<string, any>} Rows */

/** @param {any} key */
const flat = (key) => JSON.stringify(key);

export class MemoryDb {
  /** @type {Promise<void>} */
  #turn = Promise.resolve();
  /** @type {Map<string, Rows>} */
  #tables;

  /** @param {Layout} layout */
  constructor(layout) {
    this.layout = layout;
    this.#tables = new Map(Object.keys(layout).map((name) => [name, new Map()]));
  }

  /** @param {string[]} _stores @param {'readonly' | 'readwrite'} _mode @param {object} [_options] */
  transaction(_stores, _mode, _options) {
    const tx = new MemoryTx(this.layout, this.#turn, this.#tables);
    this.#turn = tx.over;
    return tx;
  }

  close() {}
}

class MemoryTx {
  /** @type {Map<string, Rows>} */
  #draft = new Map();
  /** @type {() => void} */
  #leave = () => undefined;

  /** @param {Layout} layout @param {Promise<void>} turn @param {Map<string, Rows>} tables */
  constructor(layout, turn, tables) {
    this.layout = layout;
    this.turn = turn;
    this.tables = tables;
    /** @type {Promise<void>} */
    this.over = new Promise((resolve) => {
      this.#leave = resolve;
    });
    this.done = this.over;
  }

  /** @param {string} name @returns {Promise<Rows>} */
  async #rows(name) {
    await this.turn;
    const rows = this.#draft.get(name) ?? new Map(this.tables.get(name));
    this.#draft.set(name, rows);
    return rows;
  }

  /** @param {string} name */
  objectStore(name) {
    const { keyPath } = this.layout[name];
    const keyOf = (/** @type {any} */ row) =>
      flat(Array.isArray(keyPath) ? keyPath.map((part) => row[part]) : row[keyPath]);
    const all = async () => [...(await this.#rows(name)).values()].map((row) => structuredClone(row));
    return {
      get: async (/** @type {any} */ key) => structuredClone((await this.#rows(name)).get(flat(key))),
      getAll: all,
      put: async (/** @type {any} */ row) =>
        void (await this.#rows(name)).set(keyOf(row), structuredClone(row)),
      delete: async (/** @type {any} */ key) => void (await this.#rows(name)).delete(flat(key)),
      index: (/** @type {string} */ field) => ({
        getAll: async (/** @type {any} */ value) => (await all()).filter((row) => row[field] === value),
      }),
    };
  }

  commit() {
    for (const [name, rows] of this.#draft) this.tables.set(name, rows);
    this.#leave();
  }

  abort() {
    this.#draft.clear();
    this.#leave();
  }

  /** A reader has nothing to commit. */
  release() {
    this.abort();
  }
}
