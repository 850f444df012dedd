/**
 * Pins near each other stand together: which groups and single pins a view shows at a zoom, and what is in them. Pure
 * but for supercluster; knows pins by number, place and symbol group alone. Runs in cluster-worker.js, off the page's
 * thread. From LAST_FAR on, only what lies on top of each other stays together, at every zoom, so that thousands on one
 * spot are one thing on the map.
 */
import '../../vendor/supercluster.js';
import { contains, metresBetween, widened } from '../shared/geo.js';

/** @typedef {import('../shared/geo.js').Box} Box */
/** @typedef {Record<string, number>} Shares */
/** @typedef {{numbers: Int32Array, lons: Float64Array, lats: Float64Array, kinds: Uint8Array, groups: string[]}} PinColumns `kinds`: places in `groups` */
/** @typedef {{number: number, lon: number, lat: number}} OneSpot */
/** @typedef {{id: string, lon: number, lat: number, count: number, shares: Shares, parts: boolean}} GroupSpot `parts`: at some zoom */
/** @typedef {{spots: (OneSpot | GroupSpot)[], total: number, shares: Shares, chosen: string | null}} Sight `total` and `shares` of what lies in the view itself; `chosen`: the group that holds the pin */

/** @type {typeof import('supercluster').default} */
const Supercluster = /** @type {any} */ (globalThis).Supercluster;

const EXTENT = 256; // Leaflet's tiles
const RADIUS = 80;
const LAST_FAR = 18;
const NEAR_RADIUS = 24;
export const LAST_ZOOM = 20;
/** Metres around a place that stand for the place itself. */
const NEARBY = 0.05;
/** Metres within which pins lie on one spot at every zoom. */
const ONE_SPOT = 0.5;

/** @param {Shares} sum @param {Shares} one */
function add(sum, one) {
  for (const [group, n] of Object.entries(one)) sum[group] = (sum[group] ?? 0) + n;
}

export class Grouping {
  /** @type {PinColumns} */
  #pins = {
    numbers: new Int32Array(),
    lons: new Float64Array(),
    lats: new Float64Array(),
    kinds: new Uint8Array(),
    groups: [],
  };
  /** @type {Map<number, number>} */
  #places = new Map();
  #far;
  #near;

  constructor() {
    this.#far = this.#index(RADIUS, 0, LAST_FAR);
    this.#near = this.#index(NEAR_RADIUS, LAST_FAR + 1, LAST_ZOOM);
  }

  /** @param {number} radius @param {number} minZoom @param {number} maxZoom @returns {import('supercluster').default<any, any>} */
  #index(radius, minZoom, maxZoom) {
    const { kinds, groups, lons, lats } = this.#pins;
    const index = new Supercluster({
      ...{ radius, minZoom, maxZoom, extent: EXTENT },
      map: (/** @type {any} */ { at }) => ({ [groups[kinds[at]]]: 1 }),
      reduce: add,
    });
    const features = Array.from(lons, (lon, at) => ({
      type: /** @type {const} */ ('Feature'),
      geometry: { type: /** @type {const} */ ('Point'), coordinates: [lon, lats[at]] },
      properties: { at },
    }));
    return index.load(features);
  }

  /** @param {PinColumns} pins */
  load(pins) {
    this.#pins = pins;
    this.#places = new Map(Array.from(pins.numbers, (number, at) => [number, at]));
    this.#far = this.#index(RADIUS, 0, LAST_FAR);
    this.#near = this.#index(NEAR_RADIUS, LAST_FAR + 1, LAST_ZOOM);
  }

  /** @param {number} zoom */
  #at(zoom) {
    return zoom > LAST_FAR ? this.#near : this.#far;
  }

  /** @param {any} found one pin or one group @param {boolean} isNear @returns {OneSpot | GroupSpot} */
  #spot({ id, geometry, properties }, isNear) {
    const [lon, lat] = geometry.coordinates;
    if (!properties.cluster) return { number: this.#pins.numbers[properties.at], lon, lat };
    const { cluster, cluster_id, point_count: count, point_count_abbreviated, ...shares } = properties;
    const parts = !isNear || this.#near.getClusterExpansionZoom(id) <= LAST_ZOOM;
    return { id: `${isNear ? 'near' : 'far'}:${id}`, lon, lat, count, shares, parts };
  }

  /** @param {string} id @returns {[import('supercluster').default<any, any>, number]} */
  #known(id) {
    const [which, number] = id.split(':');
    return [which === 'near' ? this.#near : this.#far, Number(number)];
  }

  /** @param {any} index @param {any} group @returns {number[]} places in the columns */
  #members(index, group) {
    return index
      .getLeaves(group, Number.POSITIVE_INFINITY)
      .map((/** @type {any} */ leaf) => leaf.properties.at);
  }

  /**
   * What a view shows; `drawn` is the view with some edge, so that a small move shows no holes.
   * @param {Box} box @param {Box} drawn @param {number} zoom @param {number | null} chosen number of a pin
   * @returns {Sight}
   */
  view(box, drawn, zoom, chosen) {
    const level = Math.floor(zoom);
    const spots = this.#at(level)
      .getClusters(drawn, level)
      .map((found) => this.#spot(found, level > LAST_FAR));
    const { lons, lats, kinds, groups } = this.#pins;
    const counts = groups.map(() => 0);
    let total = 0;
    for (let at = 0; at < lons.length; at++) {
      if (!contains(box, { lon: lons[at], lat: lats[at] })) continue;
      total++;
      counts[kinds[at]]++;
    }
    const shares = Object.fromEntries(groups.map((group, i) => [group, counts[i]]).filter(([, n]) => n));
    return { spots, total, shares, chosen: chosen === null ? null : this.#holding(chosen, level, drawn) };
  }

  /** The group in a box that holds a pin, or null when it stands alone or is not there. @param {number} number @param {number} level @param {Box} drawn */
  #holding(number, level, drawn) {
    const at = this.#places.get(number);
    if (at === undefined) return null;
    const place = { lon: this.#pins.lons[at], lat: this.#pins.lats[at] };
    if (!contains(drawn, place)) return null;
    const index = this.#at(level);
    const groups = index.getClusters(drawn, level).filter(({ properties }) => properties.cluster);
    const far = (/** @type {any} */ { geometry: { coordinates } }) =>
      metresBetween(place, { lon: coordinates[0], lat: coordinates[1] });
    groups.sort((a, b) => far(a) - far(b));
    const holds = groups.find((group) => this.#members(index, group.id).includes(at));
    return holds ? `${level > LAST_FAR ? 'near' : 'far'}:${holds.id}` : null;
  }

  /** The first zoom from `zoom` on at which a pin stands alone; the last when it never does. @param {number} number @param {number} zoom */
  aloneAt(number, zoom) {
    const at = this.#places.get(number);
    if (at === undefined) return zoom;
    const place = { lon: this.#pins.lons[at], lat: this.#pins.lats[at] };
    const around = widened([place.lon, place.lat, place.lon, place.lat], NEARBY);
    for (let level = Math.floor(zoom); level < LAST_ZOOM; level++) {
      const here = this.#at(level).getClusters(around, level);
      if (here.some(({ properties }) => properties.at === at)) return Math.max(zoom, level);
    }
    return LAST_ZOOM;
  }

  /**
   * Where a group parts: the zoom, or null when it never does; then `metres` from its middle hold all of it.
   * @param {string} id @returns {{zoom: number | null, lat: number, lon: number, metres: number}}
   */
  part(id) {
    const [index, group] = this.#known(id);
    const members = this.#members(index, group);
    const lat = members.reduce((sum, at) => sum + this.#pins.lats[at], 0) / members.length;
    const lon = members.reduce((sum, at) => sum + this.#pins.lons[at], 0) / members.length;
    const far = members.map((at) =>
      metresBetween({ lat, lon }, { lat: this.#pins.lats[at], lon: this.#pins.lons[at] }),
    );
    const widest = far.reduce((most, one) => Math.max(most, one), 0);
    const zoom = widest < ONE_SPOT ? LAST_ZOOM + 1 : index.getClusterExpansionZoom(group);
    return { zoom: zoom > LAST_ZOOM ? null : zoom, lat, lon, metres: Math.max(1, Math.ceil(widest)) };
  }
}
