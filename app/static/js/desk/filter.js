/**
 * Which pins are shown, and in which order. Pure. The same answer serves list, map and counts. Headings hold together:
 * two of them show what has both. What is hidden or withdrawn stands only under its own heading.
 */
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

/** How many pins stand together with this one. @param {DeskPin} pin */
export const isMerged = (pin) => (pin.issue?.members ?? 1) > 1;

/** @type {Record<Show, (pin: DeskPin) => boolean>} */
const TESTS = {
  new: (pin) => pin.review === 'new',
  photos: (pin) => pin.photo_waiting,
  no_owner: (pin) => pin.kind !== 'positive' && !pin.issue?.owner_id,
  acute: (pin) => pin.acute,
  late: (pin) => pin.late,
  outside: (pin) => pin.outside,
  aside: (pin) => pin.quarantine,
  waiting: (pin) => pin.participant_waits,
  unusual: (pin) => pin.hints.length > 0,
  merged: isMerged,
  hidden: isHidden,
};

/** @type {WeakMap<DeskPin, [string, string]>} what was folded, by pin: the label it was folded with, and the words */
const haystacks = new WeakMap();

/** What the desk calls a participant. @param {string} id */
export const pseudonym = (id) => id.slice(-4).toUpperCase();

/** What can be searched in: words of the pin, its number, its category's and its participant's name. @param {DeskPin} pin @param {string} label */
function haystack(pin, label) {
  const made = haystacks.get(pin);
  if (made?.[0] === label) return made[1];
  const whole = pin.whole;
  const by = whole?.participant ? pseudonym(whole.participant) : '';
  const words = whole ? [whole.text, whole.proposal, whole.address ?? '', by] : [];
  const text = folded([`#${pin.number}`, label, ...words].join('\n'));
  haystacks.set(pin, [label, text]);
  return text;
}

/** Category and words. @param {Filter} filter @param {(pin: DeskPin) => string} labelOf */
function found(filter, labelOf) {
  const words = wordsOf(filter.q);
  return (/** @type {DeskPin} */ pin) => {
    if (filter.category && pin.category !== filter.category) return false;
    if (words.length === 0) return true;
    const text = haystack(pin, labelOf(pin));
    return words.every((word) => text.includes(word));
  };
}

/** @param {readonly Show[]} shows @param {DeskPin} pin */
const under = (shows, pin) =>
  (shows.includes('hidden') || !isHidden(pin)) && shows.every((show) => TESTS[show](pin));

/**
 * @param {Filter} filter
 * @param {(pin: DeskPin) => string} labelOf the category's name in the reader's language
 * @returns {(pin: DeskPin) => boolean}
 */
export function matcher(filter, labelOf) {
  const isFound = found(filter, labelOf);
  return (pin) => under(filter.shows, pin) && isFound(pin);
}

/** Acute ones first, then the newest. @param {DeskPin} a @param {DeskPin} b */
export function order(a, b) {
  return Number(b.acute) - Number(a.acute) || b.number - a.number;
}

/**
 * How many pins each heading would show together with those that are chosen; `all`: with none of them.
 * @param {DeskPin[]} pins @param {Filter} filter @param {(pin: DeskPin) => string} labelOf
 * @returns {Record<Show | 'all', number>}
 */
export function counts(pins, filter, labelOf) {
  const within = pins.filter(found(filter, labelOf));
  /** @param {Show[]} shows */
  const count = (shows) => within.reduce((sum, pin) => sum + Number(under(shows, pin)), 0);
  /** @type {[string, number][]} */
  const each = SHOWS.map((show) => [show, count([...filter.shows, show])]);
  return /** @type {any} */ (Object.fromEntries([['all', count([])], ...each]));
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
