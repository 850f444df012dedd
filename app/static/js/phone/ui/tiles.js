/**
 * R4, the ten tiles: one tap and the pin is on the phone. The map above stays live, so that the crosshair can be
 * nudged until that tap; Cancel stores nothing. A long press, or the "Something good" button, turns a tile good.
 * Owns the sheet; what is saved with a pin is saving.js.
 */
/** @import {App} from './types' */
/** @import {Category} from '../types' */
import { h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { pref } from '../prefs.js';
import { isRecorder, whoseVoice } from './recorder.js';
import { button } from './screen.js';
import { categoryOf, groupOf, iconOf, kindOf, nameOf } from './words.js';

const LONG_PRESS_MS = 550;
const NUDGE_PX = 12;
/** @type {[string, number, number, string, () => string][]} */
const NUDGES = [
  ['n', 0, -1, 'arrow-up', () => t('Move the crosshair north')],
  ['w', -1, 0, 'arrow-left', () => t('Move the crosshair west')],
  ['e', 1, 0, 'arrow-right', () => t('Move the crosshair east')],
  ['s', 0, 1, 'arrow-down', () => t('Move the crosshair south')],
];

/** The tiles of the first screen, in their order. @param {Category[]} categories */
export const firstTiles = (categories) =>
  categories
    .filter((category) => category.button !== null)
    .sort((a, b) => Number(a.button) - Number(b.button));

/**
 * One category to tap.
 * @param {Category} category @param {boolean} good @param {(kind: string) => void} choose
 * @param {{long?: boolean, look?: string}} [how] `long`: the whole name and its hint
 */
export function tile(category, good, choose, { long = false, look = '' } = {}) {
  const kind = kindOf(category, good);
  const name = long && kind !== 'positive' ? category.label : nameOf(category, kind);
  const face = h('span', { class: 'badge' }, icon(iconOf(category, kind)));
  const words = h(
    'span',
    null,
    name.replaceAll('/', '/\u200b'),
    long && category.hint ? h('span', { class: 'tile__hint' }, category.hint) : null,
  );
  const el = h(
    'button',
    {
      type: 'button',
      class: `tile ${look}`,
      'data-group': groupOf(category, kind),
      'data-kind': kind,
      'data-code': category.code,
    },
    face,
    words,
  );
  pressable(
    el,
    () => choose(kind),
    () => choose(kindOf(category, !good)),
  );
  return el;
}

/** A tap acts on release; a press held long enough acts as the other choice, and only once. @param {HTMLElement} el @param {() => void} tap @param {() => void} hold */
function pressable(el, tap, hold) {
  let timer = 0;
  let held = false;
  const end = () => {
    clearTimeout(timer);
    delete el.dataset.held;
  };
  el.addEventListener('pointerdown', () => {
    held = false;
    timer = window.setTimeout(() => {
      held = true;
      el.dataset.held = '';
    }, LONG_PRESS_MS);
  });
  for (const type of ['pointerleave', 'pointercancel']) el.addEventListener(type, end);
  el.addEventListener('contextmenu', (event) => event.preventDefault());
  el.addEventListener('click', () => {
    const isHold = held;
    held = false;
    end();
    if (isHold) hold();
    else tap();
  });
}

/**
 * @param {App} app
 * @param {{save: (category: Category, kind: string) => void, all: () => void}} acts
 * @returns {{sheet: HTMLElement, over: HTMLElement, heading: HTMLElement}} `over` lies on the map
 */
export function tilesSheet(app, { save, all }) {
  let good = false;
  const heading = h('h2', { tabindex: '-1', id: 'tiles-title' }, t('What is it about?'));
  const grid = h('div', { class: 'tiles' });
  const flip = button('heart', t('Good'), turn, { look: 'good-flip', pressed: false });
  flip.title = t('Something good');
  const cancel = button(null, t('Cancel'), () => app.router.back(), {
    look: 'btn--quiet',
    id: 'tiles-cancel',
  });
  const sheet = h(
    'section',
    { class: 'sheet rise', role: 'dialog', 'aria-modal': 'false', 'aria-labelledby': 'tiles-title' },
    h('div', { class: 'sheet__head' }, heading, flip, cancel),
    h('div', { class: 'sheet__body' }, isRecorder(app) ? whoseVoice(null) : null, grid),
  );

  function draw() {
    grid.replaceChildren(
      ...firstTiles(app.bundle.categories).map((category) =>
        tile(category, good, (kind) => (category.code === 'other' ? all() : save(category, kind))),
      ),
    );
  }

  function turn() {
    good = !good;
    flip.setAttribute('aria-pressed', String(good));
    draw();
  }

  sheet.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') app.router.back();
  });
  draw();
  return { sheet, over: overMap(app, save), heading };
}

/** What lies over the map while the sheet is open: arrows, and "same as before". @param {App} app @param {(category: Category, kind: string) => void} save */
function overMap(app, save) {
  const nudges = NUDGES.map(([to, x, y, name, label]) => {
    const move = () => {
      app.map?.panBy(x * NUDGE_PX, y * NUDGE_PX);
      if (app.spot && app.map)
        Object.assign(app.spot, { there: app.map.center(), source: 'crosshair', address: null });
    };
    return h('button', { type: 'button', 'data-to': to, 'aria-label': label(), onclick: move }, icon(name));
  });
  const [code, kind] = pref('last').split(':');
  const last = app.bundle.categories.find((category) => category.code === code);
  const same =
    last &&
    h(
      'button',
      { type: 'button', class: 'chip same', onclick: () => save(last, kind) },
      h('span', null, t('Same as before: {category}', { category: nameOf(last, kind) })),
    );
  return h(
    'div',
    { class: 'over' },
    h('div', { class: 'nudge', role: 'group', 'aria-label': t('Move the crosshair') }, nudges),
    same,
  );
}

/**
 * All categories, grouped and searchable; for the tile "Other" and for changing a pin's category.
 * @param {App} app
 * @param {{title: string, chosen?: string | null, good?: boolean, none?: () => void, choose: (category: Category, kind: string) => void}} what
 * @returns {import('./types').Screen}
 */
export function allCategories(app, { title, chosen = null, good = false, none, choose }) {
  const list = h('div', { class: 'stack' });
  const search = h('input', {
    class: 'input',
    type: 'search',
    id: 'category-search',
    autocomplete: 'off',
    enterkeyhint: 'search',
    oninput: () => draw(),
  });
  const empty = h('p', { class: 'muted', role: 'status' });
  const flip = button('heart', t('Something good'), turn, { pressed: good });

  function turn() {
    good = !good;
    flip.setAttribute('aria-pressed', String(good));
    draw();
  }

  function draw() {
    const words = search.value;
    const found = app.bundle.categories.filter((category) => matches(category, words));
    empty.textContent = found.length === 0 ? t('Nothing matches. “Other” always fits.') : '';
    const shown = found.length === 0 ? [categoryOf(app.bundle, 'other')] : found;
    list.replaceChildren(
      ...app.bundle.groups
        .map((group) => ({ group, own: shown.filter((category) => category.group === group.code) }))
        .filter(({ own }) => own.length > 0)
        .map(({ group, own }) =>
          h(
            'section',
            { class: 'stack stack--tight', 'aria-label': group.label },
            h('h2', null, group.label),
            own.map((category) => {
              const el = tile(category, good, (kind) => choose(category, kind), {
                long: true,
                look: 'tile--all',
              });
              if (category.code === chosen) el.setAttribute('aria-current', 'true');
              return el;
            }),
          ),
        ),
    );
  }

  draw();
  const field = h(
    'div',
    { class: 'field' },
    h('label', { class: 'field__label', for: 'category-search' }, t('Search')),
    search,
  );
  return { title, body: [field, flip, none ? button(null, t('None'), none) : null, empty, list] };
}

/** Words apart, each behind a space. @param {string} text */
const spaced = (text) => ` ${text.toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')}`;

/** What was typed begins words of it: "man" is in "many" and not in "woman". @param {Category} category @param {string} typed */
export function matches(category, typed) {
  const text = spaced([category.label, category.tile, category.label_positive, category.hint].join(' '));
  return spaced(typed)
    .trim()
    .split(' ')
    .every((word) => text.includes(` ${word}`));
}
