/**
 * The map itself: the only file that takes Leaflet's global (a classic deferred script, before the page's modules).
 * Owns view, limits, keyboard and what lies on the map; the page owns crosshair, buttons and words around it.
 * Promises: © OpenStreetMap always stands on it; it works without any basemap (a plain grid with a scale); left is
 * west whatever the page's direction. Does not fetch and does not store.
 *
 * Insets: a sheet or a strip may cover part of the map. center() and setView() speak of the middle of what is free;
 * `--map-inset-top` (and the other sides) on the element let CSS put a crosshair on the very same spot.
 */
import { contains, widened } from './geo.js';
import { createGrid } from './map-grid.js';
import { onMapKeys } from './map-keys.js';
import { createLines } from './map-lines.js';
import { createSpots } from './map-spots.js';

/** @typedef {import('./geo.js').Place} Place */
/** @typedef {import('./geo.js').Box} Box */
/** @typedef {import('./map-spots.js').MapPin} MapPin */
/** @typedef {import('./map-spots.js').MapStop} MapStop */
/** @typedef {'light' | 'dark' | 'sun'} Theme */
/** @typedef {{top: number, right: number, bottom: number, left: number}} Insets */
/**
 * @typedef {object} MapOptions
 * @property {Box} bbox the walk's area; the map does not leave it by far
 * @property {Theme} [theme] of the grid; everything else follows data-theme by CSS
 * @property {boolean} [reducedMotion]
 * @property {string} label what the region is called, for a screen reader
 * @property {string} [spotsLabel] what the group of pins and stops is called
 * @property {boolean} [free] no limits: for a desk that looks for pins outside the area
 */
/** @typedef {ReturnType<typeof createMap>} WalkMap */

export const MAX_ZOOM = 20;
/** How far outside the area one may look, in metres. */
const MARGIN = 300;
const ATTRIBUTION =
  '<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">© OpenStreetMap</a>';

/** @type {typeof import('leaflet')} */
const L = /** @type {any} */ (globalThis).L;

/** Screens sharper than 2 cost time and show no more. */
export const pixelRatio = () => Math.min(globalThis.devicePixelRatio || 1, 2);

/** @param {Box} box */
const bounds = ([west, south, east, north]) => new L.LatLngBounds([south, west], [north, east]);

/** @param {boolean} still no motion @param {boolean} free */
function leafletOptions(still, free) {
  return {
    zoomControl: false,
    attributionControl: false,
    keyboard: false,
    maxZoom: MAX_ZOOM,
    maxBoundsViscosity: free ? 0 : 1,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    bounceAtZoomLimits: false,
  };
}

/**
 * @param {HTMLElement} el
 * @param {MapOptions} options
 */
export function createMap(
  el,
  { bbox, theme = 'light', reducedMotion = false, label, spotsLabel, free = false },
) {
  el.dir = 'ltr';
  el.setAttribute('role', 'region');
  el.setAttribute('aria-label', label);
  el.tabIndex = 0;
  el.classList.add('map');
  const leaflet = new L.Map(el, leafletOptions(reducedMotion, free));
  leaflet.addControl(new L.Control.Attribution({ prefix: false }).addAttribution(ATTRIBUTION));
  const scale = new L.Control.Scale({ imperial: false, position: 'bottomleft' });
  const grid = createGrid(L, theme, pixelRatio());
  const lines = createLines(L, leaflet);
  const spots = createSpots(L, leaflet, spotsLabel ?? label);
  /** @type {Insets} */
  let insets = { top: 0, right: 0, bottom: 0, left: 0 };
  /** @type {L.Layer | null} */
  let base = null;
  let area = bbox;

  /** The middle of the free part, in pixels of the element. */
  const middle = () => {
    const { x, y } = leaflet.getSize();
    return new L.Point((x + insets.left - insets.right) / 2, (y + insets.top - insets.bottom) / 2);
  };
  const padding = () => ({
    paddingTopLeft: new L.Point(insets.left, insets.top),
    paddingBottomRight: new L.Point(insets.right, insets.bottom),
  });
  let ours = false;
  /** Moves that a person did not make. An animated one stays ours until it ends. @param {() => void} move @param {boolean} animated */
  const moving = (move, animated = false) => {
    ours = true;
    if (animated)
      leaflet.once('moveend', () => {
        ours = false;
      });
    move();
    if (!animated) ours = false;
  };
  /** @param {number} zoom */
  const zoomTo = (zoom) => {
    if (zoom === leaflet.getZoom()) return;
    moving(() => void leaflet.setZoomAround(middle(), zoom, { animate: !reducedMotion }), !reducedMotion);
  };

  const limit = () => {
    if (free) return;
    leaflet.setMinZoom(Math.min(leaflet.getBoundsZoom(bounds(area), false), MAX_ZOOM - 2));
    // Half a view beyond the margin, so that the crosshair reaches the corners too.
    leaflet.setMaxBounds(bounds(widened(area, MARGIN)).pad(0.5));
  };

  const map = {
    /** For basemap.js and clusters.js; nobody else. */
    leaflet,
    /** What lies under everything; null shows the plain grid. @param {L.Layer | null} layer */
    setBase(layer) {
      const next = layer ?? grid.layer;
      if (next === base) return;
      if (base) leaflet.removeLayer(base);
      base = next;
      leaflet.addLayer(base);
      if (layer) scale.remove();
      else leaflet.addControl(scale);
      el.dataset.base = layer ? 'map' : 'grid';
    },
    /** Colours of the grid; the basemap is made anew by the page. @param {Theme} next */
    setTheme(next) {
      grid.setTheme(next);
    },
    /** @param {Box} next */
    setArea(next) {
      area = next;
      limit();
    },
    /** @param {Partial<Insets>} next pixels that something else covers */
    setInsets(next) {
      insets = { ...insets, ...next };
      for (const [side, size] of Object.entries(insets))
        el.style.setProperty(`--map-inset-${side}`, `${size}px`);
    },
    /** Put a place in the middle. @param {Place} place @param {number} [zoom] @param {{animate?: boolean}} [how] */
    setView(place, zoom = leaflet.getZoom() || 17, { animate = false } = {}) {
      const away = middle().subtract(leaflet.getSize().divideBy(2));
      const point = leaflet.project([place.lat, place.lon], zoom).subtract(away);
      const smooth = animate && !reducedMotion;
      moving(() => void leaflet.setView(leaflet.unproject(point, zoom), zoom, { animate: smooth }), smooth);
    },
    /** @param {Box} box @param {{maxZoom?: number}} [how] */
    fit(box, { maxZoom = 18 } = {}) {
      moving(() => void leaflet.fitBounds(bounds(box), { ...padding(), maxZoom, animate: false }));
    },
    /** The place under the crosshair. @returns {Place} */
    center() {
      const { lat, lng } = leaflet.containerPointToLatLng(middle());
      return { lat, lon: lng };
    },
    zoom: () => leaflet.getZoom(),
    /** @returns {Box} */
    view() {
      const seen = leaflet.getBounds();
      return [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
    },
    /** Is the place in the area the map may show? @param {Place} place */
    reaches: (place) => free || contains(widened(area, MARGIN), place),
    zoomIn: () => zoomTo(Math.min(leaflet.getZoom() + 1, MAX_ZOOM)),
    zoomOut: () => zoomTo(Math.max(leaflet.getZoom() - 1, leaflet.getMinZoom())),
    /** @param {number} x @param {number} y pixels to the east and south */
    panBy: (x, y) => void leaflet.panBy([x, y], { animate: false }),
    /**
     * Called while and after the map moves; `byHand` unless a method of this object moved it.
     * @param {(center: Place, how: {done: boolean, byHand: boolean}) => void} listener
     */
    onMove(listener) {
      const tell = (/** @type {boolean} */ done) => () => listener(map.center(), { done, byHand: !ours });
      const events = { move: tell(false), moveend: tell(true) };
      leaflet.on(events);
      return () => void leaflet.off(events);
    },
    /** A tap beside all pins. @param {(place: Place) => void} listener */
    onTap(listener) {
      const tell = (/** @type {L.LeafletMouseEvent} */ event) =>
        listener({ lat: event.latlng.lat, lon: event.latlng.lng });
      leaflet.on('click', tell);
      return () => void leaflet.off('click', tell);
    },
    setPins: spots.setPins,
    setStops: spots.setStops,
    selectPin: spots.select,
    focusPin: spots.focus,
    /** @param {(id: string) => void} listener */
    onPin: (listener) => spots.on('pin', listener),
    /** @param {(id: string) => void} listener */
    onStop: (listener) => spots.on('stop', listener),
    setRoute: lines.setRoute,
    setBoundary: lines.setBoundary,
    setPosition: lines.setPosition,
    /** Enter: the page drops a pin. Escape: the page takes focus. @param {{enter?: () => void, leave?: () => void}} what */
    onKeys: (what) => onMapKeys(el, map, what),
    /** The element's new size; it is watched, so a page need not call this. */
    resize() {
      moving(() => {
        leaflet.invalidateSize({ animate: false });
        limit();
      });
    },
    destroy: () => void leaflet.remove(),
  };

  new ResizeObserver(() => map.resize()).observe(el);
  leaflet.fitBounds(bounds(bbox), { animate: false });
  limit();
  map.setBase(null);
  return map;
}
