/**
 * Words in the resident's language. English source texts are the keys; catalogues come from the same gettext files as the server's.
 */
const soon = () => { throw new Error('signature only'); };
/** @param {string} code e.g. sv, en, ar, x-rtl @returns {Promise<string>} the language that is now in use (en when the catalogue is missing) */
export async function loadCatalogue(code) { return soon(code); }
/** @param {string} msgid @param {Record<string, string | number>} [values] fills {name} @returns {string} */
export function t(msgid, values) { return soon(msgid, values); }
/** `{n}` is filled with the number, formatted. @param {string} one @param {string} many @param {number} n @param {Record<string, string | number>} [values] @returns {string} */
export function tn(one, many, n, values) { return soon(one, many, n, values); }
/** @returns {string} */
export function lang() { return soon(); }
/** @returns {'ltr' | 'rtl'} */
export function dir() { return soon(); }
/** @param {number} n @param {Intl.NumberFormatOptions} [options] @returns {string} */
export function formatNumber(n, options) { return soon(n, options); }
/** @param {string | number | Date} when @param {Intl.DateTimeFormatOptions} [options] @returns {string} */
export function formatDate(when, options) { return soon(when, options); }
/** "12 minutes ago". @param {number} at ms @param {number} now ms @returns {string} */
export function formatAgo(at, now) { return soon(at, now); }
/** 4 MB. @param {number} bytes @returns {string} */
export function formatBytes(bytes) { return soon(bytes); }
/** @param {string[]} items @returns {string} */
export function formatList(items) { return soon(items); }
