/**
 * Which pins are shown, and in which order. Pure. The same answer serves list, map and counts. Headings hold together:
 * two of them show what has both. What is hidden or withdrawn stands only under its own heading. What is asked of every
 * pin at every key press is worked out once for each pin: tens of thousands are gone through in a few milliseconds.
 */
import { metresBetween } from '../shared/geo.js';
import { folded, wordsOf } from './search.js';

/** @import {DeskPin, Filter, Show} from './types' */

/** @type {Show[]} */
export const SHOWS = [
  'new',
  'photos',
  'no_owner',
  'acute',
  'late',
  'outside',
  'unusual',
  'waiting',
  'aside',
  'merged',
  'hidden',
];

/** @param {DeskPin} pin */
export const isHidden = (pin) => pin.review === 'hidden' || pin.withdrawn || pin.participant_hidden;

/** What only a human can settle. @param {DeskPin} pin */
export const needsReview = (pin) =>
  !isHidden(pin) && (pin.review === 'new' || pin.photo_waiting || pin.text_waiting);

/** Whether other pins stand together with this one. @param {DeskPin} pin */
export const isMerged = (pin) => pin.merged;

/** @type {Record<Show, (pin: DeskPin) => boolean>} */
const TESTS = {
  new: (pin) => pin.review === 'new',
  photos: (pin) => pin.photo_waiting,
  no_owner: (pin) => pin.kind !== 'positive' && !pin.owned,
  acute: (pin) => pin.acute,
  late: (pin) => pin.late,
  outside: (pin) => pin.outside,
  aside: (pin) => pin.quarantine,
  waiting: (pin) => pin.participant_waits,
  unusual: (pin) => pin.hints.length > 0,
  merged: isMerged,
  hidden: isHidden,
};

const BITS = Object.fromEntries(SHOWS.map((show, at) => [show, 1 << at]));
/** The headings that a pin stands under, as bits. @type {WeakMap<DeskPin, number>} */
const marks = new WeakMap();

/** What the desk calls a participant. @param {string} id */
export const pseudonym = (id) => id.slice(-4).toUpperCase();

/** Everything that is not hidden. @type {Filter} */
export const NO_FILTER = { shows: [], category: '', q: '', near: '' };

/** @param {readonly Show[]} shows */
const bitsOf = (shows) => shows.reduce((sum, show) => sum | BITS[show], 0);

/** @param {DeskPin} pin */
function marksOf(pin) {
  let known = marks.get(pin);
  if (known === undefined) {
    known = bitsOf(SHOWS.filter((show) => TESTS[show](pin)));
    marks.set(pin, known);
  }
  return known;
}

/** What was folded of whole pins. @type {WeakMap<DeskPin, string>} */
const haystacks = new WeakMap();

/** What can be searched in, beside the category's name: words of the pin and its number. @param {DeskPin} pin */
export function haystack(pin) {
  let known = haystacks.get(pin);
  if (known === undefined) {
    const whole = pin.whole;
    const by = whole?.participant ? pseudonym(whole.participant) : '';
    const words = whole
      ? [whole.text, whole.proposal, whole.address ?? '', by, ...Object.values(whole.extra)]
      : [];
    known = folded([`#${pin.number}`, ...words].join('\n'));
    haystacks.set(pin, known);
  }
  return known;
}

/** The place that a filter is about: 'lat,lon,metres'. @param {string} near */
export function nearOf(near) {
  const [lat, lon, metres] = near.split(',').map(Number);
  return metres > 0 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon, metres } : null;
}

/** @param {Filter['near']} near @returns {(pin: DeskPin) => boolean} */
function within(near) {
  const place = nearOf(near);
  return place ? (pin) => metresBetween(place, pin) <= place.metres : () => true;
}

/** Category, place and words. @param {Filter} filter @param {(pin: DeskPin) => string} labelOf the category's name in the reader's language */
function found(filter, labelOf) {
  const words = wordsOf(filter.q);
  const isNear = within(filter.near);
  /** @type {Map<string, string>} */
  const labels = new Map();
  /** @param {string} label */
  const foldedLabel = (label) => {
    const known = labels.get(label) ?? folded(label);
    labels.set(label, known);
    return known;
  };
  return (/** @type {DeskPin} */ pin) => {
    if (filter.category && pin.category !== filter.category) return false;
    if (!isNear(pin)) return false;
    if (words.length === 0) return true;
    const text = haystack(pin);
    return words.every((word) => text.includes(word) || foldedLabel(labelOf(pin)).includes(word));
  };
}

/** @param {number} wanted headings @param {number} marked those of a pin */
const under = (wanted, marked) =>
  (marked & wanted) === wanted && Boolean(wanted & BITS.hidden || !(marked & BITS.hidden));

/**
 * @param {Filter} filter
 * @param {(pin: DeskPin) => string} labelOf
 * @returns {(pin: DeskPin) => boolean}
 */
export function matcher(filter, labelOf) {
  const isFound = found(filter, labelOf);
  const wanted = bitsOf(filter.shows);
  return (pin) => under(wanted, marksOf(pin)) && isFound(pin);
}

/** Acute ones first, then the newest. @param {DeskPin} a @param {DeskPin} b */
export function order(a, b) {
  return Number(b.acute) - Number(a.acute) || b.number - a.number;
}

/**
 * @typedef {object} Survey
 * @property {Record<Show | 'all', number>} counts pins that each heading would show together with those chosen; `all`: with none
 * @property {Map<string, number>} byCategory pins that are not hidden
 * @property {number} acute acute pins that nobody has looked at
 * @property {DeskPin[]} fitting
 */

/**
 * All that the desk says about its pins, in one pass.
 * @param {DeskPin[]} pins @param {Filter} filter @param {(pin: DeskPin) => string} labelOf
 * @returns {Survey}
 */
export function survey(pins, filter, labelOf) {
  const isFound = found(filter, labelOf);
  const chosen = bitsOf(filter.shows);
  const wanted = [0, ...SHOWS.map((show) => chosen | BITS[show])];
  const counted = wanted.map(() => 0);
  const byCategory = new Map();
  const fitting = [];
  let acute = 0;
  for (const pin of pins) {
    const marked = marksOf(pin);
    if (!(marked & BITS.hidden)) {
      byCategory.set(pin.category, (byCategory.get(pin.category) ?? 0) + 1);
      if (pin.acute && pin.review === 'new') acute++;
    }
    if (!isFound(pin)) continue;
    for (let at = 0; at < wanted.length; at++) if (under(wanted[at], marked)) counted[at]++;
    if (under(chosen, marked)) fitting.push(pin);
  }
  const counts = Object.fromEntries(['all', ...SHOWS].map((show, at) => [show, counted[at]]));
  return { counts: /** @type {any} */ (counts), byCategory, acute, fitting };
}
