/**
 * What can be done with all the pins that are ticked. Shown while there are any.
 */
import { h, on } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { needsReason, statusOptions } from './issue-words.js';
import { once } from './keys.js';
import { ownerOptions } from './owner-field.js';

/** @import {Review} from './types' */
/** @import {Owners} from './owners.js' */
/** @typedef {{owners: Owners, review: (to: Review) => void, owner: (id: string) => void, status: (status: string) => void, merge: () => void, clear: () => void}} BulkWays */

/** @param {string} name @param {string} symbol @param {string} word @param {() => void} run */
const act = (name, symbol, word, run) =>
  h(
    'button',
    { type: 'button', class: 'btn', 'data-bulk': name, onclick: once(run) },
    icon(symbol, 20),
    word,
  );

/** A list that is a button for many things: it goes back to its name once something is chosen. @param {string} name @param {string} word @param {(value: string) => void} choose */
function menu(name, word, choose) {
  const select = h('select', { class: 'input', 'aria-label': word, 'data-bulk': name });
  on(select, 'change', () => {
    const { value } = select;
    select.value = '';
    if (value) choose(value);
  });
  return select;
}

/** @param {HTMLElement} bar @param {BulkWays} ways */
export function createBulkBar(bar, ways) {
  const size = h('strong', { class: 'grow' });
  const owner = menu('owner', t('Who does it'), ways.owner);
  const status = menu('status', t('Status'), ways.status);
  const plain = statusOptions().filter(([code]) => !needsReason(code));
  status.append(
    h('option', { value: '' }, t('Status')),
    ...plain.map(([code, word]) => h('option', { value: code }, word)),
  );
  const merge = act('merge', 'combine', t('Merge'), ways.merge);
  bar.append(
    size,
    act('approved', 'check', t('Approve'), () => ways.review('approved')),
    act('hidden', 'eye-off', t('Hide'), () => ways.review('hidden')),
    owner,
    status,
    merge,
    h('button', { type: 'button', class: 'btn btn--quiet', onclick: ways.clear }, icon('x', 20), t('Clear')),
  );
  return {
    /** @param {number} n */
    show(n) {
      if (bar.hidden && n > 0) owner.replaceChildren(...ownerOptions(ways.owners, t('Who does it')));
      bar.hidden = n === 0;
      merge.disabled = n < 2;
      size.replaceChildren(tn('{n} pin ticked', '{n} pins ticked', n));
    },
  };
}
