/**
 * The list: thousands of rows of which only those in sight are in the page. One tab stop; arrows, Home and End move
 * within it, Enter opens. Each row has a box to tick for acts on many. A row keeps its element while it is in sight,
 * so that focus and place stay.
 * Says nothing by itself; what a row shows comes from row.js, what a press does from the page.
 */
import { h, on } from '../shared/dom.js';

/** @typedef {{label: string, fill: (button: HTMLButtonElement, number: number) => void, open: (number: number) => void, isTicked: (number: number) => boolean, tick: (number: number, isRange: boolean) => void, tickWord: (number: number) => string}} ListWays */

/** Rows beyond the edge that are drawn too. */
const SPARE = 6;
/** @type {Record<string, number>} */
const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
/** Until it is measured. */
const ROW_HEIGHT = 76;

/**
 * The places to draw, in order; the one in the tab order is always among them.
 * @param {{top: number, seen: number, row: number, count: number, turn: number}} at all but the last two in px
 * @returns {number[]}
 */
export function places({ top, seen, row, count, turn }) {
  const first = Math.max(0, Math.floor(top / row) - SPARE);
  const last = Math.min(count, Math.ceil((top + seen) / row) + SPARE);
  const all = [];
  if (turn < first && turn < count) all.push(turn);
  for (let at = first; at < last; at++) all.push(at);
  if (turn >= last && turn < count) all.push(turn);
  return all;
}

/** @param {number} number @param {string} word */
function newItem(number, word) {
  const box = h('input', { type: 'checkbox', class: 'tick', 'data-number': number, 'aria-label': word });
  const button = h('button', { type: 'button', class: 'pinrow', 'data-number': number });
  return h('li', { class: 'pinlist__item' }, h('label', { class: 'pinlist__tick' }, box), button);
}

export class PinList {
  /** @type {readonly number[]} */
  #rows = [];
  /** @type {Map<number, HTMLLIElement>} */
  #drawn = new Map();
  /** The row in the tab order. */
  #turn = 0;
  /** @type {number | null} */
  #selected = null;
  #height = ROW_HEIGHT;

  /** @param {HTMLElement} scroller @param {ListWays} ways */
  constructor(scroller, ways) {
    this.#scroller = scroller;
    this.#ways = ways;
    this.#list = h('ul', { class: 'pinlist', 'aria-label': ways.label });
    const probe = h('div', { class: 'pinlist__probe', 'aria-hidden': 'true' });
    scroller.append(probe, this.#list);
    on(scroller, 'scroll', () => requestAnimationFrame(() => this.draw()));
    on(this.#list, 'click', (event) => {
      const { target } = event;
      const button = target.closest('.pinrow');
      if (button) ways.open(Number(button.dataset.number));
      if (target.matches('.tick')) ways.tick(Number(target.dataset.number), event.shiftKey);
    });
    on(this.#list, 'focusin', (event) => this.#focused(Number(event.target.dataset.number)));
    on(this.#list, 'keydown', (event) => this.#key(event));
    new ResizeObserver(() => {
      this.#height = probe.offsetHeight || this.#height;
      this.draw();
    }).observe(probe);
    // A bar that comes or goes beside the list does not cover the row that is being read.
    new ResizeObserver(() => this.select(this.#selected)).observe(scroller);
  }

  /** @type {HTMLElement} */
  #scroller;
  /** @type {HTMLUListElement} */
  #list;
  /** @type {ListWays} */
  #ways;

  /** @param {number} number */
  #focused(number) {
    const at = this.#rows.indexOf(number);
    if (at < 0 || at === this.#turn) return;
    this.#turn = at;
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const by = MOVES[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#turn = Math.min(this.#rows.length - 1, Math.max(0, this.#turn + by));
    this.#bring(this.#turn);
    this.focus();
  }

  /** @param {HTMLLIElement} item @param {number} at */
  #update(item, at) {
    const number = this.#rows[at];
    const button = /** @type {HTMLButtonElement} */ (item.lastElementChild);
    const box = /** @type {HTMLInputElement} */ (item.querySelector('.tick'));
    box.checked = this.#ways.isTicked(number);
    box.tabIndex = at === this.#turn ? 0 : -1;
    item.classList.toggle('is-ticked', box.checked);
    item.style.transform = `translateY(${at * this.#height}px)`;
    item.setAttribute('aria-posinset', String(at + 1));
    item.setAttribute('aria-setsize', String(this.#rows.length));
    button.tabIndex = at === this.#turn ? 0 : -1;
    if (number === this.#selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    this.#ways.fill(button, number);
  }

  /** Draw what is in sight; rows that stay keep their elements. */
  draw() {
    const rows = this.#rows;
    const { scrollTop: top, clientHeight: seen } = this.#scroller;
    const wanted = places({ top, seen, row: this.#height, count: rows.length, turn: this.#turn });
    const numbers = new Set(wanted.map((at) => rows[at]));
    this.#list.style.blockSize = `${rows.length * this.#height}px`;
    for (const [number, item] of this.#drawn) {
      if (numbers.has(number)) continue;
      item.remove();
      this.#drawn.delete(number);
    }
    /** @type {Element | null} */
    let next = this.#list.firstElementChild;
    for (const at of wanted) {
      const item = this.#drawn.get(rows[at]) ?? newItem(rows[at], this.#ways.tickWord(rows[at]));
      this.#drawn.set(rows[at], item);
      this.#update(item, at);
      if (item === next) next = item.nextElementSibling;
      else this.#list.insertBefore(item, next);
    }
  }

  /** @param {number} at */
  #bring(at) {
    const scroller = this.#scroller;
    const top = at * this.#height;
    const below = top + this.#height - scroller.clientHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (below > scroller.scrollTop) scroller.scrollTop = below;
    this.draw();
  }

  /** @param {readonly number[]} rows numbers of the pins, in order */
  setRows(rows) {
    const kept = this.#rows[this.#turn];
    this.#rows = rows;
    this.#turn = Math.max(0, rows.indexOf(kept));
    this.#scroller.scrollTop = 0;
    this.draw();
  }

  /** The rows in sight. @returns {readonly number[]} numbers of the pins */
  seen() {
    const { scrollTop: top, clientHeight: seen } = this.#scroller;
    return this.#rows.slice(Math.floor(top / this.#height), Math.ceil((top + seen) / this.#height));
  }

  /** @param {number | null} number @param {{bringIntoView?: boolean}} [how] */
  select(number, { bringIntoView = true } = {}) {
    this.#selected = number;
    const at = number === null ? -1 : this.#rows.indexOf(number);
    if (at >= 0) this.#turn = at;
    if (at >= 0 && bringIntoView) this.#bring(at);
    else this.draw();
  }

  /** Focus the row in the tab order. */
  focus() {
    const button = this.#drawn.get(this.#rows[this.#turn])?.lastElementChild;
    if (button instanceof HTMLElement) button.focus({ preventScroll: true });
  }
}
