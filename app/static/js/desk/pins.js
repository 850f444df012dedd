/**
 * The walk's pins as this desk knows them. Takes the first load, pages and the feed in any order and keeps the newest
 * of each; knows no page and no network.
 */

/** @import {Columns, DeskPin, FeedAnswer, Review, StaffView} from './types' */

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
    hints: [],
    issue: view.issue,
    whole: view,
  };
}

/** @param {Columns} columns @returns {DeskPin[]} */
export function fromColumns(columns) {
  const { words } = columns;
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
      hints: [],
      issue: null,
      whole: null,
    };
    columns.flag_bits.forEach((name, bit) => {
      pin[name] = ((columns.flags[i] >> bit) & 1) === 1;
    });
    return pin;
  });
}

export function createPins() {
  /** @type {Map<number, DeskPin>} */
  const known = new Map();
  /** Kinds of hints by number. @type {Map<number, string[]>} */
  let hints = new Map();
  let epoch = '';
  let seq = 0;
  let version = 0;

  /** @param {DeskPin} pin @returns {boolean} whether it changed what is known */
  function take(pin) {
    const old = known.get(pin.number);
    if (old && (old.seq > pin.seq || (old.seq === pin.seq && old.whole))) return false;
    known.set(pin.number, { ...pin, hints: hints.get(pin.number) ?? [] });
    version++;
    return true;
  }

  return {
    /** Where to go on reading the feed. */
    cursor: () => ({ epoch, seq }),
    /** @param {number} number */
    get: (number) => known.get(number),
    all: () => [...known.values()],
    /** Grows with every change. */
    version: () => version,
    /** @param {Columns} columns */
    takeColumns(columns) {
      known.clear();
      version++;
      ({ epoch, seq } = columns);
      for (const pin of fromColumns(columns)) known.set(pin.number, pin);
    },
    /** What the server points out now, in place of what it did before. @param {{kind: string, pins: number[]}[]} all */
    setHints(all) {
      hints = new Map();
      for (const { kind, pins } of all)
        for (const number of pins) {
          const kinds = hints.get(number) ?? [];
          if (!kinds.includes(kind)) hints.set(number, [...kinds, kind]);
        }
      for (const [number, pin] of known) known.set(number, { ...pin, hints: hints.get(number) ?? [] });
      version++;
    },
    /** @param {StaffView[]} views @returns {number[]} numbers of those that were news */
    takeViews: (views) => views.filter((view) => take(fromView(view))).map((view) => view.number),
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
        const isNew = !known.has(view.number);
        if (take(fromView(view))) (isNew ? added : changed).push(view.number);
      }
      ({ epoch, seq } = answer);
      return { reset: false, added, changed, walkChanged: answer.items.some((item) => item.type === 'walk') };
    },
  };
}
