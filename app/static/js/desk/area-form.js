/**
 * The map beside the form's area: corners that can be dragged or moved with the arrow keys, for a box or a free shape.
 * The form's own fields are the truth: what is typed moves the corners, what is dragged is written into the fields.
 */
import { createBasemap } from '../shared/basemap.js';
import { h, on } from '../shared/dom.js';
import { loadCatalogue, t } from '../shared/i18n.js';
import { createMap } from '../shared/map.js';
import { icon } from '../shared/symbols.js';
import { cornersOf, polygonOf, ringOf, rounded, toPlace, toPoint, withCorner, withNew } from './corners.js';
import { tellCover } from './pack-cover.js';
import { onTheme, themeNow } from './theme.js';

/** @import {Box, Place} from './corners.js' */

const STEP = 10;
const LEAP = 50;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIDES = ['west', 'south', 'east', 'north'];

class AreaForm {
  /** @type {Place[]} */
  #ring = [];
  /** Counts basemaps, so that a slow old one does not come over a new one. */
  #bases = 0;

  /** @param {HTMLFormElement} form @param {HTMLElement} el */
  constructor(form, el) {
    this.form = form;
    this.el = el;
    this.#ring = ringOf(this.#field('polygon').value);
    this.handles = h('div', { class: 'corners', role: 'group', 'aria-label': t('Corners of the area') });
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const inner = h('div', {});
    el.append(inner, this.handles);
    const theme = themeNow();
    this.map = createMap(inner, {
      bbox: this.#box() ?? this.#packBox() ?? [17, 59, 18, 60],
      theme,
      reducedMotion: still,
      label: t('Map of the area'),
      free: true,
    });
    this.map.onMove(() => this.#place());
    this.map.onTap((place) => this.#isShape() && this.#setRing(withNew(this.#ring, rounded(place))));
    this.#listen();
    this.base();
    this.draw();
    this.fit();
  }

  /** @param {string} name @returns {HTMLInputElement} */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  #isShape() {
    return this.#field('shape').value === 'polygon';
  }

  /** @returns {HTMLInputElement | null} */
  #pack() {
    return this.form.querySelector('input[name="pack"]:checked[data-url]');
  }

  /** @returns {Box | null} */
  #packBox() {
    const numbers = this.#pack()?.dataset.bbox?.split(' ').map(Number);
    return numbers?.length === 4 ? /** @type {Box} */ (numbers) : null;
  }

  /** The box of the fields, if it is one. @returns {Box | null} */
  #box() {
    const texts = SIDES.map((side) => this.#field(side).value.trim().replace(',', '.').replace('−', '-'));
    const [west, south, east, north] = texts.map((text) => (text === '' ? Number.NaN : Number(text)));
    return west < east && south < north ? [west, south, east, north] : null;
  }

  /** @param {Box} box */
  setBox(box) {
    SIDES.forEach((side, i) => {
      this.#field(side).value = box[i].toFixed(5);
    });
    this.draw();
  }

  /** @param {Place[]} ring */
  #setRing(ring) {
    this.#ring = ring;
    this.#field('polygon').value = JSON.stringify(polygonOf(ring) ?? '');
    this.draw();
  }

  #listen() {
    for (const side of SIDES) on(this.#field(side), 'input', () => this.draw());
    on(this.form, 'change', (event) => {
      if (event.target.name === 'shape') this.#reshape();
      if (event.target.name === 'pack') this.#repack();
    });
    onTheme(() => this.base());
  }

  /** A new shape begins as the box that was there. */
  #reshape() {
    const box = this.#box();
    if (this.#isShape() && this.#ring.length === 0 && box) this.#setRing(cornersOf(box));
    else this.draw();
  }

  /** Another map: a box that lies elsewhere moves to its middle. */
  #repack() {
    const pack = this.#packBox();
    this.base();
    if (!pack) return;
    const [west, south, east, north] = pack;
    const box = this.#box();
    const apart = !box || box[0] > east || box[2] < west || box[1] > north || box[3] < south;
    if (apart) {
      const [x, y] = [(east - west) / 4, (north - south) / 4];
      this.#setRing([]);
      this.setBox([west + x, south + y, east - x, north - y]);
    }
    this.fit();
  }

  async base() {
    const turn = ++this.#bases;
    const theme = themeNow();
    this.map.setTheme(theme);
    const url = this.#pack()?.dataset.url;
    if (!url) {
      this.map.setBase(null);
      return;
    }
    const layer = await createBasemap(this.map, url, { theme, lang: this.form.dataset.lang, lit: false });
    if (turn === this.#bases) this.map.setBase(layer);
  }

  fit() {
    const box = this.#box() ?? this.#packBox();
    if (box) this.map.fit(box);
  }

  /** Take what the map shows, with a margin, as the area. */
  takeView() {
    const [west, south, east, north] = this.map.view();
    const [x, y] = [(east - west) / 10, (north - south) / 10];
    /** @type {Box} */
    const box = [west + x, south + y, east - x, north - y];
    if (this.#isShape()) this.#setRing(cornersOf(box).map(rounded));
    else this.setBox(box);
  }

  /** A corner in the middle of the map, for those who do not point. */
  addCorner() {
    this.#setRing(withNew(this.#ring, rounded(this.map.center())));
  }

  /** @param {number} at */
  removeCorner(at) {
    if (this.#ring.length <= 3) return;
    this.#setRing(this.#ring.filter((_corner, i) => i !== at));
    const left = /** @type {HTMLElement | null} */ (this.handles.children[Math.max(0, at - 1)]);
    left?.focus();
  }

  #corners() {
    if (this.#isShape()) return this.#ring;
    const box = this.#box();
    return box ? cornersOf(box) : [];
  }

  /** @param {number} at @param {Place} to */
  move(at, to) {
    const box = this.#box();
    if (this.#isShape()) this.#setRing(this.#ring.map((corner, i) => (i === at ? to : corner)));
    else if (box) this.setBox(withCorner(box, at, to));
  }

  /** The outline and one button for each corner. */
  draw() {
    const corners = this.#corners();
    this.map.setBoundary(polygonOf(corners));
    while (this.handles.children.length > corners.length) this.handles.lastElementChild?.remove();
    while (this.handles.children.length < corners.length) this.handles.append(this.#handle());
    [...this.handles.children].forEach((handle, i) => {
      handle.setAttribute('aria-label', t('Corner {i} of {n}', { i: i + 1, n: corners.length }));
    });
    for (const part of document.querySelectorAll('[data-sides]'))
      part.toggleAttribute('hidden', this.#isShape());
    for (const part of document.querySelectorAll('[data-polygon-only]'))
      part.toggleAttribute('hidden', !this.#isShape());
    this.#place();
    tellCover(this.#packBox(), corners);
  }

  #size() {
    return { width: this.el.clientWidth, height: this.el.clientHeight };
  }

  /** Put the buttons where their corners are. */
  #place() {
    const view = this.map.view();
    this.#corners().forEach((corner, i) => {
      const { x, y } = toPoint(corner, view, this.#size());
      const handle = /** @type {HTMLElement} */ (this.handles.children[i]);
      if (handle) handle.style.transform = `translate(${x}px, ${y}px)`;
    });
  }

  /** @param {number} at @param {number} x @param {number} y pixels */
  #nudge(at, x, y) {
    const view = this.map.view();
    const point = toPoint(this.#corners()[at], view, this.#size());
    this.move(at, toPlace({ x: point.x + x, y: point.y + y }, view, this.#size()));
  }

  #handle() {
    const handle = h('button', { type: 'button', class: 'corner' });
    const at = () => [...this.handles.children].indexOf(handle);
    on(handle, 'keydown', (event) => {
      const arrow = ARROWS[event.key];
      const step = event.shiftKey ? LEAP : STEP;
      if (arrow) this.#nudge(at(), arrow[0] * step, arrow[1] * step);
      else if (event.key === 'Delete' && this.#isShape()) this.removeCorner(at());
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
      const frame = this.el.getBoundingClientRect();
      const point = { x: event.clientX - frame.left, y: event.clientY - frame.top };
      this.move(at(), toPlace(point, this.map.view(), this.#size()));
    });
    return handle;
  }
}

/** @param {string} name @param {string} word @param {() => void} run @param {Record<string, any>} [more] */
const tool = (name, word, run, more) =>
  h('button', { type: 'button', class: 'btn', onclick: run, ...more }, icon(name, 20), word);

/** @param {string} name @param {string} label @param {() => void} run */
const mapButton = (name, label, run) =>
  h('button', { type: 'button', class: 'btn btn--map', 'aria-label': label, onclick: run }, icon(name, 26));

await loadCatalogue(document.documentElement.lang);
const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
for (const part of document.querySelectorAll('[data-shapes]')) part.removeAttribute('hidden');
get('area').hidden = false;
get('area-tools').append(
  tool('map', t('Use what the map shows'), () => area.takeView()),
  tool('plus', t('Add a corner in the middle'), () => area.addCorner(), {
    'data-polygon-only': true,
    hidden: true,
  }),
  tool('locate-fixed', t('Go to the area'), () => area.fit()),
);
get('area-help').replaceChildren(
  t(
    'Drag the corners, or go to them with Tab and move them with the arrow keys (Shift for longer steps). In a shape, Delete takes a corner away and a click on the map adds one.',
  ),
);
const area = new AreaForm(/** @type {HTMLFormElement} */ (get('new-walk')), get('area-map'));
get('area-map').append(
  h(
    'div',
    { class: 'area__zoom' },
    mapButton('plus', t('Zoom in'), () => area.map.zoomIn()),
    mapButton('minus', t('Zoom out'), () => area.map.zoomOut()),
  ),
);
