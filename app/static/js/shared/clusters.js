/**
 * Thousands of pins on one map, for the desk: near ones stand together as a counted ring that shows the shares of the
 * symbol groups. Only what is in view is on the map, and what stays is not touched (map.setPins is keyed).
 * Owns the grouping (supercluster) and zooming into a group; drawing and keys are the map's, the list is the page's.
 */
import '../../vendor/supercluster.js';
import { contains, widened } from './geo.js';

/** @typedef {import('./map.js').MapPin} MapPin */
/** @typedef {import('./map.js').WalkMap} WalkMap */
/** @typedef {Record<string, number>} Shares */
/** @typedef {{pin: MapPin}} OnePin */

/** @type {typeof import('supercluster').default} */
const Supercluster = /** @type {any} */ (globalThis).Supercluster;

const RADIUS = 64;
/** From the zoom after this one, every pin stands alone. */
const LAST_ZOOM = 18;
const MARK = 'cluster:';
/** Metres around the view that are drawn too, so that a small pan shows no holes. */
const EDGE = 60;

/** @param {MapPin} pin */
const feature = (pin) => ({
  type: /** @type {const} */ ('Feature'),
  geometry: { type: /** @type {const} */ ('Point'), coordinates: [pin.lon, pin.lat] },
  properties: { pin },
});

/** @param {Shares} sum @param {Shares} one */
function add(sum, one) {
  for (const [group, n] of Object.entries(one)) sum[group] = (sum[group] ?? 0) + n;
}

/** @returns {Supercluster} */
function newIndex() {
  return new Supercluster({
    radius: RADIUS,
    extent: 256, // Leaflet's tiles
    maxZoom: LAST_ZOOM,
    map: (/** @type {any} */ { pin }) => ({ [pin.group]: 1 }),
    reduce: add,
  });
}
/** @typedef {import('supercluster').default<any, any>} Supercluster */

/**
 * @param {WalkMap} map
 * @param {{label: (count: number, shares: Shares) => string}} words the accessible name of a group
 */
export function createClusters(map, { label }) {
  let index = newIndex().load([]);
  /** @type {Map<string, MapPin>} */
  let pins = new Map();
  /** @type {MapPin[]} */
  let drawn = [];

  /** @param {any} found one pin or one group @returns {MapPin} */
  function spot({ id, geometry, properties }) {
    if (!properties.cluster) return properties.pin;
    const { cluster, cluster_id, point_count: count, point_count_abbreviated, ...shares } = properties;
    const [lon, lat] = geometry.coordinates;
    return { id: `${MARK}${id}`, lat, lon, label: label(count, shares), count, shares };
  }

  function draw() {
    drawn = index.getClusters(widened(map.view(), EDGE), Math.floor(map.zoom())).map(spot);
    map.setPins(drawn);
  }

  const quiet = map.onMove((_center, { done }) => done && draw());

  return {
    /** @param {MapPin[]} list */
    setPins(list) {
      pins = new Map(list.map((pin) => [pin.id, pin]));
      index = newIndex().load(list.map(feature));
      draw();
    },
    /** A tap on a pin; a tap on a group zooms until it parts. @param {(id: string) => void} listener */
    onPin(listener) {
      return map.onPin((id) => {
        if (!id.startsWith(MARK)) return listener(id);
        const group = drawn.find((one) => one.id === id);
        if (group)
          map.setView(group, index.getClusterExpansionZoom(Number(id.slice(MARK.length))), { animate: true });
      });
    },
    /** Bring one pin into view by itself and mark it. @param {string} id @returns {boolean} false when it is not in the list */
    show(id) {
      const pin = pins.get(id);
      map.selectPin(pin ? id : null);
      if (!pin) return false;
      const alone =
        map.zoom() > LAST_ZOOM || index.getClusters(around(pin), Math.floor(map.zoom())).some(isPin(id));
      const seen = contains(map.view(), pin);
      if (!alone) map.setView(pin, LAST_ZOOM + 1);
      else if (!seen) map.setView(pin, map.zoom());
      return true;
    },
    destroy: quiet,
  };
}

/** @param {MapPin} pin @returns {import('./geo.js').Box} */
const around = (pin) => widened([pin.lon, pin.lat, pin.lon, pin.lat], 1);

/** @param {string} id */
const isPin = (id) => (/** @type {any} */ found) => found.properties.pin?.id === id;
