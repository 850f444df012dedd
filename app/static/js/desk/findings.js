/**
 * What in a pin's words may name a person: how it is marked, and the same words with it left out. Pure but for the
 * elements it makes.
 */
import { h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

/** @import {DeskPin, Finding, StaffView} from './types' */

/** @param {Finding['kind']} kind */
const findingWord = (kind) =>
  ({
    person: t('perhaps a name'),
    personal_number: t('personal number'),
    phone: t('phone number'),
    plate: t('perhaps a number plate'),
    email: t('e-mail address'),
    address: t('street address'),
  })[kind];

/** What sorts of findings, in words. @param {Finding[]} found */
export const kindsOf = (found) => [...new Set(found.map(({ kind }) => findingWord(kind)))].join(', ');

/** The reason that residents read stands apart from the pin's words. @param {Finding['field']} field */
export const isOfDecision = (field) => field.startsWith('decision.');

/** @param {StaffView} view @param {Finding['field']} field */
const inField = (view, field) => view.findings.filter((finding) => finding.field === field);

/** Words that a human should look at before they are public: marked, and nothing else put in their place. @param {DeskPin} pin */
export const needsWords = ({ whole }) =>
  whole !== null && inField(whole, 'text').length > 0 && Object.keys(whole.text_public).length === 0;

/** The words of a field with their findings marked. @param {StaffView} view @param {Finding['field']} field @param {string} words */
export function marked(view, field, words) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let at = 0;
  for (const { kind, start, end } of inField(view, field)) {
    const word = findingWord(kind);
    const told = h('span', { class: 'visually-hidden' }, ` (${word})`);
    parts.push(
      words.slice(at, start),
      h('mark', { class: 'finding', title: word }, words.slice(start, end), told),
    );
    at = end;
  }
  return [...parts, words.slice(at)];
}

/** A start for a public text: the participant's words, with "[…]" where something was found. @param {StaffView} view */
export function withoutFindings(view) {
  let words = view.text;
  for (const { start, end } of inField(view, 'text').reverse())
    words = `${words.slice(0, start)}[…]${words.slice(end)}`;
  return words;
}
