/**
 * The keys, in a dialog by ?, with the switch that turns them off.
 */
import { h, on } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { keysAreOn, switchKeys } from './keys.js';

/** What decides nothing. */
const LOOKING = new Set(['J', 'K', 'V', 'F', 'L', '/', '?']);

/** @param {boolean} mayRun otherwise only the keys for looking are told */
export function createHelp(mayRun) {
  /** @type {[string, string][]} */
  const all = [
    ['J', t('Next pin')],
    ['K', t('Previous pin')],
    ['A', t('Approve pin and text, go on')],
    ['H', t('Hide pin, go on')],
    ['V', t('Show or blur photos')],
    ['G', t('Approve the next photo')],
    ['R', t('Black parts of a photo out')],
    ['P', t('Photos, one at a time')],
    ['E', t('Write the public text')],
    ['O', t('Who does it')],
    ['S', t('Accept who is suggested')],
    ['D', t('Done by')],
    ['T', t('Status')],
    ['1–5', t('New, being looked into, planned, done, not being done')],
    ['X', t('Tick the pin')],
    ['⇧ J', t('Tick and go down')],
    ['⇧ K', t('Tick and go up')],
    ['W', t('Tick on the map')],
    ['M', t('Merge')],
    ['F', t('Filter')],
    ['U', t('What is worth a look, or everything')],
    ['L', t('List or map')],
    ['/', t('Search')],
    ['Z', t('Undo')],
    ['?', t('This help')],
  ];
  const keys = all.filter(([key]) => mayRun || LOOKING.has(key));
  const box = h('input', { type: 'checkbox', role: 'switch', checked: keysAreOn() });
  on(box, 'change', () => switchKeys(box.checked));
  const close = () => dialog.close();
  const dialog = h(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    h(
      'div',
      { class: 'row row--apart' },
      h('h2', { id: 'help-title' }, t('Keys')),
      h(
        'button',
        { type: 'button', class: 'btn btn--icon', 'aria-label': t('Close'), onclick: close },
        icon('x'),
      ),
    ),
    h(
      'dl',
      { class: 'help__keys' },
      keys.map(([key, word]) => h('div', null, h('dt', null, h('kbd', null, key)), h('dd', null, word))),
    ),
    h(
      'p',
      { class: 'small muted' },
      t(
        'In the list: arrows move, Enter opens. On the map: arrows pan, + and − zoom, Tab goes to the pins, Esc leaves.',
      ),
    ),
    h('label', { class: 'switch' }, h('span', { class: 'switch__text' }, t('Single keys are on')), box),
  );
  document.body.append(dialog);
  return () => dialog.showModal();
}
