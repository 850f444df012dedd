/**
 * The filters: headings with counts, category, words. The same for list and map, and in the address.
 */
import { h, on } from '../shared/dom.js';
import { formatNumber, t } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { SHOWS } from './filter.js';
import { isFiltered } from './url.js';
import { showWord } from './words.js';

/** @import {Category, DeskState, Filter, Labelled, Show} from './types' */

const TYPING = 200;

/**
 * @param {HTMLElement} bar
 * @param {{groups: Labelled[], categories: Category[], change: (next: Partial<Filter>) => void, pane: (pane: 'list' | 'map') => void}} how
 */
export function createBar(bar, { groups, categories, change, pane }) {
  /** @type {Map<Show, {button: HTMLButtonElement, count: HTMLElement}>} */
  const chips = new Map();
  for (const show of SHOWS) {
    const count = h('span', { class: 'chip__count' });
    const button = h(
      'button',
      { type: 'button', class: 'chip', onclick: () => change({ show }) },
      showWord(show),
      count,
    );
    chips.set(show, { button, count });
  }
  const select = h('select', { class: 'input bar__select', 'aria-label': t('Category') });
  const search = h('input', {
    class: 'input bar__search',
    type: 'search',
    'aria-label': t('Search in texts'),
    placeholder: t('Search'),
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const clear = h(
    'button',
    { type: 'button', class: 'btn btn--quiet', onclick: () => change({ show: 'all', category: '', q: '' }) },
    icon('x', 20),
    t('Reset'),
  );
  const toggle = /** @type {const} */ (['list', 'map']).map((name) =>
    h(
      'button',
      { type: 'button', class: 'btn', 'data-pane': name, onclick: () => pane(name) },
      icon(name, 20),
      name === 'list' ? t('List') : t('Map'),
    ),
  );
  bar.append(
    h('div', { class: 'bar__panes', role: 'group', 'aria-label': t('List or map') }, toggle),
    h(
      'div',
      { class: 'bar__chips', role: 'group', 'aria-label': t('Filter') },
      [...chips.values()].map(({ button }) => button),
    ),
    h('div', { class: 'bar__find' }, select, search, clear),
  );

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  on(select, 'change', () => change({ category: select.value }));
  on(search, 'input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ q: search.value }), TYPING);
  });
  on(search, 'keydown', (event) => {
    if (event.key === 'Escape') search.blur();
  });

  /** @param {Map<string, number>} counts */
  function options(counts) {
    const known = new Set(categories.map(({ code }) => code));
    const other = [...counts.keys()].filter((code) => !known.has(code));
    /** @param {string} code @param {string} label */
    const option = (code, label) =>
      h('option', { value: code }, `${label} (${formatNumber(counts.get(code) ?? 0)})`);
    const grouped = groups.map(({ code, label }) => {
      const own = categories.filter((one) => one.group === code && counts.has(one.code));
      return (
        own.length > 0 &&
        h(
          'optgroup',
          { label },
          own.map((one) => option(one.code, one.label)),
        )
      );
    });
    select.replaceChildren(
      h('option', { value: '' }, t('All categories')),
      ...grouped.filter((group) => group !== false),
      ...other.map((code) => option(code, code)),
    );
  }

  return {
    /** @param {DeskState} state @param {Record<Show, number>} counts @param {Map<string, number>} byCategory */
    update(state, counts, byCategory) {
      for (const [show, { button, count }] of chips) {
        button.setAttribute('aria-pressed', String(show === state.show));
        button.hidden = counts[show] === 0 && show !== 'all' && show !== state.show;
        count.replaceChildren(formatNumber(counts[show]));
      }
      if (document.activeElement !== select) options(byCategory);
      select.value = state.category;
      if (document.activeElement !== search) search.value = state.q;
      clear.hidden = !isFiltered(state);
      for (const button of toggle)
        button.setAttribute('aria-pressed', String(button.dataset.pane === state.pane));
    },
    search: () => search.focus(),
  };
}
