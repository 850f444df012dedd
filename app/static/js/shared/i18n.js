/**
 * Words in the resident's language. English source texts are the keys; catalogues are written from the same gettext
 * files as the server's. A missing text is shown in English, never as a key or a hole.
 * `en-x-rtl` is no language: it mirrors the page and marks every text that passes through here, for tests and eyes.
 */
import { asset } from './assets.js';
import { pluralRule } from './plural.js';

/**
 * @typedef {{lang: string, dir: 'ltr' | 'rtl', plural: string, salt?: number,
 *   messages: Record<string, string | string[]>}} Catalogue with a salt, its texts are named by shortKey()
 */

const ENGLISH = { lang: 'en', dir: /** @type {'ltr' | 'rtl'} */ ('ltr'), plural: 'n != 1', messages: {} };
const MIRROR = 'en-x-rtl';

/** @type {Catalogue} */
let catalogue = ENGLISH;
let plural = pluralRule(ENGLISH.plural);

/**
 * @param {string} code e.g. sv, en, ar, en-x-rtl
 * @param {'phone'} [part] only the phone's words; without it, all that scripts say
 * @returns {Promise<string>} the language that is now in use (en when the catalogue is missing)
 */
export async function loadCatalogue(code, part) {
  const found =
    code === MIRROR
      ? { ...ENGLISH, lang: MIRROR, dir: /** @type {const} */ ('rtl') }
      : await read(code, part);
  plural = pluralRule(found.plural);
  catalogue = found;
  return catalogue.lang;
}

/** @param {string} code @param {'phone'} [part] @returns {Promise<Catalogue>} */
async function read(code, part) {
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(code)) return ENGLISH;
  try {
    const response = await fetch(asset(`i18n/${part ? `${part}/` : ''}${code}.json`));
    return response.ok ? await response.json() : ENGLISH;
  } catch {
    return ENGLISH;
  }
}

/** @param {string} msgid */
const translationOf = (msgid) =>
  catalogue.messages[catalogue.salt === undefined ? msgid : shortKey(msgid, catalogue.salt)];

/** A sum of the English text, which would be as long as its translation (tools/translations.py writes them). @param {string} text @param {number} salt */
export function shortKey(text, salt) {
  let sum = 0x811c9dc5 ^ salt;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return ((sum >>> 0) % 46_656).toString(36);
}

/**
 * @param {string} msgid
 * @param {Record<string, string | number>} [values] fills {name}
 * @returns {string}
 */
export function t(msgid, values) {
  const found = translationOf(msgid);
  const text = Array.isArray(found) ? found[0] : found;
  return fill(text || msgid, values);
}

/**
 * `{n}` is filled with the number, formatted.
 * @param {string} one @param {string} many @param {number} n @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function tn(one, many, n, values) {
  const forms = translationOf(one);
  const form = Array.isArray(forms) ? forms[plural(Math.trunc(Math.abs(n)))] : undefined;
  return fill(form || (n === 1 ? one : many), { n: formatNumber(n), ...values });
}

/** @param {string} text @param {Record<string, string | number>} [values] */
function fill(text, values = {}) {
  const marked = catalogue.lang === MIRROR ? mirror(text) : text;
  return marked.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));
}

/** @type {Record<string, string>} */
const ACCENTED = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', y: 'ý', A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú' };

/** Accents outside {placeholders}, brackets around. @param {string} text */
function mirror(text) {
  return `⟦${text.replace(/\{\w+\}|[aeiouyAEIOU]/g, (part) => ACCENTED[part] ?? part)}⟧`;
}

/** @returns {string} */
export const lang = () => catalogue.lang;
/** @returns {'ltr' | 'rtl'} */
export const dir = () => catalogue.dir;
/** The language for Intl: the mirror speaks English. */
const locale = () => (catalogue.lang === MIRROR ? 'en' : catalogue.lang);

/** @param {number} n @param {Intl.NumberFormatOptions} [options] @returns {string} */
export const formatNumber = (n, options) => new Intl.NumberFormat(locale(), options).format(n);

/** @param {string | number | Date} when @param {Intl.DateTimeFormatOptions} [options] @returns {string} */
export function formatDate(when, options = { dateStyle: 'medium', timeStyle: 'short' }) {
  const date = new Date(when);
  return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat(locale(), options).format(date);
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** "12 minutes ago". @param {number} at ms @param {number} now ms @returns {string} */
export function formatAgo(at, now) {
  const past = Math.max(0, now - at);
  const [unit, size] = UNITS.find(([, ms]) => past >= ms) ?? UNITS[UNITS.length - 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-Math.floor(past / size), unit);
}

/** "4 MB". @param {number} bytes @returns {string} */
export function formatBytes(bytes) {
  const [unit, size] = bytes >= 1e6 ? ['megabyte', 1e6] : bytes >= 1e3 ? ['kilobyte', 1e3] : ['byte', 1];
  const maximumFractionDigits = bytes >= 1e6 && bytes < 1e7 ? 1 : 0;
  return formatNumber(bytes / Number(size), {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'short',
    maximumFractionDigits,
  });
}

/** @param {string[]} items @returns {string} */
export const formatList = (items) => new Intl.ListFormat(locale(), { type: 'conjunction' }).format(items);
