/**
 * The corners of an area, as places and as pixels. Pure: a box is four corners of which each moves two sides, a shape
 * has as many as one likes. Pixels are those of the map's element, through Mercator's projection as the map draws it.
 */
import { metresBetween } from '../shared/geo.js';

/** @typedef {import('../shared/geo.js').Place} Place */
/** @typedef {import('../shared/geo.js').Box} Box */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{x: number, y: number}} Point */

/** West/east and south/north side that each corner of a box moves, clockwise from the north-west. */
const SIDES = /** @type {const} */ ([
  [0, 3],
  [2, 3],
  [2, 1],
  [0, 1],
]);
const DECIMALS = 1e5;

/** @param {number} lat */
const north = (lat) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
/** @param {number} y */
const latOf = (y) => (Math.atan(Math.exp(y)) * 360) / Math.PI - 90;

/** @param {Place} place @param {Box} view what the map shows @param {Size} size @returns {Point} */
export function toPoint({ lat, lon }, [west, south, east, top], { width, height }) {
  const share = (north(top) - north(lat)) / (north(top) - north(south));
  return { x: ((lon - west) / (east - west)) * width, y: share * height };
}

/** @param {Point} point @param {Box} view @param {Size} size @returns {Place} */
export function toPlace({ x, y }, [west, south, east, top], { width, height }) {
  const lat = latOf(north(top) - (y / height) * (north(top) - north(south)));
  return rounded({ lat, lon: west + (x / width) * (east - west) });
}

/** To about a metre. @param {Place} place @returns {Place} */
export const rounded = ({ lat, lon }) => ({
  lat: Math.round(lat * DECIMALS) / DECIMALS,
  lon: Math.round(lon * DECIMALS) / DECIMALS,
});

/** @param {Box} box @returns {Place[]} clockwise from the north-west */
export const cornersOf = (box) => SIDES.map(([x, y]) => ({ lon: box[x], lat: box[y] }));

/** @param {Box} box @param {number} at which corner @param {Place} to @returns {Box} the sides stay in order */
export function withCorner(box, at, to) {
  /** @type {Box} */
  const next = [...box];
  const [x, y] = SIDES[at];
  next[x] = to.lon;
  next[y] = to.lat;
  const [west, south, east, top] = next;
  return [Math.min(west, east), Math.min(south, top), Math.max(west, east), Math.max(south, top)];
}

/** Where a new corner lengthens the ring the least. @param {Place[]} ring @param {Place} place @returns {Place[]} */
export function withNew(ring, place) {
  if (ring.length < 3) return [...ring, place];
  const detours = ring.map((corner, i) => {
    const next = ring[(i + 1) % ring.length];
    return metresBetween(corner, place) + metresBetween(place, next) - metresBetween(corner, next);
  });
  const at = detours.indexOf(Math.min(...detours));
  return [...ring.slice(0, at + 1), place, ...ring.slice(at + 1)];
}

/** @param {Place[]} ring @returns {{type: 'Polygon', coordinates: [number, number][][]} | null} null below three corners */
export function polygonOf(ring) {
  if (ring.length < 3) return null;
  const points = [...ring, ring[0]].map(({ lat, lon }) => /** @type {[number, number]} */ ([lon, lat]));
  return { type: 'Polygon', coordinates: [points] };
}

/** What a form remembers of a polygon; an unreadable one is none. @param {string} text @returns {Place[]} */
export function ringOf(text) {
  try {
    const [points] = JSON.parse(text).coordinates;
    return points.slice(0, -1).map((/** @type {[number, number]} */ [lon, lat]) => ({ lat, lon }));
  } catch {
    return [];
  }
}
