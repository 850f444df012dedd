/** Cache Storage as the phone uses it, in memory. */

/** @param {any} request */
const urlOf = (request) =>
  new URL(typeof request === 'string' ? request : request.url, 'https://walk.test').href;

class MemoryCache {
  /** @type {Map<string, Response>} */
  rows = new Map();
  isFull = false;

  /** @param {any} request */
  async match(request) {
    return this.rows.get(urlOf(request))?.clone();
  }
  /** @param {any} request @param {Response} response */
  async put(request, response) {
    if (this.isFull) throw new DOMException('full', 'QuotaExceededError');
    const bytes = await response.arrayBuffer();
    this.rows.set(urlOf(request), new Response(bytes, { headers: response.headers }));
  }
  /** @param {any} request */
  async delete(request) {
    return this.rows.delete(urlOf(request));
  }
  async keys() {
    return [...this.rows.keys()].map((url) => new Request(url));
  }
}

export class MemoryCaches {
  /** @type {Map<string, MemoryCache>} */
  named = new Map();

  /** @param {string} name */
  async open(name) {
    const cache = this.named.get(name) ?? new MemoryCache();
    this.named.set(name, cache);
    return cache;
  }
  /** @param {string} name */
  async delete(name) {
    return this.named.delete(name);
  }
  async keys() {
    return [...this.named.keys()];
  }
}
