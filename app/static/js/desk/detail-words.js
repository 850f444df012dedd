/**
 * A pin's words: the participant's own, with what may name a person marked, and beside them the text that is public in
 * their place. What is being written stays when the pin changes meanwhile; it is forgotten when the page is left.
 */
import { h, on } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { isOfDecision, kindsOf, marked, withoutFindings } from './findings.js';
import { once } from './keys.js';
import { reviewWord } from './words.js';

/** @import {Act, DeskBundle, DeskPin, StaffView} from './types' */
/**
 * @typedef {object} WordsContext
 * @property {DeskBundle} bundle
 * @property {(acts: Act[]) => void} runAll one step of undo
 * @property {() => void} changed draw the pin anew
 * @property {HTMLElement | false} decisions about the text, for those who decide
 */

/** What is being written, by pin and language. @type {Map<string, Record<string, string>>} */
const drafts = new Map();

/** @param {string} tag */
const languageName = (tag) =>
  new Intl.DisplayNames([document.documentElement.lang, 'en'], { type: 'language' }).of(tag) ?? tag;

/** The languages in which the public text is written. @param {StaffView} view @param {DeskBundle} bundle */
function languagesOf(view, bundle) {
  const written = Object.keys(view.text_public);
  if (written.length > 0) return written;
  const { languages } = bundle.walk;
  return [view.text_lang && languages.includes(view.text_lang) ? view.text_lang : (languages[0] ?? 'sv')];
}

/** Begin to write, or go on. @param {DeskPin} pin @param {DeskBundle} bundle */
export function beginWords(pin, bundle) {
  const view = pin.whole;
  if (!view || drafts.has(view.id)) return;
  const start = withoutFindings(view);
  const tags = languagesOf(view, bundle);
  drafts.set(view.id, Object.fromEntries(tags.map((tag) => [tag, view.text_public[tag] ?? start])));
}

/** @param {string} words @param {() => void} act @param {Record<string, unknown>} [more] */
const button = (words, act, more = {}) =>
  h('button', { type: 'button', class: 'btn', onclick: once(act), ...more }, words);

/** @param {DeskPin} pin @param {StaffView} view @param {WordsContext} context */
function form(pin, view, context) {
  const draft = drafts.get(view.id) ?? {};
  const fault = h(
    'p',
    { class: 'field__error', role: 'alert', hidden: true },
    icon('circle-alert', 18),
    t('Write something, or let the participant’s own words stand.'),
  );
  const end = () => {
    drafts.delete(view.id);
    context.changed();
  };
  const save = (/** @type {boolean} */ approve) => {
    const texts = Object.fromEntries(Object.entries(draft).map(([tag, words]) => [tag, words.trim()]));
    fault.hidden = Object.values(texts).every(Boolean);
    if (!fault.hidden) return;
    /** @type {Act[]} */
    const acts = [{ what: 'words', number: pin.number, to: texts }];
    if (approve && view.text_review !== 'approved')
      acts.push({ what: 'text', number: pin.number, to: 'approved' });
    end();
    context.runAll(acts);
  };
  const fields = Object.keys(draft).map((tag) => {
    const id = `public-${tag}`;
    const area = h('textarea', {
      class: 'input',
      id,
      rows: 4,
      maxlength: 4000,
      lang: tag,
      dir: 'auto',
      'data-act': id,
      value: draft[tag],
    });
    on(area, 'input', () => {
      draft[tag] = area.value;
    });
    return h(
      'div',
      { class: 'stack stack--tight' },
      h(
        'label',
        { class: 'field__label', for: id },
        t('Public text, {language}', { language: languageName(tag) }),
      ),
      area,
    );
  });
  return h(
    'div',
    { class: 'public stack stack--tight', role: 'group', 'aria-label': t('Public text') },
    fields,
    fault,
    context.bundle.may_run &&
      h(
        'div',
        { class: 'row' },
        button(t('Save and approve'), () => save(true), { class: 'btn btn--primary' }),
        button(t('Save'), () => save(false)),
        button(t('Cancel'), end, { class: 'btn btn--quiet' }),
      ),
  );
}

/** @param {DeskPin} pin @param {StaffView} view @param {WordsContext} context */
function publicText(pin, view, context) {
  if (drafts.has(view.id)) return form(pin, view, context);
  const written = Object.entries(view.text_public);
  const write = () => {
    beginWords(pin, context.bundle);
    context.changed();
    document.querySelector('.public textarea')?.scrollIntoView({ block: 'nearest' });
    /** @type {HTMLElement | null} */ (document.querySelector('.public textarea'))?.focus();
  };
  const own = () => context.runAll([{ what: 'words', number: pin.number, to: {} }]);
  return h(
    'div',
    { class: 'stack stack--tight' },
    written.length > 0 && h('h3', { class: 'detail__small' }, t('Public text')),
    written.map(([tag, words]) =>
      h(
        'blockquote',
        { class: 'said said--public', lang: tag, dir: 'auto' },
        marked(view, `public.${tag}`, words),
      ),
    ),
    context.bundle.may_run &&
      h(
        'div',
        { class: 'row' },
        button(written.length > 0 ? t('Change the public text') : t('Write a public text'), write, {
          'data-act': 'words',
        }),
        written.length > 0 && button(t('Let the own words stand'), own, { class: 'btn btn--quiet' }),
      ),
  );
}

/** Two versions came: both are kept until a human says which stands. @param {DeskPin} pin @param {{run: (act: Act) => void}} context */
export const clash = (pin, context) =>
  h(
    'div',
    { class: 'notice is-warning', role: 'group', 'aria-label': t('Two versions') },
    icon('triangle-alert'),
    h(
      'p',
      { class: 'grow' },
      t('Two versions: the history below keeps both. Write the public text that shall stand.'),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'btn',
        'data-act': 'conflict',
        onclick: once(() => context.run({ what: 'conflict', number: pin.number, to: false })),
      },
      t('Settled'),
    ),
  );

/** What was found in all that is told of the pin, in one line. @param {StaffView} view */
function foundWords(view) {
  const found = view.findings.filter(({ field }) => !isOfDecision(field));
  const n = found.length;
  if (n === 0) return null;
  const kinds = kindsOf(found);
  return h(
    'p',
    { class: 'notice is-warning small' },
    icon('triangle-alert', 18),
    h(
      'span',
      null,
      tn('{n} place may point out a person: {kinds}.', '{n} places may point out a person: {kinds}.', n, {
        kinds,
      }),
    ),
  );
}

/** @param {DeskPin} pin @param {StaffView} view @param {WordsContext} context */
export function wordsOf(pin, view, context) {
  const found = foundWords(view);
  if (!view.text && !view.proposal)
    return h('div', { class: 'stack stack--tight' }, h('p', { class: 'muted' }, t('No text')), found);
  const lang = view.text_lang ? { lang: view.text_lang, dir: 'auto' } : { dir: 'auto' };
  const hasPublic = Object.keys(view.text_public).length > 0;
  return h(
    'section',
    { class: 'stack stack--tight', 'aria-label': t('Text') },
    hasPublic && h('h3', { class: 'detail__small' }, t('The participant’s own words, for staff alone')),
    view.text && h('blockquote', { class: 'said', ...lang }, marked(view, 'text', view.text)),
    view.proposal && h('h3', { class: 'detail__small' }, t('Proposal, for staff alone')),
    view.proposal && h('blockquote', { class: 'said', ...lang }, marked(view, 'proposal', view.proposal)),
    found,
    view.text && publicText(pin, view, context),
    h(
      'p',
      { class: 'small' },
      h('span', { class: `review review--${view.text_review}` }, reviewWord(view.text_review)),
    ),
    context.decisions,
  );
}
