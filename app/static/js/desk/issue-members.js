/**
 * The pins that share an issue: how many voices, which pins, and "Split off" for each that came from elsewhere.
 */
import { h } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';

/** @import {DeskPin, Issue} from './types' */
/** @typedef {{labelOf: (pin: DeskPin) => string, open: (number: number) => void, split: ((pin: DeskPin) => void) | null}} MemberWays */

/** "4 voices · 4 pins". @param {Issue} issue @param {number} pins */
export const sizeWord = (issue, pins) =>
  `${tn('{n} voice', '{n} voices', issue.voices)} · ${tn('{n} pin', '{n} pins', pins)}`;

/** @param {Issue} issue @param {DeskPin[]} pins that share it @param {number} current @param {MemberWays} ways */
export function membersOf(issue, pins, current, ways) {
  if (pins.length < 2) return null;
  /** @param {DeskPin} pin */
  const row = (pin) => {
    const name = `${ways.labelOf(pin)} ${t('#{n}', { n: pin.number })}`;
    const said = pin.whole?.text || pin.whole?.proposal || t('No text');
    const open = { type: 'button', class: 'member__open', onclick: () => ways.open(pin.number) };
    return h(
      'li',
      { class: 'member' },
      h(
        'button',
        { ...open, 'aria-current': pin.number === current ? 'true' : null },
        h('strong', null, name),
        h('span', { class: 'ellipsis', dir: 'auto' }, said),
      ),
      // The issue that the others went into stays; it is they who leave.
      ways.split &&
        pin.issue?.own_id !== issue.id &&
        h(
          'button',
          {
            type: 'button',
            class: 'btn',
            'data-split': pin.number,
            'aria-label': t('Split off pin {n}', { n: pin.number }),
            onclick: () => ways.split?.(pin),
          },
          t('Split off'),
        ),
    );
  };
  return h(
    'div',
    { class: 'members', role: 'group', 'aria-label': t('Merged pins') },
    h(
      'p',
      { class: 'row members__size' },
      icon('combine', 20),
      h('strong', null, sizeWord(issue, pins.length)),
    ),
    h('ul', { class: 'members__list' }, pins.map(row)),
  );
}
