/**
 * One row of the list: symbol, name, first words, signs and state. The same facts as its pin on the map.
 */
import { h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { icon, pinSymbol } from '../shared/symbols.js';
import { isHidden } from './filter.js';
import { reviewWord, signsOf } from './words.js';

/** @import {Category, DeskPin} from './types' */

/** The name that the participant's phone has for it. @param {DeskPin} pin @param {Map<string, Category>} categories */
export function labelOf(pin, categories) {
  const category = categories.get(pin.category);
  if (!category) return pin.category;
  return (pin.kind === 'positive' && category.label_positive) || category.tile;
}

/** What a search reads besides its words: the name, and the category's whole one. @param {DeskPin} pin @param {Map<string, Category>} categories */
export const namesOf = (pin, categories) =>
  `${labelOf(pin, categories)} ${categories.get(pin.category)?.label ?? ''}`;

/** What the symbol looks like. @param {DeskPin} pin @param {Map<string, Category>} categories */
export function lookOf(pin, categories) {
  const category = categories.get(pin.category);
  const good = pin.kind === 'positive' && category?.icon_positive;
  const name = good || (category?.icon ?? 'circle-question-mark');
  return { group: pin.group, kind: pin.kind, icon: name, status: pin.status, faint: isHidden(pin) };
}

/** The whole accessible name. @param {DeskPin} pin @param {string} label */
export function nameOf(pin, label) {
  const signs = signsOf(pin).map(({ word }) => word);
  const photo = pin.photo_waiting ? [t('photo to review')] : [];
  return [t('Pin {n}', { n: pin.number }), label, reviewWord(pin.review), ...signs, ...photo].join(', ');
}

/** First words, or where it is. @param {DeskPin} pin */
function snippet(pin) {
  const whole = pin.whole;
  if (!whole) return '…';
  return whole.text || whole.proposal || whole.address || t('No text');
}

/** @param {HTMLButtonElement} button @param {DeskPin} pin @param {Map<string, Category>} categories */
export function fillRow(button, pin, categories) {
  const state = `${pin.seq} ${pin.whole ? 1 : 0} ${pin.participant_hidden} ${pin.hints.length}`;
  const stamp = `${state} ${document.documentElement.lang}`;
  if (button.dataset.stamp === stamp) return;
  button.dataset.stamp = stamp;
  const label = labelOf(pin, categories);
  const signs = signsOf(pin).map(({ icon: name, word, tone }) =>
    h(
      'span',
      { class: `sign ${tone}`, title: word },
      icon(name, 18),
      h('span', { class: 'visually-hidden' }, word),
    ),
  );
  const photo =
    pin.photo_waiting &&
    h(
      'span',
      { class: 'sign', title: t('photo to review') },
      icon('image', 18),
      h('span', { class: 'visually-hidden' }, t('photo to review')),
    );
  button.classList.toggle('pinrow--quiet', isHidden(pin));
  button.classList.toggle('pinrow--acute', pin.acute && pin.review === 'new');
  button.replaceChildren(
    h('span', { class: 'pinrow__symbol' }, pinSymbol(lookOf(pin, categories))),
    h(
      'span',
      { class: 'pinrow__text' },
      h(
        'span',
        { class: 'pinrow__title' },
        h('span', { class: 'ellipsis', dir: 'auto' }, label),
        h('span', { class: 'muted' }, ` ${t('#{n}', { n: pin.number })}`),
      ),
      h(
        'span',
        { class: 'pinrow__line' },
        h('span', { class: 'pinrow__words ellipsis', dir: 'auto' }, snippet(pin)),
        h('span', { class: 'signs' }, signs, photo),
        h('span', { class: `review review--${pin.review}` }, reviewWord(pin.review)),
      ),
    ),
  );
}
