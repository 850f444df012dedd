/**
 * The picture with its boxes on it: drawn and moved with mouse, pen or finger, or with keys alone once a box has the
 * focus. Burnt boxes are black, proposals dashed and clear. Decides nothing: every change goes to `boxes`.
 */
import { h, on } from '../shared/dom.js';
import { formatNumber, t } from '../shared/i18n.js';
import { between, shifted } from './boxes.js';

/** @import {Boxes} from './boxes.js' */
/** @import {Box} from './types' */
/** @typedef {{boxes: Boxes, width: number, height: number, changed: () => void}} StageContext */

const SVG = 'http://www.w3.org/2000/svg';
/** The corner by which a chosen box is resized, in pixels of the screen. */
const GRIP = 28;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {string} name @param {Record<string, string | number>} attributes */
function svg(name, attributes) {
  const el = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, String(value));
  return el;
}

/** @param {Box} box @param {number} width @param {number} height where it is, for those who do not see it */
function placeWords([x, y, w, high], width, height) {
  const part = (/** @type {number} */ value, /** @type {number} */ of) =>
    formatNumber(Math.round((100 * value) / of));
  return t('{x} % from the left, {y} % from the top, {w} % wide, {h} % high', {
    x: part(x, width),
    y: part(y, height),
    w: part(w, width),
    h: part(high, height),
  });
}

/** @param {'box' | 'proposal'} kind @param {number} n @param {number} all */
const nameOf = (kind, n, all) =>
  kind === 'box' ? t('Box {n} of {all}', { n, all }) : t('Possible face {n} of {all}', { n, all });

export class Stage {
  #boxes;
  #width;
  #height;
  #changed;
  #image;
  #layer;
  /** @type {{kind: 'draw' | 'move' | 'size', from: number[], at: number, box: Box, run: string} | null} */
  #drag = null;
  #runs = 0;

  /** @param {StageContext} context */
  constructor({ boxes, width, height, changed }) {
    this.#boxes = boxes;
    this.#width = width;
    this.#height = height;
    this.#changed = changed;
    this.#image = h('img', { class: 'stage__image', alt: '', width, height, draggable: 'false' });
    const size = { class: 'stage__boxes', viewBox: `0 0 ${width} ${height}` };
    const layer = /** @type {SVGSVGElement} */ (svg('svg', size));
    this.#layer = layer;
    const inside = { class: 'stage', role: 'group', 'aria-label': t('The photo and its boxes') };
    this.el = h('div', inside, this.#image, layer);
    on(layer, 'pointerdown', (event) => this.#begin(event));
    on(layer, 'pointermove', (event) => this.#goOn(event));
    on(layer, 'pointerup', () => this.#end());
    on(layer, 'pointercancel', () => this.#end());
    on(layer, 'keydown', (event) => this.#press(event));
  }

  /** @param {string} src @param {boolean} isOriginal boxes are then seen through */
  show(src, isOriginal) {
    this.#image.src = src;
    this.el.classList.toggle('stage--original', isOriginal);
  }

  /** Called when the picture could not be had. @param {() => void} told */
  onFault(told) {
    on(this.#image, 'error', told);
  }

  /** Draw what is known; the focus goes to what is chosen if it was here. */
  draw() {
    const hadFocus = this.#layer.contains(document.activeElement);
    const { boxes, proposals } = this.#boxes.now();
    this.#layer.replaceChildren(
      ...proposals.map((box, i) => this.#shape('proposal', box, i, proposals.length)),
      ...boxes.map((box, i) => this.#shape('box', box, i, boxes.length)),
    );
    this.#drawGrip();
    if (hadFocus) this.focus();
  }

  /** The focus to what is chosen, or to the first. @returns {boolean} whether there is any */
  focus() {
    const chosen = this.#boxes.chosen();
    const selector = chosen ? `[data-kind="${chosen.kind}"][data-at="${chosen.at}"]` : 'rect[data-kind]';
    const rect = /** @type {SVGElement | null} */ (this.#layer.querySelector(selector));
    rect?.focus({ preventScroll: true });
    return rect !== null;
  }

  /** @param {'box' | 'proposal'} kind @param {Box} box @param {number} at @param {number} all */
  #shape(kind, box, at, all) {
    const chosen = this.#boxes.chosen();
    const isChosen = chosen?.kind === kind && chosen.at === at;
    const [x, y, width, height] = box;
    const rect = svg('rect', {
      ...{ x, y, width, height, tabindex: 0, role: 'button', 'data-kind': kind, 'data-at': at },
      class: `stage__${kind}${isChosen ? ' is-chosen' : ''}`,
      'aria-label': `${nameOf(kind, at + 1, all)}: ${placeWords(box, this.#width, this.#height)}`,
    });
    rect.addEventListener('focus', () => this.#choose({ kind, at }));
    return rect;
  }

  /** @param {{kind: 'box' | 'proposal', at: number}} what */
  #choose(what) {
    const was = this.#boxes.chosen();
    if (was?.kind === what.kind && was.at === what.at) return;
    this.#boxes.choose(what);
    for (const rect of this.#layer.querySelectorAll('rect[data-kind]')) {
      const { kind, at } = /** @type {SVGElement} */ (rect).dataset;
      rect.classList.toggle('is-chosen', kind === what.kind && Number(at) === what.at);
    }
    this.#drawGrip();
    this.#changed();
  }

  #drawGrip() {
    this.#layer.querySelector('.stage__grip')?.remove();
    const chosen = this.#boxes.chosen();
    if (chosen?.kind !== 'box') return;
    const [x, y, width, height] = this.#boxes.now().boxes[chosen.at];
    const side = (GRIP * this.#width) / (this.#layer.clientWidth || this.#width);
    const place = { x: x + width - side / 2, y: y + height - side / 2, width: side, height: side };
    this.#layer.append(svg('rect', { ...place, class: 'stage__grip' }));
  }

  /** @param {PointerEvent} event */
  #pointOf(event) {
    const frame = this.#layer.getBoundingClientRect();
    return [
      ((event.clientX - frame.left) * this.#width) / frame.width,
      ((event.clientY - frame.top) * this.#height) / frame.height,
    ];
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0) return;
    const target = /** @type {SVGElement} */ (event.target);
    const { kind } = target.dataset;
    const at = Number(target.dataset.at);
    event.preventDefault();
    if (kind === 'proposal') {
      this.#choose({ kind, at });
      this.focus();
      return;
    }
    const base = { from: this.#pointOf(event), run: `drag ${++this.#runs}` };
    const { boxes } = this.#boxes.now();
    const chosen = this.#boxes.chosen();
    if (target.matches('.stage__grip') && chosen)
      this.#drag = { ...base, kind: 'size', at: chosen.at, box: boxes[chosen.at] };
    else if (kind === 'box') {
      this.#choose({ kind, at });
      this.#drag = { ...base, kind: 'move', at, box: boxes[at] };
    } else this.#drag = { ...base, kind: 'draw', at: -1, box: [0, 0, 0, 0] };
    this.#layer.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #goOn(event) {
    if (!this.#drag) return;
    const to = this.#pointOf(event);
    const { kind, from, at, box, run } = this.#drag;
    if (kind === 'draw') this.#grow(to);
    else {
      const [x, y, width, height] = box;
      const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
      const next =
        kind === 'move'
          ? shifted(box, [dx, dy, 0, 0], this.#width, this.#height)
          : between([x, y], [x + width + dx, y + height + dy], this.#width, this.#height);
      this.#boxes.put(at, next, run);
    }
    this.draw();
    this.#changed();
  }

  /** The box that is being drawn, once it is large enough to be meant. @param {number[]} to */
  #grow(to) {
    const drag = this.#drag;
    if (!drag) return;
    const box = between(drag.from, to, this.#width, this.#height);
    const isMeant = Math.min(box[2], box[3]) >= this.#boxes.step;
    if (drag.at >= 0) this.#boxes.put(drag.at, box, drag.run);
    else if (isMeant) this.#boxes.add(box, drag.run);
    if (drag.at >= 0 || isMeant) drag.at = this.#boxes.now().boxes.length - 1;
  }

  #end() {
    if (!this.#drag) return;
    this.#drag = null;
    this.#boxes.rest();
    if (this.#boxes.chosen()) this.focus();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [dx, dy] = arrow.map((one) => one * this.#boxes.step);
    if (!event.repeat) this.#runs++;
    this.#boxes.shift(event.shiftKey ? [0, 0, dx, dy] : [dx, dy, 0, 0], `held ${this.#runs}`);
    this.draw();
    this.#changed();
  }
}
