/**
 * The map beside the form's area: corners that can be dragged or moved with the arrow keys, for a box or a free shape.
 * The form's own fields are the truth: what is typed moves the corners, what is dragged is written into the fields.
 */
import { createBasemap } from '../shared/basemap.js';
import { h, on } from '../shared/dom.js';
import { loadCatalogue, t } from '../shared/i18n.js';
import { createMap } from '../shared/map.js';
import { icon } from '../shared/symbols.js';
import { CornerHandles } from './corner-handles.js';
import { cornersOf, polygonOf, ringOf, rounded, withCorner, withNew } from './corners.js';
import { tellCover } from './pack-cover.js';
import { onTheme, themeNow } from './theme.js';

/** @import {Box, Place} from './corners.js' */

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
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const inner = h('div', {});
    el.append(inner);
    const theme = themeNow();
    this.map = createMap(inner, {
      bbox: this.#box() ?? this.#packBox() ?? [17, 59, 18, 60],
      theme,
      reducedMotion: still,
      label: t('Map of the area'),
      free: true,
    });
    this.#handles = new CornerHandles(el, this.map, {
      corners: () => this.#corners(),
      move: (at, to) => this.move(at, to),
      remove: (at) => this.#remove(at),
    });
    this.map.onTap((place) => this.#isShape() && this.#setRing(withNew(this.#ring, rounded(place))));
    this.#listen();
    this.base();
    this.draw();
    this.fit();
  }

  #handles;

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

  /** A corner less, as long as there is a shape left. @param {number} at */
  #remove(at) {
    if (!this.#isShape() || this.#ring.length <= 3) return false;
    this.#setRing(this.#ring.filter((_corner, i) => i !== at));
    return true;
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
    this.#handles.draw();
    for (const part of document.querySelectorAll('[data-sides]'))
      part.toggleAttribute('hidden', this.#isShape());
    for (const part of document.querySelectorAll('[data-polygon-only]'))
      part.toggleAttribute('hidden', !this.#isShape());
    tellCover(this.#packBox(), corners);
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
