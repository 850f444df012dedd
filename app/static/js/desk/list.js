/**
 * The list: thousands of rows of which only those in sight are in the page. One tab stop; arrows, Home and End move
 * within it, Enter opens. A row keeps its element while it is in sight, so that focus and place stay.
 * Says nothing by itself; what a row shows comes from row.js, what a press does from the page.
 */
import { h, on } from '../shared/dom.js';

/** Rows beyond the edge that are drawn too. */
const SPARE = 6;
const MOVES = /** @type {const} */ ({
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
});

/** Which rows to draw. @param {number} top px scrolled @param {number} height px seen @param {number} row px @param {number} count */
export function range(top, height, row, count) {
  const first = Math.max(0, Math.floor(top / row) - SPARE);
  return { first, last: Math.min(count, Math.ceil((top + height) / row) + SPARE) };
}

/**
 * @param {HTMLElement} scroller
 * @param {{label: string, fill: (button: HTMLButtonElement, number: number) => void, open: (number: number) => void}} how
 */
export function createList(scroller, { label, fill, open }) {
  const list = h('ul', { class: 'pinlist', 'aria-label': label });
  const probe = h('div', { class: 'pinlist__probe', 'aria-hidden': 'true' });
  scroller.append(probe, list);
  /** @type {readonly number[]} */
  let rows = [];
  /** @type {Map<number, HTMLLIElement>} */
  const drawn = new Map();
  /** The row in the tab order. */
  let turn = 0;
  /** @type {number | null} */
  let selected = null;
  let height = 64;

  /** @param {number} number */
  function make(number) {
    const button = h('button', { type: 'button', class: 'pinrow', 'data-number': number });
    return h('li', { class: 'pinlist__item' }, button);
  }

  /** @param {HTMLLIElement} item @param {number} at */
  function update(item, at) {
    const number = rows[at];
    const button = /** @type {HTMLButtonElement} */ (item.firstElementChild);
    item.style.transform = `translateY(${at * height}px)`;
    item.setAttribute('aria-posinset', String(at + 1));
    item.setAttribute('aria-setsize', String(rows.length));
    button.tabIndex = at === turn ? 0 : -1;
    if (number === selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    fill(button, number);
  }

  function draw() {
    list.style.blockSize = `${rows.length * height}px`;
    const { first, last } = range(scroller.scrollTop, scroller.clientHeight, height, rows.length);
    const wanted = new Set(rows.slice(first, last));
    if (rows[turn] !== undefined) wanted.add(rows[turn]);
    for (const [number, item] of drawn) {
      if (wanted.has(number)) continue;
      item.remove();
      drawn.delete(number);
    }
    /** @type {Element | null} */
    let before = null;
    for (const at of places(first, last)) {
      const item = drawn.get(rows[at]) ?? make(rows[at]);
      drawn.set(rows[at], item);
      update(item, at);
      const next = before ? before.nextElementSibling : list.firstElementChild;
      if (next !== item) list.insertBefore(item, next);
      before = item;
    }
  }

  /** The places to draw, in order; the one in the tab order is always among them. @param {number} first @param {number} last */
  function places(first, last) {
    const all = [];
    if (turn < first && turn < rows.length) all.push(turn);
    for (let at = first; at < last; at++) all.push(at);
    if (turn >= last && turn < rows.length) all.push(turn);
    return all;
  }

  /** @param {number} at */
  function bring(at) {
    const top = at * height;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + height > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top + height - scroller.clientHeight;
    draw();
  }

  on(scroller, 'scroll', () => requestAnimationFrame(draw));
  on(list, 'click', (event) => {
    const button = event.target.closest('.pinrow');
    if (button) open(Number(button.dataset.number));
  });
  on(list, 'focusin', (event) => {
    const at = rows.indexOf(Number(event.target.dataset.number));
    if (at >= 0 && at !== turn) {
      turn = at;
      draw();
    }
  });
  on(list, 'keydown', (event) => {
    const by = MOVES[/** @type {keyof typeof MOVES} */ (event.key)];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    turn = Math.min(rows.length - 1, Math.max(0, turn + by));
    bring(turn);
    focusTurn();
  });
  const focusTurn = () => {
    const button = drawn.get(rows[turn])?.firstElementChild;
    if (button instanceof HTMLElement) button.focus({ preventScroll: true });
  };
  new ResizeObserver(() => {
    const measured = probe.offsetHeight;
    if (measured > 0) height = measured;
    draw();
  }).observe(probe);
  new ResizeObserver(draw).observe(scroller);

  return {
    /** @param {readonly number[]} next */
    setRows(next) {
      const kept = rows[turn];
      rows = next;
      turn = Math.max(0, rows.indexOf(kept));
      draw();
    },
    redraw: draw,
    /** @param {number | null} number @param {{bringIntoView?: boolean}} [how] */
    select(number, { bringIntoView = true } = {}) {
      selected = number;
      const at = number === null ? -1 : rows.indexOf(number);
      if (at >= 0) turn = at;
      if (at >= 0 && bringIntoView) bring(at);
      else draw();
    },
    focus: focusTurn,
    top() {
      scroller.scrollTop = 0;
    },
  };
}
