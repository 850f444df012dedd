/**
 * The middle pane: the same pins as the list, near ones together. Owns what lies on the map here; drawing is shared.
 */
import { createBasemap } from '../shared/basemap.js';
import { createClusters } from '../shared/clusters.js';
import { h } from '../shared/dom.js';
import { boxAround, widened } from '../shared/geo.js';
import { t, tn } from '../shared/i18n.js';
import { createMap } from '../shared/map.js';
import { icon } from '../shared/symbols.js';
import { labelOf, lookOf, nameOf } from './row.js';
import { onTheme, themeNow } from './theme.js';

/** @import {Category, DeskBundle, DeskPin} from './types' */
/** @typedef {{bundle: DeskBundle, categories: Map<string, Category>, lang: string, open: (number: number) => void, leave: () => void}} MapWays */

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

/** @param {HTMLElement} pane @param {MapWays} ways */
export function createMapPane(pane, { bundle, categories, lang, open, leave }) {
  const el = h('div', { class: 'mappane__map' });
  pane.append(el);
  const map = walkMap(el, bundle);
  /** @type {DeskPin[]} */
  let pins = [];
  /** @type {number | null} */
  let chosen = null;
  let isFitted = false;
  const fitAll = () => {
    const box = boxAround(pins);
    map.fit(box ? widened(box, EDGE) : bundle.area.bbox);
  };
  pane.append(
    h(
      'div',
      { class: 'mappane__buttons' },
      mapButton('plus', t('Zoom in'), () => map.zoomIn()),
      mapButton('minus', t('Zoom out'), () => map.zoomOut()),
      mapButton('map-pinned', t('Show all pins'), fitAll),
    ),
  );
  const clusters = createClusters(map, {
    label: (count) => tn('{n} pins close together. Zoom in', '{n} pins close together. Zoom in', count),
  });
  clusters.onPin((id) => open(Number(id)));
  map.onKeys({ leave });
  base(map, bundle, lang);
  onTheme(() => base(map, bundle, lang));
  /** @param {DeskPin} pin */
  const spot = (pin) => ({
    id: String(pin.number),
    lat: pin.lat,
    lon: pin.lon,
    label: nameOf(pin, labelOf(pin, categories)),
    ...lookOf(pin, categories),
  });
  const isSeen = () => el.clientWidth > 0 && el.clientHeight > 0;
  const show = () => void clusters.show(chosen === null ? '' : String(chosen));
  /** All pins at first, once there are some and the pane is in sight. */
  const fitFirst = () => {
    if (isFitted || pins.length === 0 || !isSeen()) return;
    isFitted = true;
    fitAll();
    show();
  };
  new ResizeObserver(() => requestAnimationFrame(fitFirst)).observe(el);

  return {
    /** @param {DeskPin[]} next */
    setPins(next) {
      pins = next;
      clusters.setPins(next.map(spot));
      fitFirst();
    },
    focus: () => el.focus(),
    /** Mark a pin and bring it into view. @param {number | null} number */
    show(number) {
      chosen = number;
      if (isSeen()) show();
    },
  };
}
