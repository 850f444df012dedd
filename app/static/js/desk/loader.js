/**
 * Brings pins here: all in columns first, then whole ones page by page, then changes. Keeps nothing but the pins, and
 * shows alarms that come with hints.
 */
import { showAlarms } from './alarms.js';

/** @import {StaffView} from './types' */
/** @typedef {ReturnType<typeof import('./pins.js').createPins>} Pins */
/** @typedef {typeof import('../shared/api.js').request} Request */

const PAGE = 500;
/** After no answer. */
const AGAIN = 3000;
/** @param {number} number */
const pageOf = (number) => Math.floor((number - 1) / PAGE);
const MOST_CHANGES = 500;
const HINTS_EVERY = 30_000;

export class Loader {
  /** Pages of numbers that are not here in full yet. @type {Set<number>} */
  #missing = new Set();
  /** Counts loadings: a new one ends the one before. */
  #turn = 0;
  #base;
  #pins;
  #request;
  #hinted = 0;

  /** @param {string} walk @param {Pins} pins @param {Request} request */
  constructor(walk, pins, request) {
    this.#base = `/api/desk/walks/${walk}`;
    this.#pins = pins;
    this.#request = request;
  }

  /** @param {number} after @param {number} limit @returns {Promise<StaffView[] | null>} */
  async #page(after, limit) {
    const { ok, data } = await this.#request('GET', `${this.#base}/pins?after=${after}&limit=${limit}`);
    if (!ok) return null;
    this.#pins.takeViews(data.pins);
    return data.pins;
  }

  /** @param {number} at which page */
  async #bring(at) {
    const views = await this.#page(at * PAGE, PAGE);
    if (views) this.#missing.delete(at);
    return views?.map(({ number }) => number) ?? null;
  }

  /** Every pin in columns. @returns {Promise<boolean>} */
  async first() {
    const { ok, data } = await this.#request('GET', `${this.#base}/map`);
    if (!ok) return false;
    this.#pins.takeColumns(data);
    this.#missing.clear();
    for (let at = pageOf(this.#pins.top()); at >= 0; at--) this.#missing.add(at);
    return true;
  }

  /**
   * The whole pins, page by page: those that are looked at first, then from the newest on. Tried again without end.
   * @param {() => readonly number[]} lookedAt @param {(numbers: number[]) => void} afterPage
   * @returns {Promise<boolean>} false when another loading has taken over
   */
  async rest(lookedAt, afterPage) {
    const mine = ++this.#turn;
    const missing = this.#missing;
    while (missing.size > 0) {
      const seen = lookedAt().map(pageOf);
      const numbers = await this.#bring(seen.find((at) => missing.has(at)) ?? [...missing][0]);
      if (mine !== this.#turn) return false;
      if (numbers) afterPage(numbers);
      await new Promise((next) => setTimeout(next, numbers ? 0 : AGAIN));
    }
    return true;
  }

  /** How many pages are still to come, of how many. */
  left() {
    return { missing: this.#missing.size, all: pageOf(this.#pins.top()) + 1 };
  }

  /** These pins in full, for an act on them. @param {readonly number[]} numbers @returns {Promise<boolean>} */
  async whole(numbers) {
    const wanted = new Set(numbers.filter((number) => !this.#pins.get(number)?.whole).map(pageOf));
    for (const at of wanted) if (this.#missing.has(at) && !(await this.#bring(at))) return false;
    return true;
  }

  /** One whole pin now. @param {number} number */
  one(number) {
    return this.#page(number - 1, 1);
  }

  /** The server answers, but not to us any more. */
  isLoggedOut = false;

  /**
   * What has changed since. Null without contact.
   * @returns {Promise<{reset: boolean, added: number[], changed: number[]} | null>}
   */
  async changes() {
    /** @type {{reset: boolean, added: number[], changed: number[]}} */
    const news = { reset: false, added: [], changed: [] };
    for (let more = true; more; ) {
      const { epoch, seq } = this.#pins.cursor();
      const query = `epoch=${encodeURIComponent(epoch)}&after=${seq}&limit=${MOST_CHANGES}`;
      const { ok, data, status } = await this.#request('GET', `${this.#base}/changes?${query}`);
      this.isLoggedOut = status === 401;
      if (!ok) return null;
      const taken = this.#pins.takeFeed(data);
      if (taken.reset) return { ...news, reset: true };
      news.added.push(...taken.added);
      news.changed.push(...taken.changed);
      more = data.more;
    }
    return news;
  }

  /** What may want a look; asked anew at most every so often. */
  async hints() {
    if (Date.now() - this.#hinted < HINTS_EVERY) return;
    this.#hinted = Date.now();
    const { ok, data } = await this.#request('GET', `${this.#base}/hints`);
    if (!ok) return;
    this.#pins.setHints(data.hints);
    showAlarms(data.alarms);
  }

  /** @param {StaffView} view */
  async history(view) {
    const { ok, data } = await this.#request('GET', `${this.#base}/pins/${view.id}/history`);
    return ok ? data.revisions : null;
  }
}
