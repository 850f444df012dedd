/**
 * Two people changed the same thing: both values side by side, and a choice. Nothing is lost until it is chosen.
 */
import { h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { fieldWord, valueWord } from './issue-words.js';

/** @import {Conflict} from './issue-acts.js' */

/** @param {string | null} [by] */
export const clashWord = (by) =>
  by ? t('{name} changed this meanwhile', { name: by }) : t('Somebody changed this meanwhile');

/**
 * @param {Conflict} conflict @param {(id: string) => string} ownerName
 * @param {{theirs: () => void, mine: () => void}} choose
 */
export function conflictBox({ theirs, mine, by }, ownerName, choose) {
  const names = /** @type {(keyof typeof mine)[]} */ (Object.keys(mine));
  /** @param {typeof mine} values @param {string} word @param {'theirs' | 'mine'} whose @param {string} pick */
  const side = (values, word, whose, pick) =>
    h(
      'div',
      { class: 'clash__side' },
      h('h4', null, word),
      h(
        'dl',
        null,
        names.map((name) =>
          h(
            'div',
            null,
            h('dt', null, fieldWord(name)),
            h('dd', { dir: 'auto' }, valueWord(name, values[name], ownerName)),
          ),
        ),
      ),
      h('button', { type: 'button', class: 'btn', 'data-clash': whose, onclick: choose[whose] }, pick),
    );
  return h(
    'div',
    { class: 'clash', role: 'group', 'aria-label': t('Two versions'), tabindex: -1 },
    h('p', { class: 'row' }, icon('users'), h('strong', null, clashWord(by))),
    h(
      'div',
      { class: 'clash__sides' },
      side(theirs, t('Theirs'), 'theirs', t('Keep theirs')),
      side(mine, t('Yours'), 'mine', t('Use mine')),
    ),
  );
}
