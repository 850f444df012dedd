/**
 * Who does it: those used last first, all others after them, and a new one made on the spot.
 */
import { h, on } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { ownerKindOptions } from './issue-words.js';
import { createSuggested } from './suggested.js';

/** @import {Owner} from './types' */
/** @import {Owners} from './owners.js' */

const NEW = 'new owner';

/** @param {Owner} owner */
const option = ({ id, name }) => h('option', { value: id }, name);

/** The options of a choice of owners; one that was set aside only where it is chosen. @param {Owners} owners @param {string} none @param {string} [chosen] @returns {HTMLElement[]} */
export function ownerOptions(owners, none, chosen = '') {
  const list = owners.list();
  const isOffered = (/** @type {Owner} */ { id, aside }) => !aside || id === chosen;
  const [recent, all] = [list.recent.filter(isOffered), list.all.filter(isOffered)];
  return [
    h('option', { value: '' }, none),
    ...(recent.length > 0 ? [h('optgroup', { label: t('Used last') }, recent.map(option))] : []),
    h('optgroup', { label: t('All') }, all.filter((one) => !recent.includes(one)).map(option)),
  ];
}

const kindChoice = () =>
  h(
    'select',
    { class: 'input', id: 'issue-owner-kind' },
    ownerKindOptions().map(([code, word]) => h('option', { value: code }, word)),
  );

/** @param {Owners} owners @param {(id: string | null) => void} choose */
export function createOwnerField(owners, choose) {
  let value = '';
  const select = h('select', { class: 'input', id: 'issue-owner', 'data-field': 'owner_id' });
  const name = h('input', { class: 'input', id: 'issue-owner-name', maxlength: 120, autocomplete: 'off' });
  const kind = kindChoice();
  const error = h('p', { class: 'field__error', role: 'alert' });
  const form = h(
    'form',
    { class: 'owner-new stack stack--tight', hidden: true },
    h('label', { class: 'field__label', for: 'issue-owner-name' }, t('Name')),
    name,
    h('label', { class: 'field__label', for: 'issue-owner-kind' }, t('Kind')),
    kind,
    error,
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'btn', type: 'submit' }, t('Add')),
      h('button', { class: 'btn btn--quiet', type: 'button', onclick: () => show(value) }, t('Cancel')),
    ),
  );

  /** @param {string | null} id */
  function show(id) {
    value = id ?? '';
    select.replaceChildren(
      ...ownerOptions(owners, t('Nobody yet'), value),
      h('option', { value: NEW }, t('New owner …')),
    );
    select.value = value;
    form.hidden = true;
    error.replaceChildren();
  }

  /** @param {string} id */
  function chosen(id) {
    if (id) owners.use(id);
    show(id);
    choose(id || null);
  }

  on(select, 'change', () => {
    if (select.value !== NEW) return chosen(select.value);
    form.hidden = false;
    name.value = '';
    name.focus();
  });
  on(form, 'submit', async (event) => {
    event.preventDefault();
    const text = name.value.trim();
    if (!text) return error.replaceChildren(t('Write a name.'));
    const { owner, problem } = await owners.add(text, kind.value);
    if (!owner) return error.replaceChildren(problem ?? t('That did not work. Try again.'));
    chosen(owner.id);
    select.focus();
  });
  const suggested = createSuggested(owners, chosen);
  show(null);
  const el = h(
    'div',
    { class: 'field' },
    h('label', { class: 'field__label', for: 'issue-owner' }, t('Who does it')),
    select,
    suggested.el,
    form,
  );
  return { el, show, suggested, focus: () => select.focus(), isBusy: () => !form.hidden };
}
