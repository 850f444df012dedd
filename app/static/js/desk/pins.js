/**
 * The walk's pins as this desk knows them. Takes the first load, pages and the feed in any order and keeps the newest
 * of each; knows no page and no network.
 */

import { order } from './filter.js';

/** @import {Columns, DeskPin, FeedAnswer, Review, StaffView} from './types' */

/** @type {string[]} */
const NO_HINTS = [];

/** @param {StaffView} view @returns {DeskPin} */
export function fromView(view) {
  const photoAside = view.photos.some((photo) => photo.quarantine !== null && photo.review === 'new');
  const photoWaiting = view.photos.some((photo) => photo.state === 'ready' && photo.review === 'new');
  return {
    number: view.number,
    seq: view.seq,
    lat: view.lat,
    lon: view.lon,
    group: view.symbol_group,
    kind: view.kind,
    category: view.category,
    status: view.status,
    review: view.review,
    acute: view.acute,
    late: view.late,
    outside: view.outside,
    photo_waiting: photoWaiting,
    text_waiting: view.text_review === 'new' && Boolean(view.text || view.proposal),
    conflict: view.conflict,
    quarantine: photoAside || (view.quarantine !== null && view.review === 'new'),
    unknown_category: view.unknown_category,
    withdrawn: view.withdrawn,
    participant_hidden: view.participant_hidden,
    participant_waits: view.participant_waits,
    staff_only: view.staff_only,
    owned: Boolean(view.issue.owner_id),
    merged: view.issue.members > 1,
    hints: NO_HINTS,
    issue: view.issue,
    whole: view,
  };
}

/** @param {Columns} columns @returns {DeskPin[]} */
export function fromColumns(columns) {
  const { words } = columns;
  const { flag_bits: names } = columns;
  return columns.number.map((number, i) => {
    /** @type {any} */
    const pin = {
      number,
      seq: columns.pin_seq[i],
      lat: columns.lat[i],
      lon: columns.lon[i],
      group: words.group[columns.group[i]],
      kind: words.kind[columns.kind[i]],
      category: words.category[columns.category[i]],
      status: words.status[columns.status[i]],
      review: /** @type {Review} */ (words.review[columns.review[i]]),
      hints: NO_HINTS,
      issue: null,
      whole: null,
    };
    for (let bit = 0; bit < names.length; bit++) pin[names[bit]] = ((columns.flags[i] >> bit) & 1) === 1;
    return pin;
  });
}

/** What pins look like and are counted by; the rest is words. @type {(keyof DeskPin)[]} */
const LIGHT = /** @type {any} */ ([
  ...['group', 'kind', 'category', 'status', 'review', 'acute', 'late', 'outside', 'merged', 'owned'],
  ...['photo_waiting', 'text_waiting', 'conflict', 'quarantine', 'unknown_category', 'withdrawn'],
  ...['participant_hidden', 'participant_waits', 'staff_only'],
]);
/** Degrees that columns leave out. */
const ROUNDED = 1e-6;

/** @param {DeskPin} a @param {DeskPin} b */
const looksSame = (a, b) =>
  Math.abs(a.lat - b.lat) < ROUNDED &&
  Math.abs(a.lon - b.lon) < ROUNDED &&
  LIGHT.every((name) => a[name] === b[name]);

/** The newest of each pin, and all of them in the order of the list. */
class Newest {
  /** @type {Map<number, DeskPin>} */
  known = new Map();
  /** Kinds of hints by number. @type {Map<number, string[]>} */
  #hints = new Map();
  /** All of them, until one is news. @type {DeskPin[] | null} */
  #ordered = null;
  version = 0;
  taken = 0;
  top = 0;

  clear() {
    this.known.clear();
    this.top = 0;
    this.version++;
  }

  /** @param {DeskPin} pin */
  keep(pin) {
    this.known.set(pin.number, { ...pin, hints: this.#hints.get(pin.number) ?? NO_HINTS });
    this.taken++;
    this.top = Math.max(this.top, pin.number);
    this.#ordered = null;
  }

  /** What the server points out now, in place of what it did before. @param {{kind: string, pins: number[]}[]} all */
  hint(all) {
    this.#hints = new Map();
    for (const { kind, pins } of all)
      for (const number of pins) {
        const kinds = this.#hints.get(number) ?? NO_HINTS;
        if (!kinds.includes(kind)) this.#hints.set(number, [...kinds, kind]);
      }
    for (const pin of [...this.known.values()]) this.keep(pin);
    this.version++;
  }

  /** @param {DeskPin} pin @returns {boolean} whether it changed what is known */
  take(pin) {
    const old = this.known.get(pin.number);
    if (old && (old.seq > pin.seq || (old.seq === pin.seq && old.whole))) return false;
    this.keep(pin);
    if (!old || !looksSame(old, pin)) this.version++;
    return true;
  }

  all() {
    this.#ordered ??= [...this.known.values()].sort(order);
    return this.#ordered;
  }
}

export function createPins() {
  const newest = new Newest();
  let epoch = '';
  let seq = 0;

  return {
    /** Where to go on reading the feed. */
    cursor: () => ({ epoch, seq }),
    /** @param {number} number */
    get: (number) => newest.known.get(number),
    /** The highest number there is. */
    top: () => newest.top,
    /** In the order of the list. @returns {DeskPin[]} not to be changed */
    all: () => newest.all(),
    /** Grows with every change of what pins look like and are counted by; that their words have come is none. */
    version: () => newest.version,
    /** Grows with every news, words too. */
    taken: () => newest.taken,
    /** @param {Columns} columns */
    takeColumns(columns) {
      newest.clear();
      ({ epoch, seq } = columns);
      for (const pin of fromColumns(columns)) newest.keep(pin);
    },
    /** What the server points out now, in place of what it did before. @param {{kind: string, pins: number[]}[]} all */
    setHints: (all) => newest.hint(all),
    /** @param {StaffView[]} views @returns {number[]} numbers of those that were news */
    takeViews: (views) => views.filter((view) => newest.take(fromView(view))).map((view) => view.number),
    /**
     * One answer of the feed. `reset`: the server began anew (a restore), so everything must be loaded again.
     * @param {FeedAnswer} answer
     * @returns {{reset: boolean, added: number[], changed: number[], walkChanged: boolean}}
     */
    takeFeed(answer) {
      if (answer.reset || (epoch && answer.epoch !== epoch))
        return { reset: true, added: [], changed: [], walkChanged: true };
      /** @type {number[]} */
      const added = [];
      /** @type {number[]} */
      const changed = [];
      for (const item of answer.items) {
        if (item.type !== 'pin') continue;
        const view = /** @type {StaffView} */ (item);
        const isNew = !newest.known.has(view.number);
        if (newest.take(fromView(view))) (isNew ? added : changed).push(view.number);
      }
      ({ epoch, seq } = answer);
      return { reset: false, added, changed, walkChanged: answer.items.some((item) => item.type === 'walk') };
    },
  };
}
