/**
 * The middle pane: the same pins as the list, near ones together. Owns what lies on the map here; drawing is shared.
 */
import { createBasemap } from '../shared/basemap.js';
import { h } from '../shared/dom.js';
import { boxAround, widened } from '../shared/geo.js';
import { t, tn } from '../shared/i18n.js';
import { createMap } from '../shared/map.js';
import { INK, icon, pinSymbol, svg, symbolGlyph, WHITE } from '../shared/symbols.js';
import { largest, plain } from './cluster-symbol.js';
import { askWorker, Clusters } from './clusters.js';
import { labelOf, lookOf, nameOf } from './row.js';
import { onTheme, themeNow } from './theme.js';
import { TickTools } from './tick-tools.js';

/** @import {Category, DeskBundle, DeskPin} from './types' */
/** @typedef {{bundle: DeskBundle, categories: Map<string, Category>, lang: string, open: (number: number) => void, pinOf: (number: number) => DeskPin | undefined, isTicked: (number: number) => boolean, tick: (pins: DeskPin[]) => void, openSpot: import('./clusters.js').ClusterWays['openSpot'], leave: () => void}} MapWays */

/** The map follows when nobody has stepped on for so many milliseconds. */
const FOLLOWS_AFTER = 120;
/** Metres around the outermost pins. */
const EDGE = 60;

/** @param {[number, number, number, number]} box */
const ring = ([west, south, east, north]) => ({
  coordinates: [
    /** @type {[number, number][]} */ ([
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ]),
  ],
});

/** @param {string} name @param {string} label @param {() => void} run */
const mapButton = (name, label, run) =>
  h(
    'button',
    { type: 'button', class: 'btn btn--map', 'aria-label': label, title: label, onclick: run },
    icon(name, 26),
  );

/** @param {HTMLElement} el @param {DeskBundle} bundle */
function walkMap(el, bundle) {
  const map = createMap(el, {
    bbox: bundle.area.bbox,
    theme: themeNow(),
    reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    label: t('Map'),
    spotsLabel: t('Pins'),
    free: true,
  });
  map.setBoundary(bundle.area.polygon ?? ring(bundle.area.bbox));
  map.setRoute(bundle.route);
  const stops = bundle.stops.map(({ id, order, name, lat, lon }) => {
    return { id, order, lat, lon, label: t('Stop {n}: {name}', { n: order, name }) };
  });
  map.setStops(stops);
  return map;
}

/** The walk's pack under everything, in the look of the page. @param {import('../shared/map.js').WalkMap} map @param {DeskBundle} bundle @param {string} lang */
async function base(map, { pack }, lang) {
  const theme = themeNow();
  map.setTheme(theme);
  if (!pack) return;
  try {
    map.setBase(await createBasemap(map, pack.url, { theme, lang, lit: false }));
  } catch {
    map.setBase(null); // the plain grid, which needs nothing
  }
}

/** "Light & sight 12, Order 8": the groups of pins by name, the largest first. @param {Record<string, number>} shares @param {DeskBundle} bundle */
function sharesWord(shares, { symbol_groups: groups }) {
  const names = new Map(groups.map(({ code, label }) => [code, label]));
  return largest(shares)
    .map(([group, n]) => t('{name} {n}', { name: names.get(group) ?? group, n: plain(n) }))
    .join(' · ');
}

/** @param {number} count @param {boolean} parts */
const groupWord = (count, parts) =>
  parts
    ? tn('{n} pins close together. Zoom in', '{n} pins close together. Zoom in', count)
    : tn('{n} pins on one spot. Show them in the list', '{n} pins on one spot. Show them in the list', count);

/** A pin with a tick on it. @param {import('../shared/symbols.js').PinLook} look */
function tickedSymbol(look) {
  const el = pinSymbol(look);
  const disc = { cx: 10, cy: 10, r: 10, fill: INK, stroke: WHITE, 'stroke-width': 2 };
  el.append(svg('circle', disc), symbolGlyph('check', 10, 10, 14, WHITE));
  return el;
}

export class MapPane {
  /** @type {DeskPin[]} */
  #pins = [];
  /** @type {number | null} */
  #chosen = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #following;
  #isFitted = false;
  /** Set while the pane was out of sight, so not grouped yet. */
  #isStale = false;
  #sight = h('p', { class: 'mappane__sight' });
  /** @type {MapWays} */
  #ways;

  /** @param {HTMLElement} pane @param {MapWays} ways */
  constructor(pane, ways) {
    this.#ways = ways;
    this.el = h('div', { class: 'mappane__map' });
    pane.append(this.el, this.#sight);
    this.map = walkMap(this.el, ways.bundle);
    this.tools = new TickTools(pane, {
      ...{ map: this.map, el: this.el, tick: ways.tick },
      pins: () => this.#pins,
      chosen: () => this.#pin(),
    });
    this.tools.button.hidden = !ways.bundle.may_run;
    pane.append(this.#buttons());
    this.#clusters = new Clusters(this.map, {
      ask: askWorker(),
      spotOf: (number) => this.#spotOf(number),
      open: ways.open,
      openSpot: ways.openSpot,
      label: (count, shares, parts) => `${groupWord(count, parts)} ${sharesWord(shares, ways.bundle)}`,
      seen: (sight) => this.#seen(sight),
    });
    this.map.onKeys({ leave: ways.leave });
    base(this.map, ways.bundle, ways.lang);
    onTheme(() => base(this.map, ways.bundle, ways.lang));
    new ResizeObserver(() => requestAnimationFrame(() => this.#catchUp())).observe(this.el);
  }

  #clusters;

  #buttons() {
    return h(
      'div',
      { class: 'mappane__buttons' },
      mapButton('plus', t('Zoom in'), () => this.map.zoomIn()),
      mapButton('minus', t('Zoom out'), () => this.map.zoomOut()),
      mapButton('map-pinned', t('Show all pins'), () => this.#fitAll()),
      this.tools.button,
    );
  }

  #fitAll() {
    const box = boxAround(this.#pins);
    this.map.fit(box ? widened(box, EDGE) : this.#ways.bundle.area.bbox);
  }

  /** @param {number} number */
  #spotOf(number) {
    const { pinOf, categories, isTicked: isOn } = this.#ways;
    const pin = pinOf(number);
    if (!pin) return null;
    const isTicked = isOn(number);
    const name = nameOf(pin, labelOf(pin, categories));
    const label = isTicked ? [name, t('ticked')].join(', ') : name;
    const spot = { id: String(number), lat: pin.lat, lon: pin.lon, label, ...lookOf(pin, categories) };
    return isTicked ? { ...spot, isTicked, draw: tickedSymbol } : spot;
  }

  /** What lies in the view, in words. @param {import('./grouping.js').Sight} sight */
  #seen({ total, shares }) {
    const words = tn('{n} pin in view', '{n} pins in view', total);
    this.#sight.replaceChildren(h('strong', null, words), ' ', sharesWord(shares, this.#ways.bundle));
    this.tools.refresh();
  }

  #isSeen() {
    return this.el.clientWidth > 0 && this.el.clientHeight > 0;
  }

  #pin() {
    return this.#chosen === null ? null : (this.#ways.pinOf(this.#chosen) ?? null);
  }

  #show() {
    this.#clusters.show(this.#pin());
    this.tools.refresh();
  }

  /** Ticks have changed. */
  redraw() {
    if (this.#isFitted && this.#isSeen()) this.#clusters.redraw();
  }

  /** Once the pane is in sight: what was set meanwhile; all pins at first, once there are some. */
  #catchUp() {
    if (!this.#isSeen() || this.#pins.length === 0) return;
    if (!this.#isFitted) this.#fitAll();
    this.#isFitted = true;
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#clusters.setPins(this.#pins);
    this.#show();
  }

  /** @param {DeskPin[]} pins */
  setPins(pins) {
    this.#pins = pins;
    this.#isStale = true;
    if (!this.#isFitted) this.#catchUp();
    else if (this.#isSeen()) {
      this.#isStale = false;
      this.#clusters.setPins(pins);
    }
  }

  focus() {
    this.el.focus();
  }

  /** Mark a pin and bring it into view, once nobody steps on. @param {number | null} number */
  follow(number) {
    this.#chosen = number;
    clearTimeout(this.#following);
    this.#following = setTimeout(() => {
      if (this.#isSeen()) this.#show();
    }, FOLLOWS_AFTER);
  }
}
