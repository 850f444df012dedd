/**
 * The middle pane: the same pins as the list, near ones together. Owns what lies on the map here; drawing is shared.
 */
import { createBasemap } from '../shared/basemap.js';
import { createClusters } from '../shared/clusters.js';
import { h } from '../shared/dom.js';
import { boxAround } from '../shared/geo.js';
import { t, tn } from '../shared/i18n.js';
import { createMap } from '../shared/map.js';
import { icon } from '../shared/symbols.js';
import { onTheme, themeNow } from './page.js';
import { labelOf, lookOf, nameOf } from './row.js';

/** @import {Category, DeskBundle, DeskPin} from './types' */

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
  h('button', { type: 'button', class: 'btn btn--map', 'aria-label': label, onclick: run }, icon(name, 26));

/**
 * @param {HTMLElement} pane
 * @param {{bundle: DeskBundle, categories: Map<string, Category>, lang: string, open: (number: number) => void, leave: () => void}} how
 */
export function createMapPane(pane, { bundle, categories, lang, open, leave }) {
  const el = h('div', { class: 'mappane__map' });
  pane.append(el);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = createMap(el, {
    bbox: bundle.area.bbox,
    theme: themeNow(),
    reducedMotion: still,
    label: t('Map'),
    spotsLabel: t('Pins'),
    free: true,
  });
  /** @type {DeskPin[]} */
  let pins = [];
  const fitAll = () => map.fit(boxAround(pins) ?? bundle.area.bbox);
  pane.append(
    h(
      'div',
      { class: 'mappane__buttons' },
      mapButton('zoom-in', t('Zoom in'), map.zoomIn),
      mapButton('zoom-out', t('Zoom out'), map.zoomOut),
      mapButton('map-pinned', t('Show all pins'), fitAll),
    ),
  );

  async function base() {
    const theme = themeNow();
    map.setTheme(theme);
    if (!bundle.pack) return;
    try {
      map.setBase(await createBasemap(map, bundle.pack.url, { theme, lang, lit: false }));
    } catch {
      map.setBase(null); // the plain grid, which needs nothing
    }
  }

  const clusters = createClusters(map, {
    label: (count) => tn('{n} pins close together. Zoom in', '{n} pins close together. Zoom in', count),
  });
  clusters.onPin((id) => open(Number(id)));
  map.onKeys({ leave });
  map.setBoundary(bundle.area.polygon ?? ring(bundle.area.bbox));
  map.setRoute(bundle.route);
  map.setStops(
    bundle.stops.map(({ id, order, name, lat, lon }) => ({
      id,
      order,
      lat,
      lon,
      label: t('Stop {n}: {name}', { n: order, name }),
    })),
  );
  base();
  onTheme(base);

  return {
    /** @param {DeskPin[]} next */
    setPins(next) {
      const first = pins.length === 0 && next.length > 0;
      pins = next;
      clusters.setPins(
        next.map((pin) => ({
          id: String(pin.number),
          lat: pin.lat,
          lon: pin.lon,
          label: nameOf(pin, labelOf(pin, categories)),
          ...lookOf(pin, categories),
        })),
      );
      if (first) fitAll();
    },
    /** Mark a pin and bring it into view. @param {number | null} number */
    show(number) {
      clusters.show(number === null ? '' : String(number));
    },
    fitAll,
  };
}
