/**
 * The list that is the map's equal: the same pins, the same way to add one, sorted by distance or time.
 * Owns the row of another participant's pin too; own pins open in more.js.
 */
/** @import {App, Screen} from './types' */
/** @import {PinItem, PinView} from '../types' */
import { h, on } from '../../shared/dom.js';
import { metresBetween } from '../../shared/geo.js';
import { t, tn } from '../../shared/i18n.js';
import { pinSymbol } from '../../shared/symbols.js';
import { onPosition } from '../position.js';
import { setPref } from '../prefs.js';
import { oneOf } from './fields.js';
import { otherSpot, ownSpot } from './home-map.js';
import { stateNow } from './now.js';
import { button } from './screen.js';
import { photoWords } from './status.js';
import { categoryOf, moment, nameOf, whereFrom } from './words.js';

/** @typedef {{id: string, place: {lat: number, lon: number}, at: number, own: PinItem | null, other: PinView | null}} Row */

/** @param {PinItem[]} pins @param {PinView[]} others @returns {Row[]} */
export function rowsOf(pins, others) {
  const own = new Set(pins.map(({ id }) => id));
  return [
    ...pins.map((pin) => ({
      id: pin.id,
      place: pin.fields.there,
      at: Date.parse(pin.made_at),
      own: pin,
      other: null,
    })),
    // Another's pin carries no time: its order is that of the feed, after one's own.
    ...others
      .filter(({ id }) => !own.has(id))
      .map((pin) => ({ id: pin.id, place: pin, at: pin.seq - 1e9, own: null, other: pin })),
  ];
}

/** @param {Row[]} rows @param {string} by 'near' or 'new' @param {{lat: number, lon: number} | null} from */
export function sorted(rows, by, from) {
  const near = by === 'near' && from;
  return [...rows].sort((a, b) =>
    near ? metresBetween(near, a.place) - metresBetween(near, b.place) : b.at - a.at,
  );
}

/** @param {App} app @returns {Screen} */
export function listScreen(app) {
  let by = 'near';
  const list = h('ul', { class: 'rows' });
  const count = h('p', { class: 'muted', role: 'status' });
  setPref('view', 'list');

  function draw() {
    const from = app.fix() ?? app.map?.center() ?? null;
    const rows = sorted(rowsOf(app.pins, app.others), by, from);
    count.textContent =
      rows.length === 0
        ? t('No pins yet. Press New pin when you notice something, good or bad.')
        : tn('{n} pin', '{n} pins', rows.length);
    const focused = document.activeElement?.id;
    list.replaceChildren(...rows.map((row) => h('li', null, line(app, row))));
    if (focused) document.getElementById(focused)?.focus();
  }

  const toMap = button(
    'map',
    t('Map'),
    () => {
      setPref('view', 'map');
      app.router.go('');
    },
    { id: 'show-map' },
  );
  const sort = oneOf(
    t('Sort by'),
    [
      ['near', t('Nearest')],
      ['new', t('Newest')],
    ],
    by,
    (value) => {
      by = value ?? 'near';
      draw();
    },
    { required: true },
  );
  const stops = [on(document, 'ts-redraw', draw), onPosition(() => by === 'near' && draw())];
  draw();
  return {
    title: t('List'),
    body: [toMap, sort, count, list],
    foot: button('plus', t('New pin'), () => app.router.go('place'), { look: 'btn--cta', id: 'list-new' }),
    close() {
      for (const stop of stops) stop();
    },
  };
}

/** @param {App} app @param {Row} row */
function line(app, { id, place, own, other }) {
  const category = categoryOf(app.bundle, own?.category ?? other?.category ?? 'other');
  const kind = own?.fields.kind ?? other?.kind ?? 'problem';
  const fix = app.fix();
  const where = fix ? whereFrom(fix, place) : '';
  const facts = own
    ? [moment(own.made_at), stateNow(own).text, photoWords(own)]
    : [t('from others'), t('No. {n}', { n: other?.number ?? 0 })];
  const text = own?.fields.text || other?.text || '';
  const spot = own ? ownSpot(app, own) : other ? otherSpot(app, other) : null;
  return h(
    'button',
    { type: 'button', class: 'line', id: `list-${id}`, onclick: () => app.router.go(`pin/${id}`) },
    h('span', { class: 'line__symbol' }, spot && pinSymbol(spot)),
    h(
      'span',
      { class: 'line__text' },
      h('span', { class: 'line__title' }, nameOf(category, kind)),
      h('span', { class: 'line__more' }, [where, ...facts].filter(Boolean).join(' · ')),
      text ? h('span', { class: 'line__more', dir: 'auto' }, text) : null,
    ),
  );
}

/** Another participant's pin: to read, not to change. @param {App} app @param {PinView} pin @returns {Screen} */
export function otherScreen(app, pin) {
  const category = categoryOf(app.bundle, pin.category);
  const fix = app.fix();
  const photos = pin.photos.map(({ id, alt }) =>
    h('img', {
      src: `/api/walks/${app.walk.id}/photos/${id}/full`,
      alt: alt || nameOf(category, pin.kind),
      loading: 'lazy',
      // Without network there is no picture; its place is not worth a broken one.
      onerror: (/** @type {Event} */ event) => /** @type {Element} */ (event.target).remove(),
    }),
  );
  const show = () => {
    app.router.go('', { replace: true });
    app.map?.setView(pin, 19);
    app.map?.focusPin(pin.id);
  };
  return {
    title: nameOf(category, pin.kind),
    body: [
      h(
        'div',
        { class: 'line' },
        h('span', { class: 'line__symbol' }, pinSymbol(otherSpot(app, pin))),
        h(
          'span',
          { class: 'line__text' },
          h('span', null, t('Pin {n} from another participant', { n: pin.number })),
          fix ? h('span', { class: 'line__more' }, whereFrom(fix, pin)) : null,
        ),
      ),
      pin.text
        ? h('p', { dir: 'auto' }, pin.text)
        : h('p', { class: 'muted' }, t('Text and photos are shown when an organiser has read them.')),
      ...photos,
      button('map', t('Show on the map'), show),
    ],
  };
}
