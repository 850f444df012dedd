/**
 * The plain fields of "What happens": one control for one value, told apart from what is saved by who is writing in it.
 * Makes elements; what a change does is the form's.
 */
import { h, on } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { fieldWord, mayFollow } from './issue-words.js';

/** @import {Options} from './issue-words.js' */
/** @typedef {{el: HTMLElement, show: (value: any) => void, isBusy: () => boolean, focus: () => void}} Field `isBusy`: something is written there that has not been sent */

/** @param {string} id @param {string} word @param {...HTMLElement} control */
const labelled = (id, word, ...control) =>
  h('div', { class: 'field' }, h('label', { class: 'field__label', for: id }, word), ...control);

/**
 * One line of text, or more.
 * @param {string} name @param {{long?: boolean, type?: string}} how @param {(value: string) => void} save
 * @param {HTMLElement[]} [more] what belongs to it @returns {Field & {input: HTMLInputElement | HTMLTextAreaElement}}
 */
export function textField(name, { long = false, type = 'text' }, save, more = []) {
  const id = `issue-${name}`;
  const props = { class: 'input', id, 'data-field': name, autocomplete: 'off' };
  const input = long
    ? h('textarea', { ...props, rows: 3, maxlength: 2000, dir: 'auto' })
    : h('input', { ...props, type, maxlength: type === 'text' ? 200 : null });
  let saved = '';
  on(input, 'change', () => {
    saved = input.value;
    save(input.value.trim());
  });
  return {
    input,
    el: labelled(id, fieldWord(name), input, ...more),
    show(value) {
      saved = value ?? '';
      input.value = saved;
    },
    isBusy: () => document.activeElement === input && input.value !== saved,
    focus: () => input.focus(),
  };
}

/** One of a few. @param {string} name @param {Options} options @param {(value: string | null) => void} save @returns {Field} */
export function choiceField(name, options, save) {
  const id = `issue-${name}`;
  const select = h(
    'select',
    { class: 'input', id, 'data-field': name },
    h('option', { value: '' }, t('Not said')),
    options.map(([code, word]) => h('option', { value: code }, word)),
  );
  on(select, 'change', () => save(select.value || null));
  return {
    el: labelled(id, fieldWord(name), select),
    show(value) {
      select.value = value === null ? '' : String(value);
    },
    isBusy: () => false,
    focus: () => select.focus(),
  };
}

/** All states at once; those that may not come next are off. @param {Options} options @param {(value: string) => void} save @returns {Field} */
export function statusField(options, save) {
  const radios = options.map(([code]) =>
    h('input', { type: 'radio', name: 'issue-status', value: code, 'data-field': 'status' }),
  );
  const choices = options.map(([, word], i) =>
    h('label', { class: 'choice' }, radios[i], h('span', null, word)),
  );
  const el = h(
    'fieldset',
    { class: 'statuses' },
    h('legend', { class: 'legend' }, fieldWord('status')),
    h('div', { class: 'choices' }, choices),
  );
  on(el, 'change', (event) => save(event.target.value));
  return {
    el,
    /** @param {{now: string, chosen: string}} value */
    show({ now, chosen }) {
      for (const radio of radios) {
        radio.checked = radio.value === chosen;
        radio.disabled = !mayFollow(now, radio.value);
      }
    },
    isBusy: () => false,
    focus: () => (radios.find((radio) => radio.checked) ?? radios[0]).focus(),
  };
}
