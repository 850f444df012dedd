/**
 * A ground as text: corners typed one a line, latitude first, or GeoJSON. Pure; the server reads it for good.
 */

/** @typedef {import('./corners.js').Place} Place */

const PAIR = /^\s*(-?\d{1,3}(?:[.,]\d+)?)\s*[;,\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*$/;

/** @param {any} points @returns {Place[]} without the corner that closes it */
const placesOf = (points) =>
  points.slice(0, -1).map((/** @type {[number, number]} */ [lon, lat]) => ({ lat, lon }));

/** @param {any} data @returns {Place[][]} */
function ringsIn(data) {
  if (data.type === 'Feature') return ringsIn(data.geometry);
  if (data.type === 'FeatureCollection') return data.features.flatMap(ringsIn);
  if (data.type === 'Polygon') return data.coordinates.map(placesOf);
  if (data.type === 'MultiPolygon') return data.coordinates.flat().map(placesOf);
  throw new TypeError(data.type);
}

/** The rings that a text describes; none for an empty one, null when it cannot be read. @param {string} text @returns {Place[][] | null} */
export function ringsOf(text) {
  if (text.trim() === '') return [];
  if (/^\s*[{[]/.test(text)) {
    try {
      return ringsIn(JSON.parse(text));
    } catch {
      return null; // half typed, or no GeoJSON
    }
  }
  const pairs = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => PAIR.exec(line));
  if (pairs.some((pair) => pair === null)) return null;
  const number = (/** @type {string} */ part) => Number(part.replace(',', '.'));
  return [pairs.map((pair) => ({ lat: number(pair?.[1] ?? ''), lon: number(pair?.[2] ?? '') }))];
}

/** @param {Place[]} ring */
export const writtenRing = (ring) => ring.map(({ lat, lon }) => `${lat}, ${lon}`).join('\n');
