/**
 * Form fields as elements: the five-step scale, choices, switches, texts. Each tells its new value and nothing else.
 * Promises: every choice can be taken back; labels and legends are real ones.
 */
import { h } from '../../shared/dom.js';
import { t, tn } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';

/** From here on it is told how much still fits. */
const ROOM = 200;

let count = 0;
/** @param {string} what */
const fresh = (what) => `${what}-${++count}`;

/** A radio that a second press lets go. @param {HTMLInputElement} input @param {(checked: boolean) => void} tell */
function releasable(input, tell) {
  let armed = false;
  input.addEventListener('pointerdown', () => {
    armed = input.checked;
  });
  input.addEventListener('keydown', (event) => {
    armed = input.checked && event.key === ' ';
  });
  input.addEventListener('click', () => {
    if (armed) {
      input.checked = false;
      tell(false);
    }
    armed = false;
  });
  input.addEventListener('change', () => tell(true));
}

/**
 * Buttons in a row with words at both ends.
 * @param {string} legend
 * @param {{value: number | null, steps: {value: number, label: string, icon?: string}[], ends?: [string, string]}} what
 * @param {(value: number | null) => void} tell
 */
export function scale(legend, { value, steps, ends }, tell) {
  const name = fresh('scale');
  const row = h(
    'div',
    { class: 'scale__row', 'data-steps': steps.length },
    steps.map((step) => {
      const input = h('input', { type: 'radio', name, value: String(step.value), 'aria-label': step.label });
      input.checked = step.value === value;
      releasable(input, (checked) => tell(checked ? step.value : null));
      return h('label', null, input, h('span', null, step.icon ? icon(step.icon) : String(step.value)));
    }),
  );
  const words = ends && h('p', { class: 'scale__ends' }, h('span', null, ends[0]), h('span', null, ends[1]));
  return h('fieldset', { class: 'scale' }, h('legend', { class: 'legend' }, legend), row, words);
}

/**
 * One of several, or none.
 * @param {string} legend @param {[string, string][]} options value and label @param {string | null} value
 * @param {(value: string | null) => void} tell @param {{required?: boolean}} [how]
 */
export function oneOf(legend, options, value, tell, { required = false } = {}) {
  const name = fresh('one');
  const choices = options.map(([option, label]) => {
    const input = h('input', { type: 'radio', name, value: option });
    input.checked = option === value;
    if (required) input.addEventListener('change', () => tell(option));
    else releasable(input, (checked) => tell(checked ? option : null));
    return h('label', { class: 'choice' }, input, h('span', null, label));
  });
  return h(
    'fieldset',
    null,
    h('legend', { class: 'legend' }, legend),
    h('div', { class: 'choices' }, choices),
  );
}

/** Whose words they are, for one who writes for others. @param {string} legend @param {string | null} value @param {(value: string | null) => void} tell @param {boolean} [required] */
export const voiceField = (legend, value, tell, required = false) =>
  oneOf(
    legend,
    [
      ['resident', t('Resident')],
      ['professional', t('Works here')],
    ],
    value,
    tell,
    { required },
  );

/**
 * Any of several.
 * @param {string} legend @param {[string, string][]} options @param {string[]} values @param {(values: string[]) => void} tell
 */
export function someOf(legend, options, values, tell) {
  const chosen = new Set(values);
  const choices = options.map(([option, label]) => {
    const input = h('input', { type: 'checkbox', value: option });
    input.checked = chosen.has(option);
    input.addEventListener('change', () => {
      if (input.checked) chosen.add(option);
      else chosen.delete(option);
      tell(options.map(([code]) => code).filter((code) => chosen.has(code)));
    });
    return h('label', { class: 'choice' }, input, h('span', null, label));
  });
  return h(
    'fieldset',
    null,
    h('legend', { class: 'legend' }, legend),
    h('div', { class: 'choices' }, choices),
  );
}

/**
 * @param {string} label @param {string} value @param {(value: string) => void} tell at every keystroke
 * @param {{hint?: string, lines?: boolean, max?: number}} [how]
 */
export function text(label, value, tell, { hint, lines = true, max = 4000 } = {}) {
  const id = fresh('text');
  const hintId = hint ? `${id}-hint` : null;
  const props = {
    class: 'input',
    id,
    maxlength: max,
    'aria-describedby': hint ? `${id}-hint ${id}-room` : `${id}-room`,
    autocomplete: 'off',
    dir: 'auto',
  };
  const input = lines ? h('textarea', { ...props, rows: 3 }) : h('input', { ...props, type: 'text' });
  input.value = value;
  const room = h('span', { class: 'field__hint', id: `${id}-room` });
  const count = () => {
    const n = max - input.value.length;
    room.hidden = n > Math.min(ROOM, max / 4);
    room.textContent = tn('{n} character left', '{n} characters left', n);
  };
  count();
  input.addEventListener('input', () => {
    count();
    tell(input.value);
  });
  return h(
    'div',
    { class: 'field' },
    h('label', { class: 'field__label', for: id }, label),
    hint ? h('span', { class: 'field__hint', id: hintId }, hint) : null,
    input,
    room,
  );
}

/**
 * What the organiser asks of one category.
 * @param {{key: string, label: string}[]} asked @param {Record<string, string>} told
 * @param {(told: Record<string, string>) => void} tell
 */
export const extraFields = (asked, told, tell) =>
  asked.map(({ key, label }) =>
    text(
      label,
      told[key] ?? '',
      (value) => {
        told = { ...told, [key]: value };
        tell(told);
      },
      { lines: false, max: 200 },
    ),
  );

/** @param {string} label @param {boolean} value @param {(value: boolean) => void} tell @param {string} [hint] @param {string} [id] */
export function toggle(label, value, tell, hint, id) {
  const input = h('input', { type: 'checkbox', role: 'switch', id: id ?? null });
  input.checked = value;
  input.addEventListener('change', () => tell(input.checked));
  const words = h(
    'span',
    { class: 'switch__text' },
    h('span', { class: 'strong' }, label),
    hint ? h('span', { class: 'field__hint' }, hint) : null,
  );
  return h('label', { class: 'switch' }, words, input);
}

/** @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => void} tell */
export function select(label, options, value, tell) {
  const id = fresh('select');
  const list = h(
    'select',
    { class: 'input', id },
    options.map(([option, words]) => h('option', { value: option }, words)),
  );
  list.value = value;
  list.addEventListener('change', () => tell(list.value));
  return h('div', { class: 'field' }, h('label', { class: 'field__label', for: id }, label), list);
}

/** @param {string} summary @param {(Node | null)[]} body @param {boolean} [open] */
export function details(summary, body, open = false) {
  return h(
    'details',
    { class: 'more', open },
    h('summary', null, summary),
    h('div', { class: 'stack' }, body),
  );
}
