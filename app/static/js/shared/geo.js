/**
 * Distances, directions and boxes on the ground, for a neighbourhood: plane maths around one latitude, good to a
 * fraction of a metre over a few kilometres. Pure; knows no map. Boxes are [west, south, east, north] as on the wire.
 */

/** @typedef {{lat: number, lon: number}} Place */
/** @typedef {[number, number, number, number]} Box west, south, east, north */

const METRES_PER_DEGREE = 111_320;
const WINDS = /** @type {const} */ ([
  'north',
  'northeast',
  'east',
  'southeast',
  'south',
  'southwest',
  'west',
  'northwest',
]);
/** @typedef {(typeof WINDS)[number]} Wind */

/** @param {number} lat */
const metresPerLon = (lat) => METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);

/** East and north metres from a to b. @param {Place} a @param {Place} b @returns {[number, number]} */
function offset(a, b) {
  return [(b.lon - a.lon) * metresPerLon((a.lat + b.lat) / 2), (b.lat - a.lat) * METRES_PER_DEGREE];
}

/** @param {Place} a @param {Place} b */
export const metresBetween = (a, b) => Math.hypot(...offset(a, b));

/** Which way b lies from a, as one of eight winds. @param {Place} a @param {Place} b @returns {Wind} */
export function windFrom(a, b) {
  const [east, north] = offset(a, b);
  const turn = (Math.atan2(east, north) / (2 * Math.PI)) * WINDS.length;
  return WINDS[(Math.round(turn) + WINDS.length) % WINDS.length];
}

/** @param {Place} place @param {number} east metres @param {number} north metres @returns {Place} */
export function moved(place, east, north) {
  return { lat: place.lat + north / METRES_PER_DEGREE, lon: place.lon + east / metresPerLon(place.lat) };
}

/** @param {Box} box @param {Place} place */
export function contains([west, south, east, north], { lat, lon }) {
  return lon >= west && lon <= east && lat >= south && lat <= north;
}

/** The box with a margin on every side. @param {Box} box @param {number} metres @returns {Box} */
export function widened([west, south, east, north], metres) {
  const lon = metres / metresPerLon((south + north) / 2);
  const lat = metres / METRES_PER_DEGREE;
  return [west - lon, south - lat, east + lon, north + lat];
}

/** The smallest box around places; null for none. @param {Place[]} places @returns {Box | null} */
export function boxAround(places) {
  if (places.length === 0) return null;
  const lons = places.map((place) => place.lon);
  const lats = places.map((place) => place.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** Length of a line of [lon, lat] points, in metres. @param {[number, number][]} line */
export function lineLength(line) {
  let sum = 0;
  for (let i = 1; i < line.length; i++) {
    sum += metresBetween({ lon: line[i - 1][0], lat: line[i - 1][1] }, { lon: line[i][0], lat: line[i][1] });
  }
  return sum;
}
