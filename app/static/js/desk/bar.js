/**
 * The filters: headings with counts that hold together, category, words, and "Undo". The same for list and map, and in
 * the address.
 */
import { h, on } from '../shared/dom.js';
import { formatNumber, t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { nearOf, SHOWS } from './filter.js';
import { isFiltered } from './url.js';
import { showWord } from './words.js';

/** @import {Category, DeskState, Filter, Labelled, Show} from './types' */
/** @typedef {{groups: Labelled[], categories: Category[], change: (next: Partial<Filter>) => void, pane: (pane: 'list' | 'map') => void, undo: () => void}} BarWays */

const TYPING = 200;

/** @typedef {{show: Show | 'all', count: HTMLElement, button: HTMLElement}} Chip */

/** @param {Show | 'all'} show @param {(show: Show | 'all') => void} press @returns {Chip} */
function newChip(show, press) {
  const count = h('span', { class: 'chip__count' });
  const props = { type: 'button', class: 'chip', 'data-show': show, onclick: () => press(show) };
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
    if (event.key !== 'Enter') return;
    clearTimeout(typing);
    change({ q: search.value });
    search.blur();
  });
  return search;
}

/** The place that the list is about; a press forgets it. @param {() => void} forget */
const nearChip = (forget) =>
  h('button', { type: 'button', class: 'chip', 'data-near': true, 'aria-pressed': 'true', onclick: forget });

/** @param {HTMLElement} chip @param {string} near */
function showNear(chip, near) {
  const place = nearOf(near);
  chip.hidden = place === null;
  if (place === null || chip.dataset.near === near) return;
  chip.dataset.near = near;
  const words = tn('Within {n} metre of a place', 'Within {n} metres of a place', Math.round(place.metres));
  chip.replaceChildren(icon('map-pin', 18), words, icon('x', 18));
}

/** "Undo", with what it takes back. @param {() => void} undo */
function undoButton(undo) {
  const words = h('span', { class: 'bar__step ellipsis' });
  const button = h(
    'button',
    { type: 'button', class: 'btn bar__undo', 'data-undo': true, onclick: undo },
    icon('undo-2', 20),
    h('span', null, t('Undo')),
    ' ',
    words,
  );
  return {
    button,
    /** @param {{words: string} | null} step */
    show(step) {
      button.disabled = step === null;
      words.replaceChildren(step?.words ?? '');
      button.title = step?.words ?? '';
      button.setAttribute('aria-label', step ? `${t('Undo')} ${step.words}` : t('Undo'));
    },
  };
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
            own.map((one) => option(one.code, one.tile)),
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
  /** @type {Show[]} */
  let shows = [];
  /** A heading more or less; "All" is none. @param {Show | 'all'} show */
  const press = (show) => {
    if (show === 'all') change({ shows: [] });
    else change({ shows: SHOWS.filter((one) => (one === show) !== shows.includes(one)) });
  };
  const chips = /** @type {const} */ (['all', ...SHOWS]).map((show) => newChip(show, press));
  const undo = undoButton(ways.undo);
  const select = h('select', { class: 'input bar__select', 'aria-label': t('Category') });
  const search = newSearch(change);
  const reset = () => change({ shows: [], category: '', q: '', near: '' });
  const near = nearChip(() => change({ near: '' }));
  const clear = h(
    'button',
    { type: 'button', class: 'btn btn--quiet', onclick: reset },
    icon('x', 20),
    t('Clear'),
  );
  const panes = [paneButton('list', ways.pane), paneButton('map', ways.pane)];
  bar.append(
    h('div', { class: 'bar__panes', role: 'group', 'aria-label': t('List or map') }, panes),
    h(
      'div',
      { class: 'bar__chips', role: 'group', 'aria-label': t('Filter') },
      chips.map(({ button }) => button),
      near,
    ),
    h('div', { class: 'bar__find' }, select, search, clear, undo.button),
  );
  on(select, 'change', () => change({ category: select.value }));
  let drawn = '';

  return {
    /** @param {DeskState} state @param {Record<Show | 'all', number>} counts @param {Map<string, number>} byCategory */
    count(state, counts, byCategory) {
      for (const { show, button, count } of chips) {
        button.hidden = counts[show] === 0 && show !== 'all' && !state.shows.includes(show);
        count.replaceChildren(formatNumber(counts[show]));
      }
      const stamp = JSON.stringify([...byCategory].sort());
      if (stamp !== drawn) select.replaceChildren(...options(ways, byCategory));
      drawn = stamp;
    },
    /** What is chosen, and what would be taken back. @param {DeskState} state @param {{words: string} | null} step */
    mark(state, step) {
      shows = state.shows;
      for (const { show, button } of chips) {
        const isOn = show === 'all' ? shows.length === 0 : shows.includes(show);
        button.setAttribute('aria-pressed', String(isOn));
      }
      undo.show(step);
      showNear(near, state.near);
      select.value = state.category;
      if (document.activeElement !== search) search.value = state.q;
      clear.hidden = !isFiltered(state);
      for (const button of panes)
        button.setAttribute('aria-pressed', String(button.dataset.pane === state.pane));
    },
    search: () => search.focus(),
    /** The first heading. */
    focus: () => chips[0].button.focus(),
  };
}
