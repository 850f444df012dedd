/**
 * Places, categories and times in plain words. Pure: takes data, gives text; touches no page.
 */
/** @import {Bundle, Category, PositionView, Stop} from '../types' */
import { metresBetween, windFrom } from '../../shared/geo.js';
import { formatDate, t, tn } from '../../shared/i18n.js';

/** @typedef {{lat: number, lon: number}} Place */

/** Metres nobody can pace: rounded as one would say them. @param {number} metres */
export function rounded(metres) {
  const step = metres < 20 ? 1 : metres < 100 ? 5 : metres < 1000 ? 10 : 100;
  return Math.round(metres / step) * step;
}

/** "37 m north of you". @param {Place} from @param {Place} to @returns {string} */
export function whereFrom(from, to) {
  const metres = metresBetween(from, to);
  if (metres < 3) return t('right where you are');
  const m = rounded(metres);
  switch (windFrom(from, to)) {
    case 'north':
      return t('{m} m north of you', { m });
    case 'northeast':
      return t('{m} m north-east of you', { m });
    case 'east':
      return t('{m} m east of you', { m });
    case 'southeast':
      return t('{m} m south-east of you', { m });
    case 'south':
      return t('{m} m south of you', { m });
    case 'southwest':
      return t('{m} m south-west of you', { m });
    case 'west':
      return t('{m} m west of you', { m });
    default:
      return t('{m} m north-west of you', { m });
  }
}

/** How sure the place is, one sentence. @param {PositionView} view @returns {string} */
export function accuracyWords(view) {
  if (view.state === 'insecure')
    return t('This address is not secure, so the phone does not tell where you are.');
  if (view.state === 'denied' || view.state === 'unavailable')
    return t('We cannot find your location. You can still place the pin on the map.');
  if (view.state === 'waiting' && !view.fix) return t('Looking for your location …');
  if (view.grade === 'none') return t('Location is uncertain. Move the map until the crosshair is right.');
  return tn(
    'Location accurate to about {n} metre',
    'Location accurate to about {n} metres',
    rounded(view.accuracy_m ?? 0),
  );
}

/** Is the sensor good enough to put a pin without looking? @param {PositionView} view */
export const isPlaced = (view) => view.fix !== null && view.grade !== 'none';

/** @param {Bundle} bundle @param {string} code @returns {Category} an unknown one still has a name */
export function categoryOf(bundle, code) {
  return (
    bundle.categories.find((category) => category.code === code) ?? {
      code,
      group: 'general',
      symbol_group: 'other',
      icon: 'circle-ellipsis',
      sensitive: false,
      button: null,
      tile: code,
      label: code,
      label_positive: null,
      hint: null,
    }
  );
}

/** The short name on tiles, rows and toasts. @param {Category} category @param {string} kind */
export function nameOf(category, kind) {
  return kind === 'positive' ? (category.label_positive ?? category.label) : category.tile || category.label;
}

/** Something good is shown as such, and not by what it lacks. @param {Category} category @param {string} kind */
export const iconOf = (category, kind) => (kind === 'positive' && category.icon_positive) || category.icon;

/** Which colour group a pin is drawn in. @param {Category} category @param {string} kind */
export function groupOf(category, kind) {
  return kind === 'positive' ? 'good_place' : kind === 'idea' ? 'other' : category.symbol_group;
}

/** What a tile stores: a good place is good by itself, an idea is an idea. @param {Category} category @param {boolean} good */
export function kindOf(category, good) {
  if (category.code === 'idea') return 'idea';
  if (category.code === 'good_place') return 'positive';
  return good && category.label_positive ? 'positive' : 'problem';
}

/** @type {Intl.DateTimeFormatOptions} */
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** @param {string | number} when @param {string} [timeZone] */
export const clock = (when, timeZone) => formatDate(when, { ...TIME, timeZone });

/** The time of day, and the date where that was not today. @param {string | number} when @param {number} [now] */
export function moment(when, now = Date.now()) {
  const isToday = new Date(when).toDateString() === new Date(now).toDateString();
  return isToday ? clock(when) : formatDate(when, { ...TIME, day: 'numeric', month: 'short' });
}

/** The beginning of a longer text, cut between words where that costs little. @param {string} text @param {number} most */
export function beginning(text, most) {
  const signs = [...text];
  if (signs.length <= most) return text;
  const cut = signs.slice(0, most).join('');
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > most / 2 ? space : undefined).trimEnd()}…`;
}

/** The stop one stands at, if any. @template {Pick<Stop, 'lat' | 'lon' | 'radius_m'>} S @param {S[]} stops @param {Place} place @param {number} [within] metres instead of the stop's own @returns {S | null} */
export function stopAt(stops, place, within) {
  const near = stops
    .map((stop) => ({ stop, metres: metresBetween(stop, place) }))
    .filter(({ stop, metres }) => metres <= (within ?? stop.radius_m))
    .sort((a, b) => a.metres - b.metres);
  return near[0]?.stop ?? null;
}

/** The buttons of a question's scale, "1-5" → [1, 2, 3, 4, 5]; none for an answer in words. @param {string} scale @returns {number[]} */
export function scaleSteps(scale) {
  const [, low, high] = /^(\d+)-(\d+)$/.exec(scale)?.map(Number) ?? [];
  return high > low && high - low <= 10 ? Array.from({ length: high - low + 1 }, (_, i) => low + i) : [];
}
