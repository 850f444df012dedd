/**
 * Which pins are shown, and in which order. Pure. The same answer serves list, map and counts.
 * What is hidden or withdrawn stands only under its own heading.
 */

/** @import {DeskPin, Filter, Show} from './types' */

/** @type {Show[]} */
export const SHOWS = ['all', 'new', 'photos', 'acute', 'late', 'outside', 'hidden'];

/** @param {DeskPin} pin */
export const isHidden = (pin) => pin.review === 'hidden' || pin.withdrawn || pin.participant_hidden;

/** @type {Record<Show, (pin: DeskPin) => boolean>} */
const TESTS = {
  all: (pin) => !isHidden(pin),
  new: (pin) => pin.review === 'new' && !isHidden(pin),
  photos: (pin) => pin.photo_waiting && !isHidden(pin),
  acute: (pin) => pin.acute && !isHidden(pin),
  late: (pin) => pin.late && !isHidden(pin),
  outside: (pin) => pin.outside && !isHidden(pin),
  hidden: isHidden,
};

/** What can be searched in: words of the pin, its number, its category's name. @param {DeskPin} pin @param {string} label */
function haystack(pin, label) {
  const whole = pin.whole;
  const words = whole ? [whole.text, whole.proposal, whole.address ?? ''] : [];
  return [`#${pin.number}`, label, ...words].join('\n').toLocaleLowerCase();
}

/**
 * @param {Filter} filter
 * @param {(pin: DeskPin) => string} labelOf the category's name in the reader's language
 * @returns {(pin: DeskPin) => boolean}
 */
export function matcher(filter, labelOf) {
  const test = TESTS[filter.show];
  const words = filter.q.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return (pin) => {
    if (!test(pin)) return false;
    if (filter.category && pin.category !== filter.category) return false;
    if (words.length === 0) return true;
    const text = haystack(pin, labelOf(pin));
    return words.every((word) => text.includes(word));
  };
}

/** Acute ones first, then the newest. @param {DeskPin} a @param {DeskPin} b */
export function order(a, b) {
  return Number(b.acute) - Number(a.acute) || b.number - a.number;
}

/**
 * How many pins each heading has, within the chosen category and words.
 * @param {DeskPin[]} pins @param {Filter} filter @param {(pin: DeskPin) => string} labelOf
 * @returns {Record<Show, number>}
 */
export function counts(pins, filter, labelOf) {
  const entries = SHOWS.map((show) => {
    const fits = matcher({ ...filter, show }, labelOf);
    return [show, pins.reduce((sum, pin) => sum + Number(fits(pin)), 0)];
  });
  return Object.fromEntries(entries);
}

/** @param {DeskPin[]} pins @returns {Map<string, number>} pins that are not hidden, by category */
export function categoryCounts(pins) {
  const found = new Map();
  for (const pin of pins) if (!isHidden(pin)) found.set(pin.category, (found.get(pin.category) ?? 0) + 1);
  return found;
}

/** Acute pins that nobody has looked at. @param {DeskPin[]} pins */
export const acuteWaiting = (pins) =>
  pins.filter((pin) => pin.acute && pin.review === 'new' && !isHidden(pin));
