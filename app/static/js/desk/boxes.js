/**
 * A photo's black-outs while they are being drawn: burnt boxes, proposals that wait, what is chosen, and the way back
 * and forth between all states. Pure: knows no page. A box is [x, y, width, height] in pixels of the full picture.
 */

/** @import {Box} from './types' */
/** @typedef {{boxes: Box[], proposals: Box[]}} Redaction */
/** @typedef {{kind: 'box' | 'proposal', at: number} | null} Chosen */

/** No thinner box can be seen, nor hit. */
export const SMALLEST = 8;
/** What one press of an arrow moves, as a part of the longer side. */
const STEP = 0.01;

/** @param {Redaction} redaction */
const copyOf = ({ boxes, proposals }) => ({
  boxes: boxes.map((box) => /** @type {Box} */ ([...box])),
  proposals: proposals.map((box) => /** @type {Box} */ ([...box])),
});

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.min(Math.max(Math.round(value), least), most);

/** The box of two corners, inside the picture. @param {number[]} a @param {number[]} b @param {number} width @param {number} height @returns {Box} */
export function between(a, b, width, height) {
  const [left, right] = [a[0], b[0]].sort((one, two) => one - two).map((x) => within(x, 0, width));
  const [top, bottom] = [a[1], b[1]].sort((one, two) => one - two).map((y) => within(y, 0, height));
  return [left, top, right - left, bottom - top];
}

/** Moved and made larger by so much, kept inside the picture. @param {Box} box @param {number[]} by [x, y, width, height] @param {number} width @param {number} height @returns {Box} */
export function shifted([x, y, w, high], by, width, height) {
  const wide = within(w + by[2], SMALLEST, width);
  const tall = within(high + by[3], SMALLEST, height);
  return [within(x + by[0], 0, width - wide), within(y + by[1], 0, height - tall), wide, tall];
}

export class Boxes {
  #start;
  #now;
  #width;
  #height;
  /** @type {Redaction[]} */
  #past = [];
  /** @type {Redaction[]} */
  #undone = [];
  /** @type {Chosen} */
  #chosen = null;
  /** What goes on under one drag or held key is one step. */
  #running = '';

  /** @param {Redaction} start @param {number} width @param {number} height */
  constructor(start, width, height) {
    this.#start = copyOf(start);
    this.#now = copyOf(start);
    this.#width = width;
    this.#height = height;
    this.step = Math.max(1, Math.round(Math.max(width, height) * STEP));
  }

  /** @param {Redaction} next @param {string} [run] */
  #set(next, run = '') {
    if (!run || run !== this.#running) this.#past.push(this.#now);
    this.#running = run;
    this.#undone.length = 0;
    this.#now = next;
  }

  /** @param {Redaction[]} from @param {Redaction[]} to */
  #turn(from, to) {
    const next = from.pop();
    if (!next) return false;
    to.push(this.#now);
    this.#now = next;
    this.#running = '';
    this.#chosen = null;
    return true;
  }

  now() {
    return copyOf(this.#now);
  }

  chosen() {
    return this.#chosen;
  }

  /** @param {Chosen} what */
  choose(what) {
    this.#chosen = what;
  }

  isChanged() {
    return JSON.stringify(this.#now) !== JSON.stringify(this.#start);
  }

  mayUndo() {
    return this.#past.length > 0;
  }

  mayRedo() {
    return this.#undone.length > 0;
  }

  /** @param {Box} box @param {string} [run] */
  add(box, run) {
    this.#set({ ...this.#now, boxes: [...this.#now.boxes, box] }, run);
    this.#chosen = { kind: 'box', at: this.#now.boxes.length - 1 };
  }

  /** Somewhere it is seen: a fifth of the picture, about the middle, aside of the last one added there. */
  addMiddle() {
    const [width, height] = [this.#width, this.#height];
    const [wide, tall] = [Math.round(width / 5), Math.round(height / 5)];
    const aside = (this.#now.boxes.length % 5) * this.step * 2;
    const start = /** @type {Box} */ ([(width - wide) / 2 + aside, (height - tall) / 2 + aside, wide, tall]);
    this.add(shifted(start, [0, 0, 0, 0], width, height));
  }

  /** Put another box in a box's place. @param {number} at @param {Box} box @param {string} [run] */
  put(at, box, run) {
    const boxes = this.#now.boxes.map((old, i) => (i === at ? box : old));
    this.#set({ ...this.#now, boxes }, run);
  }

  /** Move or grow the chosen box. @param {number[]} by @param {string} [run] */
  shift(by, run) {
    const chosen = this.#chosen;
    if (chosen?.kind !== 'box') return;
    this.put(chosen.at, shifted(this.#now.boxes[chosen.at], by, this.#width, this.#height), run);
  }

  /** @param {'box' | 'proposal'} kind @param {number} at @param {number} left the one after what is gone */
  #chooseNext(kind, at, left) {
    this.#chosen = left > 0 ? { kind, at: Math.min(at, left - 1) } : null;
  }

  /** Take away what is chosen: a box is gone, a proposal is turned down. */
  remove() {
    if (!this.#chosen) return;
    const { kind, at } = this.#chosen;
    const name = kind === 'box' ? 'boxes' : 'proposals';
    this.#set({ ...this.#now, [name]: this.#now[name].filter((_, i) => i !== at) });
    this.#chooseNext(kind, at, this.#now[name].length);
  }

  /** Make the chosen proposal a box; the next one is chosen. */
  accept() {
    if (this.#chosen?.kind !== 'proposal') return;
    const { at } = this.#chosen;
    const { boxes, proposals } = this.#now;
    this.#set({ boxes: [...boxes, proposals[at]], proposals: proposals.filter((_, i) => i !== at) });
    this.#chooseNext('proposal', at, this.#now.proposals.length);
  }

  acceptAll() {
    const { boxes, proposals } = this.#now;
    if (proposals.length > 0) this.#set({ boxes: [...boxes, ...proposals], proposals: [] });
    this.#chosen = null;
  }

  /** A drag has ended: the next change is a step of its own. */
  rest() {
    this.#running = '';
  }

  undo() {
    return this.#turn(this.#past, this.#undone);
  }

  redo() {
    return this.#turn(this.#undone, this.#past);
  }
}
