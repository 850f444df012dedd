/**
 * The corners of a line or shape as buttons on a map: dragged, or moved with the arrow keys, Shift for longer steps,
 * Delete to take one away. Owns the buttons; where corners are is the page's.
 */
import { h, on } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { toPlace, toPoint } from './corners.js';

/** @typedef {import('./corners.js').Place} Place */
/** @typedef {import('../shared/map.js').WalkMap} WalkMap */
/**
 * @typedef {object} CornerWays
 * @property {() => Place[]} corners
 * @property {(at: number, to: Place) => void} move
 * @property {(at: number) => boolean} remove false when it stays
 */

const STEP = 10;
const LEAP = 50;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class CornerHandles {
  #el;
  #map;
  #ways;
  #group = h('div', { class: 'corners', role: 'group', 'aria-label': t('Corners of the area') });

  /** @param {HTMLElement} el around the map @param {WalkMap} map @param {CornerWays} ways */
  constructor(el, map, ways) {
    this.#el = el;
    this.#map = map;
    this.#ways = ways;
    el.append(this.#group);
    map.onMove(() => this.#place());
  }

  /** One button for each corner, where it is now. */
  draw() {
    const group = this.#group;
    const { length } = this.#ways.corners();
    while (group.children.length > length) group.lastElementChild?.remove();
    while (group.children.length < length) group.append(this.#handle());
    [...group.children].forEach((handle, i) => {
      handle.setAttribute('aria-label', t('Corner {i} of {n}', { i: i + 1, n: length }));
    });
    this.#place();
  }

  #size() {
    return { width: this.#el.clientWidth, height: this.#el.clientHeight };
  }

  #place() {
    const view = this.#map.view();
    this.#ways.corners().forEach((corner, i) => {
      const { x, y } = toPoint(corner, view, this.#size());
      const handle = /** @type {HTMLElement} */ (this.#group.children[i]);
      if (handle) handle.style.transform = `translate(${x}px, ${y}px)`;
    });
  }

  /** @param {number} at @param {number} x @param {number} y pixels */
  #nudge(at, x, y) {
    const view = this.#map.view();
    const point = toPoint(this.#ways.corners()[at], view, this.#size());
    this.#ways.move(at, toPlace({ x: point.x + x, y: point.y + y }, view, this.#size()));
  }

  /** @param {number} at */
  #remove(at) {
    if (!this.#ways.remove(at)) return;
    const left = /** @type {HTMLElement | null} */ (this.#group.children[Math.max(0, at - 1)]);
    left?.focus();
  }

  #handle() {
    const handle = h('button', { type: 'button', class: 'corner' });
    const at = () => [...this.#group.children].indexOf(handle);
    on(handle, 'keydown', (event) => {
      const arrow = ARROWS[event.key];
      const step = event.shiftKey ? LEAP : STEP;
      if (arrow) this.#nudge(at(), arrow[0] * step, arrow[1] * step);
      else if (event.key === 'Delete') this.#remove(at());
      else return;
      event.preventDefault();
    });
    on(handle, 'pointerdown', (event) => {
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
      handle.focus();
    });
    on(handle, 'pointermove', (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const frame = this.#el.getBoundingClientRect();
      const point = { x: event.clientX - frame.left, y: event.clientY - frame.top };
      this.#ways.move(at(), toPlace(point, this.#map.view(), this.#size()));
    });
    return handle;
  }
}
