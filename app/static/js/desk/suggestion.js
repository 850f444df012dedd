/**
 * Who is suggested to answer for a pin: whose ground it lies on, the smallest first, then whose category it is. Pure.
 * A suggestion is shown and waits; nobody is given anything by it.
 */

/** @import {DeskPin, Ground, Owner} from './types' */
/** @typedef {{owner: Owner, why: 'ground' | 'category'}} Suggestion */

/** By the even-odd rule on [lon, lat]. @param {number} lat @param {number} lon @param {[number, number][]} ring */
function inside(lat, lon, ring) {
  let is = false;
  for (let at = 1; at < ring.length; at++) {
    const [[x1, y1], [x2, y2]] = [ring[at - 1], ring[at]];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) is = !is;
  }
  return is;
}

/** Whether a place lies on a ground, holes left out. @param {{lat: number, lon: number}} place @param {Ground} ground */
export const onGround = ({ lat, lon }, { coordinates }) =>
  coordinates.some((polygon) => polygon.filter((ring) => inside(lat, lon, ring)).length % 2 === 1);

/** Of a ground's boxes: enough to tell a yard from a district. @param {Ground} ground */
function extent({ coordinates }) {
  const rings = coordinates.map(([outer]) => outer);
  return rings.reduce((sum, ring) => {
    const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
    return sum + (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
  }, 0);
}

/** @param {readonly Owner[]} owners @param {DeskPin} pin @returns {Suggestion | null} none for what is good, or has an owner */
export function suggestionFor(owners, pin) {
  if (pin.kind === 'positive' || pin.owned) return null;
  const offered = owners.filter(({ aside }) => !aside);
  const grounds = offered.filter(({ ground }) => ground && onGround(pin, ground));
  const [nearest] = grounds.sort(
    (a, b) => extent(/** @type {Ground} */ (a.ground)) - extent(/** @type {Ground} */ (b.ground)),
  );
  if (nearest) return { owner: nearest, why: 'ground' };
  const usual = offered.find(({ categories }) => categories.includes(pin.category));
  return usual ? { owner: usual, why: 'category' } : null;
}
