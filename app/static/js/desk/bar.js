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
/** @typedef {{groups: Labelled[], categories: Category[], change: (next: Partial<Filter>) => void, pane: (pane: 'list' | 'map') => void}} BarWays */

const TYPING = 200;

/** @param {Show} show @param {BarWays['change']} change */
function newChip(show, change) {
  const count = h('span', { class: 'chip__count' });
  const props = { type: 'button', class: 'chip', 'data-show': show, onclick: () => change({ show }) };
  return { show, count, button: h('button', props, showWord(show), count) };
}

/** @param {BarWays['change']} change */
function newSearch(change) {
  const search = h('input', {
    class: 'input bar__search',
    type: 'search',
    'aria-label': t('Search in texts'),
    placeholder: t('Search'),
    autocomplete: 'off',
    spellcheck: 'false',
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  on(search, 'input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ q: search.value }), TYPING);
  });
  on(search, 'keydown', (event) => {
    if (event.key === 'Escape') search.blur();
  });
  return search;
}

/** @param {'list' | 'map'} name @param {BarWays['pane']} pane */
function paneButton(name, pane) {
  const props = { type: 'button', class: 'btn', 'data-pane': name, onclick: () => pane(name) };
  return h('button', props, icon(name, 20), name === 'list' ? t('List') : t('Map'));
}

/**
 * All categories that have pins, in their groups; unknown ones at the end.
 * @param {BarWays} ways @param {Map<string, number>} counts
 */
function options({ groups, categories }, counts) {
  const known = new Set(categories.map(({ code }) => code));
  const other = [...counts.keys()].filter((code) => !known.has(code));
  /** @param {string} code @param {string} label */
  const option = (code, label) =>
    h('option', { value: code }, `${label} (${formatNumber(counts.get(code) ?? 0)})`);
  const grouped = groups.flatMap(({ code, label }) => {
    const own = categories.filter((one) => one.group === code && counts.has(one.code));
    return own.length > 0
      ? [
          h(
            'optgroup',
            { label },
            own.map((one) => option(one.code, one.label)),
          ),
        ]
      : [];
  });
  return [
    h('option', { value: '' }, t('All categories')),
    ...grouped,
    ...other.map((code) => option(code, code)),
  ];
}

/** @param {HTMLElement} bar @param {BarWays} ways */
export function createBar(bar, ways) {
  const { change } = ways;
  const chips = SHOWS.map((show) => newChip(show, change));
  const select = h('select', { class: 'input bar__select', 'aria-label': t('Category') });
  const search = newSearch(change);
  const reset = () => change({ show: 'all', category: '', q: '' });
  const clear = h(
    'button',
    { type: 'button', class: 'btn btn--quiet', onclick: reset },
    icon('x', 20),
    t('Reset'),
  );
  const panes = [paneButton('list', ways.pane), paneButton('map', ways.pane)];
  bar.append(
    h('div', { class: 'bar__panes', role: 'group', 'aria-label': t('List or map') }, panes),
    h(
      'div',
      { class: 'bar__chips', role: 'group', 'aria-label': t('Filter') },
      chips.map(({ button }) => button),
    ),
    h('div', { class: 'bar__find' }, select, search, clear),
  );
  on(select, 'change', () => change({ category: select.value }));
  let drawn = '';

  return {
    /** @param {DeskState} state @param {Record<Show, number>} counts @param {Map<string, number>} byCategory */
    count(state, counts, byCategory) {
      for (const { show, button, count } of chips) {
        button.hidden = counts[show] === 0 && show !== 'all' && show !== state.show;
        count.replaceChildren(formatNumber(counts[show]));
      }
      const stamp = JSON.stringify([...byCategory].sort());
      if (stamp !== drawn) select.replaceChildren(...options(ways, byCategory));
      drawn = stamp;
    },
    /** What is chosen. @param {DeskState} state */
    mark(state) {
      for (const { show, button } of chips) button.setAttribute('aria-pressed', String(show === state.show));
      select.value = state.category;
      if (document.activeElement !== search) search.value = state.q;
      clear.hidden = !isFiltered(state);
      for (const button of panes)
        button.setAttribute('aria-pressed', String(button.dataset.pane === state.pane));
    },
    search: () => search.focus(),
  };
}
