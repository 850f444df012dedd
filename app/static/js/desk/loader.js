/**
 * Brings pins here: all in columns first, then whole ones page by page, then changes. Keeps nothing but the pins.
 */

/** @import {StaffView} from './types' */
/** @typedef {ReturnType<typeof import('./pins.js').createPins>} Pins */
/** @typedef {typeof import('../shared/api.js').request} Request */

const PAGE = 500;
const MOST_CHANGES = 500;
const HINTS_EVERY = 30_000;

/** @param {string} walk @param {Pins} pins @param {Request} request */
export function createLoader(walk, pins, request) {
  const base = `/api/desk/walks/${walk}`;
  let hinted = 0;

  /** @param {number} after @param {number} limit */
  async function page(after, limit) {
    const { ok, data } = await request('GET', `${base}/pins?after=${after}&limit=${limit}`);
    if (!ok) return null;
    pins.takeViews(data.pins);
    return data;
  }

  return {
    /** Every pin in columns. @returns {Promise<boolean>} */
    async first() {
      const { ok, data } = await request('GET', `${base}/map`);
      if (ok) pins.takeColumns(data);
      return ok;
    },
    /** The whole pins, page by page. @param {() => void} afterPage */
    async rest(afterPage) {
      let after = 0;
      for (let more = true; more; ) {
        const found = await page(after, PAGE);
        if (!found || found.pins.length === 0) return;
        after = found.pins[found.pins.length - 1].number;
        more = found.more;
        afterPage();
      }
    },
    /** One whole pin now. @param {number} number */
    one: (number) => page(number - 1, 1),
    /**
     * What has changed since. Null without contact.
     * @returns {Promise<{reset: boolean, added: number[], changed: number[]} | null>}
     */
    async changes() {
      /** @type {{reset: boolean, added: number[], changed: number[]}} */
      const news = { reset: false, added: [], changed: [] };
      for (let more = true; more; ) {
        const { epoch, seq } = pins.cursor();
        const query = `epoch=${encodeURIComponent(epoch)}&after=${seq}&limit=${MOST_CHANGES}`;
        const { ok, data } = await request('GET', `${base}/changes?${query}`);
        if (!ok) return null;
        const taken = pins.takeFeed(data);
        if (taken.reset) return { ...news, reset: true };
        news.added.push(...taken.added);
        news.changed.push(...taken.changed);
        more = data.more;
      }
      return news;
    },
    /** What may want a look; asked anew at most every so often. */
    async hints() {
      if (Date.now() - hinted < HINTS_EVERY) return;
      hinted = Date.now();
      const { ok, data } = await request('GET', `${base}/hints`);
      if (ok) pins.setHints(data.hints);
    },
    /** @param {StaffView} view */
    async history(view) {
      const { ok, data } = await request('GET', `${base}/pins/${view.id}/history`);
      return ok ? data.revisions : null;
    },
  };
}
