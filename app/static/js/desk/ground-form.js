/**
 * The map beside an owner's ground. The text field is the truth, and enough by itself: what is typed or pasted is drawn,
 * what is drawn is written as corners. A ground of several parts is shown and changed as text.
 */
import { createBasemap } from '../shared/basemap.js';
import { h, on } from '../shared/dom.js';
import { boxAround, widened } from '../shared/geo.js';
import { loadCatalogue, t } from '../shared/i18n.js';
import { createMap } from '../shared/map.js';
import { icon } from '../shared/symbols.js';
import { CornerHandles } from './corner-handles.js';
import { rounded, withNew } from './corners.js';
import { ringsOf, writtenRing } from './ground-text.js';
import { onTheme, themeNow } from './theme.js';

/** @import {Box, Place} from './corners.js' */

const EDGE = 60;
const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

class GroundForm {
  /** Counts basemaps, so that a slow old one does not come over a new one. */
  #bases = 0;
  #el;
  #field;

  /** @param {HTMLElement} el @param {HTMLTextAreaElement} field */
  constructor(el, field) {
    this.#el = el;
    this.#field = field;
    const inner = h('div', {});
    el.append(inner);
    const bbox = /** @type {Box} */ ((el.dataset.bbox ?? '').split(' ').map(Number));
    const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const label = t('Map of the ground');
    this.map = createMap(inner, { bbox, theme: themeNow(), reducedMotion, label, free: true });
    this.#handles = new CornerHandles(el, this.map, {
      corners: () => this.#ring() ?? [],
      move: (at, to) => this.#write((this.#ring() ?? []).map((corner, i) => (i === at ? to : corner))),
      remove: (at) => this.#remove(at),
    });
    this.map.onTap((place) => this.add(place));
    this.map.onKeys({ enter: () => this.add(this.map.center()) });
    on(field, 'input', () => this.draw());
    onTheme(() => this.#base());
    this.#base();
    this.draw();
    this.fit();
  }

  #handles;

  /** The corners when it is one ring; null when it has several parts or cannot be read. @returns {Place[] | null} */
  #ring() {
    const rings = ringsOf(this.#field.value);
    return rings === null || rings.length > 1 ? null : (rings[0] ?? []);
  }

  /** @param {Place[]} ring */
  #write(ring) {
    this.#field.value = writtenRing(ring);
    this.draw();
  }

  /** A new corner where it lengthens the outline the least. @param {Place} place */
  add(place) {
    const ring = this.#ring();
    if (ring) this.#write(withNew(ring, rounded(place)));
  }

  /** @param {number} at */
  #remove(at) {
    this.#write((this.#ring() ?? []).filter((_corner, i) => i !== at));
    return true;
  }

  async #base() {
    const turn = ++this.#bases;
    const theme = themeNow();
    this.map.setTheme(theme);
    const { pack } = this.#el.dataset;
    const lang = document.documentElement.lang;
    const layer = pack ? await createBasemap(this.map, pack, { theme, lang, lit: false }) : null;
    if (turn === this.#bases) this.map.setBase(layer);
  }

  fit() {
    const all = (ringsOf(this.#field.value) ?? []).flat();
    const box = boxAround(all);
    if (box) this.map.fit(widened(box, EDGE));
  }

  draw() {
    const rings = ringsOf(this.#field.value);
    const lines = (rings ?? []).map((ring) =>
      [...ring, ...ring.slice(0, 1)].map(({ lat, lon }) => /** @type {[number, number]} */ ([lon, lat])),
    );
    this.map.setBoundary(lines.length > 0 ? { coordinates: lines } : null);
    this.#handles.draw();
    const words =
      rings === null
        ? t('This cannot be read yet.')
        : rings.length > 1
          ? t('A ground of several parts: change it as text.')
          : t(
              'Click on the map to add corners and drag them, or go to the map with Tab: arrows move it, Enter adds a corner in the middle.',
            );
    if (get('ground-help').textContent !== words) get('ground-help').replaceChildren(words);
  }
}

/** @param {string} name @param {string} label @param {() => void} run */
const mapButton = (name, label, run) =>
  h('button', { type: 'button', class: 'btn btn--map', 'aria-label': label, onclick: run }, icon(name, 26));

await loadCatalogue(document.documentElement.lang);
const field = /** @type {HTMLTextAreaElement} */ (get('ground'));
get('ground-area').hidden = false;
const ground = new GroundForm(get('ground-map'), field);
get('ground-map').append(
  h('div', { class: 'area__cross', 'aria-hidden': 'true' }, icon('plus', 32)),
  h(
    'div',
    { class: 'area__zoom' },
    mapButton('plus', t('Zoom in'), () => ground.map.zoomIn()),
    mapButton('minus', t('Zoom out'), () => ground.map.zoomOut()),
    mapButton('locate-fixed', t('Go to the area'), () => ground.fit()),
  ),
);
