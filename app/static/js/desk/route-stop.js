/**
 * The form of one stop in the list: name in the walk's languages, place, minutes, questions and what wheelchairs and
 * prams should know. A change is told when a field is left; the form itself is made anew only when the list is.
 */
import { h, on } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { newId } from '../shared/ids.js';
import { icon } from '../shared/symbols.js';
import { askedFrom, isAsked } from './plan.js';

/** @import {BankQuestion, Question, Stop} from './plan.js' */
/** @typedef {{code: string, label: string}} Choice */
/**
 * @typedef {object} FormSettings
 * @property {string[]} languages of the walk
 * @property {Choice[]} places place types
 * @property {BankQuestion[]} bank
 * @property {string} lang of the page
 */
/** @typedef {(fields: Partial<Stop>, redraw?: boolean) => void} Change */

const MOST_MINUTES = 120;
/** @type {Record<string, string>} */
const NAMES = { sv: 'Svenska', en: 'English' };

let count = 0;

/** @param {string} label @param {HTMLElement} input @param {string} [lang] */
function field(label, input, lang) {
  input.id ||= `route-field-${++count}`;
  input.classList.add('input');
  if (lang) input.lang = lang;
  return h('div', { class: 'field' }, h('label', { class: 'field__label', for: input.id }, label), input);
}

/** @param {Event} event */
const typedIn = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** @param {Question} question @param {string} lang */
export const textOf = (question, lang) =>
  question.text[lang] || question.text.sv || question.text.en || Object.values(question.text)[0] || '';

/** @param {() => Stop} present @param {FormSettings} settings @param {Change} change */
function names(present, { languages }, change) {
  return languages.map((tag) => {
    const label = languages.length > 1 ? t('Name ({language})', { language: NAMES[tag] ?? tag }) : t('Name');
    const value = present().name[tag] ?? '';
    const input = h('input', { value, maxlength: 120, 'data-key': `name-${tag}` });
    on(input, 'change', () => {
      const name = { ...present().name, [tag]: input.value.trim() };
      if (Object.values(name).some(Boolean)) change({ name });
      else input.value = present().name[tag] ?? '';
    });
    return field(label, input, tag);
  });
}

/** @param {Stop} stop @param {FormSettings} settings @param {Change} change */
function facts(stop, { places }, change) {
  const none = h('option', { value: '' }, t('Not said'));
  const options = places.map(({ code, label }) =>
    h('option', { value: code, selected: code === stop.place_type }, label),
  );
  const place = h(
    'select',
    {
      'data-key': 'place',
      onchange: (/** @type {Event} */ event) => change({ place_type: typedIn(event) || null }),
    },
    none,
    ...options,
  );
  const minutes = h('input', {
    type: 'number',
    min: 0,
    max: MOST_MINUTES,
    value: String(stop.minutes),
    'data-key': 'minutes',
    onchange: (/** @type {Event} */ event) => {
      const wanted = Math.round(Number(typedIn(event)));
      const kept = Number.isFinite(wanted) ? Math.min(MOST_MINUTES, Math.max(0, wanted)) : stop.minutes;
      /** @type {HTMLInputElement} */ (event.target).value = String(kept);
      change({ minutes: kept });
    },
  });
  return h(
    'div',
    { class: 'fields-row' },
    field(t('Kind of place'), place),
    field(t('Minutes here'), minutes),
  );
}

/** Questions of the bank to tick, own ones to write. @param {Stop} stop @param {FormSettings} settings @param {Change} change */
function questions(stop, { bank, lang }, change) {
  const asked = stop.questions;
  const ticks = bank.map((one) => {
    const box = h('input', {
      type: 'checkbox',
      checked: isAsked(asked, one),
      'data-key': `bank-${one.code}`,
      onchange: () => {
        const isOn = isAsked(asked, one);
        const kept = asked.filter((question) => !isAsked([question], one));
        change({ questions: isOn ? kept : [...asked, askedFrom(one)] }, true);
      },
    });
    return h('label', { class: 'choice' }, box, h('span', {}, lang === 'sv' ? one.sv : one.en));
  });
  const own = asked.filter((question) => !bank.some((one) => isAsked([question], one)));
  const input = h('input', { maxlength: 300, 'data-key': 'own-question' });
  const add = () => {
    const text = input.value.trim();
    if (!text) return;
    change({ questions: [...asked, { id: newId(), scale: '1-5', text: { [lang]: text } }] }, true);
  };
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') add();
  });
  return h(
    'fieldset',
    { class: 'stack stack--tight' },
    h('legend', { class: 'legend' }, t('Questions')),
    h('div', { class: 'choices' }, ...ticks),
    ...own.map((question) => ownQuestion(question, asked, lang, change)),
    h(
      'div',
      { class: 'route__own' },
      field(t('A question of your own, answered from 1 to 5'), input),
      h('button', { type: 'button', class: 'btn', onclick: add }, icon('plus', 20), t('Add the question')),
    ),
  );
}

/** @param {Question} question @param {Question[]} asked @param {string} lang @param {Change} change */
function ownQuestion(question, asked, lang, change) {
  const text = textOf(question, lang);
  const remove = () => change({ questions: asked.filter(({ id }) => id !== question.id) }, true);
  return h(
    'p',
    { class: 'route__row' },
    h('span', { class: 'grow' }, text),
    h(
      'button',
      {
        type: 'button',
        class: 'btn btn--icon',
        'aria-label': t('Remove the question: {text}', { text }),
        onclick: remove,
      },
      icon('trash-2', 20),
    ),
  );
}

/**
 * @param {() => Stop} present the stop as it now is: fields change it while the form stands
 * @param {FormSettings} settings @param {Change} change @returns {HTMLElement[]}
 */
export function stopForm(present, settings, change) {
  const stop = present();
  const note = h('textarea', {
    maxlength: 500,
    rows: 2,
    value: stop.access,
    'data-key': 'access',
    onchange: (/** @type {Event} */ event) => change({ access: typedIn(event).trim() }),
  });
  return [
    ...names(present, settings, change),
    facts(stop, settings, change),
    questions(stop, settings, change),
    field(t('For wheelchairs and prams: steps, kerbs, slopes (optional)'), note),
  ];
}
