/**
 * The plan on the map: the line, and one handle for each stop and each point that can be dragged, or moved by arrow keys
 * once it has focus. The list is the way by keyboard, so handles are not in the tab order. A click beside them adds.
 */
import { createBasemap } from '../shared/basemap.js';
import { h, on } from '../shared/dom.js';
import { boxAround } from '../shared/geo.js';
import { t } from '../shared/i18n.js';
import { createMap } from '../shared/map.js';
import { icon } from '../shared/symbols.js';
import { toPlace, toPoint } from './corners.js';
import { lineOf } from './plan.js';
import { nameOf, stepOf } from './route-list.js';
import { onTheme, themeNow } from './theme.js';

/** @import {Box, Place} from '../shared/geo.js' */
/** @import {Plan} from './plan.js' */
/** @import {Chosen} from './route-list.js' */
/**
 * @typedef {object} MapActs
 * @property {(place: Place) => void} add
 * @property {(chosen: Chosen) => void} choose
 * @property {(chosen: Chosen, place: Place) => void} move
 * @property {(chosen: Chosen, east: number, north: number) => void} nudge
 * @property {(chosen: Chosen) => void} remove
 */

/** A press that moves less is a click. */
const SLACK = 4;

export class RouteMap {
  /** @type {Plan} */
  #plan = { route: [], stops: [] };
  /** Counts basemaps, so that a slow old one does not come over a new one. */
  #bases = 0;

  /** @param {HTMLElement} el @param {{bbox: Box, packUrl: string | null, lang: string, changeable: boolean}} settings @param {MapActs} acts */
  constructor(el, settings, acts) {
    this.el = el;
    this.settings = settings;
    this.acts = acts;
    const inner = h('div', {});
    this.handles = h('div', {
      class: 'corners',
      role: 'group',
      'aria-label': t('Stops and points on the map'),
    });
    el.append(inner, this.handles, this.#zoom());
    const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const { bbox } = settings;
    const label = t('Map of the route');
    this.map = createMap(inner, { bbox, theme: themeNow(), reducedMotion, label, free: true });
    this.map.onMove(() => this.#place());
    if (settings.changeable) this.map.onTap((place) => acts.add(place));
    if (settings.changeable) this.map.onKeys({ enter: () => acts.add(this.map.center()) });
    el.append(h('div', { class: 'area__cross', 'aria-hidden': 'true' }, icon('plus', 32)));
    onTheme(() => this.#base());
    this.#base();
  }

  #zoom() {
    /** @param {string} name @param {string} label @param {() => void} run */
    const button = (name, label, run) =>
      h(
        'button',
        { type: 'button', class: 'btn btn--map', 'aria-label': label, onclick: run },
        icon(name, 26),
      );
    return h(
      'div',
      { class: 'area__zoom' },
      button('plus', t('Zoom in'), () => this.map.zoomIn()),
      button('minus', t('Zoom out'), () => this.map.zoomOut()),
      button('locate-fixed', t('Show the whole route'), () => this.fit()),
    );
  }

  async #base() {
    const turn = ++this.#bases;
    const theme = themeNow();
    this.map.setTheme(theme);
    const { packUrl, lang } = this.settings;
    const layer = packUrl ? await createBasemap(this.map, packUrl, { theme, lang }) : null;
    if (turn === this.#bases) this.map.setBase(layer);
  }

  fit() {
    const places = lineOf(this.#plan).map(([lon, lat]) => ({ lon, lat }));
    const all = [...places, ...this.#plan.stops];
    this.map.fit((all.length > 1 ? boxAround(all) : null) ?? this.settings.bbox);
  }

  /** @param {Chosen} chosen */
  show({ sort, at }) {
    const place = this.#placeOf({ sort, at });
    const [west, south, east, north] = this.map.view();
    const isSeen = place.lon > west && place.lon < east && place.lat > south && place.lat < north;
    if (!isSeen) this.map.setView(place);
  }

  /** @param {Plan} plan @param {Chosen | null} chosen */
  draw(plan, chosen) {
    this.#plan = plan;
    this.map.setRoute(lineOf(plan));
    const wanted = this.#all();
    while (this.handles.children.length > wanted.length) this.handles.lastElementChild?.remove();
    while (this.handles.children.length < wanted.length) this.handles.append(this.#handle());
    wanted.forEach((one, i) => {
      const handle = /** @type {HTMLElement} */ (this.handles.children[i]);
      const isChosen = chosen?.sort === one.sort && chosen.at === one.at;
      handle.className = `corner corner--${one.sort}${isChosen ? ' is-chosen' : ''}`;
      handle.setAttribute('aria-label', this.#label(one));
      handle.replaceChildren(one.sort === 'stop' ? h('span', {}, String(one.at + 1)) : '');
    });
    this.#place();
  }

  /** Points first, so that stops lie on top. @returns {Chosen[]} */
  #all() {
    const { route, stops } = this.#plan;
    return [
      ...route.map((_point, at) => ({ sort: /** @type {const} */ ('point'), at })),
      ...stops.map((_stop, at) => ({ sort: /** @type {const} */ ('stop'), at })),
    ];
  }

  /** @param {Chosen} chosen @returns {Place} */
  #placeOf({ sort, at }) {
    if (sort === 'stop') return this.#plan.stops[at];
    const [lon, lat] = this.#plan.route[at];
    return { lon, lat };
  }

  /** @param {Chosen} chosen */
  #label({ sort, at }) {
    if (sort === 'point') return t('Point {n}', { n: at + 1 });
    return t('Stop {n}: {name}', { n: at + 1, name: nameOf(this.#plan.stops[at], this.settings.lang) });
  }

  #size() {
    return { width: this.el.clientWidth, height: this.el.clientHeight };
  }

  #place() {
    const view = this.map.view();
    this.#all().forEach((one, i) => {
      const { x, y } = toPoint(this.#placeOf(one), view, this.#size());
      const handle = /** @type {HTMLElement | undefined} */ (this.handles.children[i]);
      if (handle) handle.style.transform = `translate(${x}px, ${y}px)`;
    });
  }

  #handle() {
    const handle = h('button', { type: 'button', class: 'corner', tabindex: -1 });
    const which = () => this.#all()[[...this.handles.children].indexOf(handle)];
    on(handle, 'click', () => this.acts.choose(which()));
    if (this.settings.changeable) this.#movable(handle, which);
    return handle;
  }

  /** @param {HTMLElement} handle @param {() => Chosen} which */
  #movable(handle, which) {
    /** @type {{x: number, y: number} | null} */
    let from = null;
    on(handle, 'keydown', (event) => {
      const step = stepOf(event);
      if (step) this.acts.nudge(which(), ...step);
      else if (event.key === 'Delete') this.acts.remove(which());
      else return;
      event.preventDefault();
    });
    on(handle, 'pointerdown', (event) => {
      handle.setPointerCapture(event.pointerId);
      from = { x: event.clientX, y: event.clientY };
    });
    on(handle, 'pointermove', (event) => {
      if (!from || !handle.hasPointerCapture(event.pointerId)) return;
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) < SLACK) return;
      const frame = this.el.getBoundingClientRect();
      const point = { x: event.clientX - frame.left, y: event.clientY - frame.top };
      this.acts.move(which(), toPlace(point, this.map.view(), this.#size()));
    });
    on(handle, 'pointerup', () => {
      from = null;
    });
  }
}
