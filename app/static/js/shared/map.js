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
import { Grid } from './map-grid.js';
import { onMapKeys } from './map-keys.js';
import { Lines } from './map-lines.js';
import { ATTRIBUTION, asRegion, leafletOptions, MAX_ZOOM } from './map-setup.js';
import { Spots } from './map-spots.js';

/** @typedef {import('./geo.js').Place} Place */
/** @typedef {import('./geo.js').Box} Box */
/** @typedef {import('./map-spots.js').MapPin} MapPin */
/** @typedef {import('./map-spots.js').MapStop} MapStop */
/** @typedef {import('./map-lines.js').LonLat} LonLat */
/** @typedef {import('./map-lines.js').Fix} Fix */
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

/** How far outside the area one may look, in metres. */
const MARGIN = 300;

/** @type {typeof import('leaflet')} */
const L = /** @type {any} */ (globalThis).L;

/** Screens sharper than 2 cost time and show no more. */
export const pixelRatio = () => Math.min(globalThis.devicePixelRatio || 1, 2);

/** @param {Box} box */
const bounds = ([west, south, east, north]) => new L.LatLngBounds([south, west], [north, east]);

export class WalkMap {
  #still;
  #free;
  #area;
  #scale = new L.Control.Scale({ imperial: false, position: 'bottomleft' });
  #grid;
  #lines;
  #spots;
  #watch;
  /** @type {Insets} */
  #insets = { top: 0, right: 0, bottom: 0, left: 0 };
  /** @type {L.Layer | null} */
  #base = null;
  /** True while a move is ours and not a person's. */
  #ours = false;

  /** @param {HTMLElement} el @param {MapOptions} options */
  constructor(el, { bbox, theme = 'light', reducedMotion = false, label, spotsLabel = label, free = false }) {
    asRegion(el, label);
    this.#still = reducedMotion;
    this.#free = free;
    this.#area = bbox;
    this.el = el;
    /** For basemap.js; nobody else. */
    this.leaflet = new L.Map(el, leafletOptions(reducedMotion, free));
    this.leaflet.addControl(new L.Control.Attribution({ prefix: false }).addAttribution(ATTRIBUTION));
    this.#grid = new Grid(L, theme, pixelRatio());
    this.#lines = new Lines(L, this.leaflet);
    this.#spots = new Spots(L, this.leaflet, spotsLabel);
    this.leaflet.fitBounds(bounds(bbox), { animate: false });
    this.#limit();
    this.setBase(null);
    this.#watch = new ResizeObserver(() => this.resize());
    this.#watch.observe(el);
  }

  // ---------------------------------------------------------------- ground
  /** What lies under everything; null shows the plain grid. @param {L.Layer | null} layer */
  setBase(layer) {
    const next = layer ?? this.#grid.layer;
    if (next === this.#base) return;
    if (this.#base) this.leaflet.removeLayer(this.#base);
    this.#base = next;
    this.leaflet.addLayer(next);
    if (layer) this.#scale.remove();
    else this.leaflet.addControl(this.#scale);
    this.el.dataset.base = layer ? 'map' : 'grid';
  }

  /** Colours of the grid; the page makes the basemap anew. @param {Theme} theme */
  setTheme(theme) {
    this.#grid.setTheme(theme);
  }

  #limit() {
    if (this.#free) return;
    this.leaflet.setMinZoom(Math.min(this.leaflet.getBoundsZoom(bounds(this.#area), false), MAX_ZOOM - 2));
    // Half a view beyond the margin, so that the crosshair reaches the corners too.
    this.leaflet.setMaxBounds(bounds(widened(this.#area, MARGIN)).pad(0.5));
  }

  // ---------------------------------------------------------------- view
  /** Pixels that something else covers. @param {Partial<Insets>} next */
  setInsets(next) {
    this.#insets = { ...this.#insets, ...next };
    for (const [side, size] of Object.entries(this.#insets)) {
      this.el.style.setProperty(`--map-inset-${side}`, `${size}px`);
    }
  }

  /** The middle of the free part, in pixels of the element. */
  #middle() {
    const { x, y } = this.leaflet.getSize();
    const { top, right, bottom, left } = this.#insets;
    return new L.Point((x + left - right) / 2, (y + top - bottom) / 2);
  }

  /** Moves that a person did not make. An animated one stays ours until it ends. @param {() => void} move @param {boolean} [animated] */
  #move(move, animated = false) {
    this.#ours = true;
    const ended = () => {
      this.#ours = false;
    };
    if (animated) this.leaflet.once('moveend', ended);
    move();
    if (!animated) ended();
  }

  /** Put a place in the middle. @param {Place} place @param {number} [zoom] @param {{animate?: boolean}} [how] */
  setView(place, zoom = this.leaflet.getZoom(), { animate = false } = {}) {
    const away = this.#middle().subtract(this.leaflet.getSize().divideBy(2));
    const point = this.leaflet.project([place.lat, place.lon], zoom).subtract(away);
    const smooth = animate && !this.#still;
    this.#move(
      () => void this.leaflet.setView(this.leaflet.unproject(point, zoom), zoom, { animate: smooth }),
      smooth,
    );
  }

  /** @param {Box} box @param {{maxZoom?: number}} [how] */
  fit(box, { maxZoom = 18 } = {}) {
    const { top, right, bottom, left } = this.#insets;
    const paddingTopLeft = new L.Point(left, top);
    const paddingBottomRight = new L.Point(right, bottom);
    this.#move(
      () =>
        void this.leaflet.fitBounds(bounds(box), {
          paddingTopLeft,
          paddingBottomRight,
          maxZoom,
          animate: false,
        }),
    );
  }

  /** The place under the crosshair. @returns {Place} */
  center() {
    const { lat, lng } = this.leaflet.containerPointToLatLng(this.#middle());
    return { lat, lon: lng };
  }

  /** @returns {Box} */
  view() {
    const seen = this.leaflet.getBounds();
    return [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
  }

  /** May the map show this place? @param {Place} place */
  reaches(place) {
    return this.#free || contains(widened(this.#area, MARGIN), place);
  }

  zoom() {
    return this.leaflet.getZoom();
  }

  zoomIn() {
    this.#zoomTo(Math.min(this.zoom() + 1, MAX_ZOOM));
  }

  zoomOut() {
    this.#zoomTo(Math.max(this.zoom() - 1, this.leaflet.getMinZoom()));
  }

  /** Around the crosshair, so that the place under it stays. @param {number} zoom */
  #zoomTo(zoom) {
    if (zoom === this.zoom()) return;
    const animate = !this.#still;
    this.#move(() => void this.leaflet.setZoomAround(this.#middle(), zoom, { animate }), animate);
  }

  /** A person's move by key or button. @param {number} east @param {number} south in pixels */
  panBy(east, south) {
    this.leaflet.panBy([east, south], { animate: false });
  }

  /** The element's new size; it is watched, so a page need not call this. */
  resize() {
    this.#move(() => {
      this.leaflet.invalidateSize({ animate: false });
      this.#limit();
    });
  }

  // ---------------------------------------------------------------- what lies on it
  /** @param {MapPin[]} list */
  setPins(list) {
    this.#spots.setPins(list);
  }

  /** @param {MapStop[]} list */
  setStops(list) {
    this.#spots.setStops(list);
  }

  /** Drawn larger, with a ring; null for none. @param {string | null} id */
  selectPin(id) {
    this.#spots.select(id);
  }

  /** Bring a pin into view and focus it. @param {string} id @returns {boolean} false when it is not on the map */
  focusPin(id) {
    return this.#spots.focus(id);
  }

  /** @param {LonLat[] | null} line */
  setRoute(line) {
    this.#lines.setRoute(line);
  }

  /** GeoJSON Polygon of the area, or null. @param {{coordinates: LonLat[][]} | null} polygon */
  setBoundary(polygon) {
    this.#lines.setBoundary(polygon);
  }

  /** Where the phone is. @param {Fix | null} fix */
  setPosition(fix) {
    this.#lines.setPosition(fix);
  }

  // ---------------------------------------------------------------- listening; each answers how to stop
  /**
   * Called while and after the map moves; `byHand` unless a method of this object moved it.
   * @param {(center: Place, how: {done: boolean, byHand: boolean}) => void} listener
   */
  onMove(listener) {
    const tell = (/** @type {boolean} */ done) => () =>
      listener(this.center(), { done, byHand: !this.#ours });
    const events = { move: tell(false), moveend: tell(true) };
    this.leaflet.on(events);
    return () => void this.leaflet.off(events);
  }

  /** A tap beside all pins. @param {(place: Place) => void} listener */
  onTap(listener) {
    const tell = (/** @type {L.LeafletMouseEvent} */ { latlng }) =>
      listener({ lat: latlng.lat, lon: latlng.lng });
    this.leaflet.on('click', tell);
    return () => void this.leaflet.off('click', tell);
  }

  /** @param {(id: string) => void} listener */
  onPin(listener) {
    return this.#spots.on('pin', listener);
  }

  /** @param {(id: string) => void} listener */
  onStop(listener) {
    return this.#spots.on('stop', listener);
  }

  /** Enter: the page drops a pin. Escape: the page takes focus. @param {{enter?: () => void, leave?: () => void}} what */
  onKeys(what) {
    return onMapKeys(this.el, this, what);
  }

  destroy() {
    this.#watch.disconnect();
    this.#spots.stop();
    this.leaflet.remove();
  }
}

/** @param {HTMLElement} el @param {MapOptions} options */
export const createMap = (el, options) => new WalkMap(el, options);
