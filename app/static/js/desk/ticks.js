/**
 * Many ticks at once, as one step that can be taken back, and what is said of acts on them.
 */
import { t } from '../shared/i18n.js';
import { pinsWord } from './words.js';

/** @import {Selection} from './selection.js' */
/** @import {Review} from './types' */
/** @import {Undo} from './undo.js' */

/** @param {Selection} selection @param {Undo} undoing @param {readonly number[]} numbers @returns {string} what was done, '' for nothing */
export function tickMany(selection, undoing, numbers) {
  const before = selection.all();
  const after = [...new Set([...before, ...numbers])];
  const added = after.length - before.length;
  if (added === 0) return '';
  selection.set(after);
  const words = t('{what} ticked', { what: pinsWord(added) });
  const back = async () => {
    selection.set(before);
    return { outcome: /** @type {const} */ ('done') };
  };
  undoing.push({ words, number: null, back });
  return words;
}

/** What was decided of so many. @param {Review} to @param {number} n */
export function bulkWord(to, n) {
  const what = pinsWord(n);
  return to === 'approved' ? t('{what} approved', { what }) : t('{what} hidden', { what });
}
