/**
 * Words as they are looked for: any language, any letter form. Case, accents, marks and joined or final forms make no
 * difference, so that "angsgatan" finds Ängsgatan, and a Persian keyboard finds what an Arabic one wrote. Pure.
 */

/** Letters that no decomposition takes apart, and twins that keyboards mix up. @type {Record<string, string>} */
const TWINS = {
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
  ە: 'ه',
  ـ: '',
  '\u200c': '',
  '\u200d': '',
};
const TWIN = new RegExp(`[${Object.keys(TWINS).join('')}]`, 'gu');

/** @param {string} text */
export function folded(text) {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(TWIN, (letter) => TWINS[letter]);
}

/** @param {string} q */
export const wordsOf = (q) => folded(q).split(/\s+/).filter(Boolean);
