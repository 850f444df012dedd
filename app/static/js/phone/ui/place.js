/**
 * A new pin without touching the map: where one stands, at a stop, or by an address. And moving a pin that exists, by
 * crosshair or one metre at a time.
 */
/** @import {App, Screen, Spot} from './types' */
/** @import {PinItem, PositionView, Stop} from '../types' */
import { AddressIndex } from '../../shared/address.js';
import { announce, h } from '../../shared/dom.js';
import { metresBetween, moved } from '../../shared/geo.js';
import { t, tn } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { getAddressIndex } from '../pack.js';
import { here, onPosition, position } from '../position.js';
import { revisePin } from '../store.js';
import { button, iconButton } from './screen.js';
import { toast } from './toast.js';
import { accuracyWords, isPlaced, stopAt, whereFrom } from './words.js';

const MOST_HITS = 8;

/** @param {App} app @param {Partial<Spot> & Pick<Spot, 'there' | 'source'>} spot */
function begin(app, spot) {
  app.spot = {
    here: here(),
    stop_id: stopAt(app.bundle.stops, spot.there)?.id ?? null,
    address: null,
    ...spot,
  };
  app.router.go('new', { replace: true });
}

/** @param {App} app @returns {Screen} */
export function placeScreen(app) {
  const words = h('p', { class: 'muted small' });
  const mine = button('locate-fixed', t('Where I am'), () => beginHere(app), {
    look: 'btn--primary btn--wide',
    id: 'place-here',
  });
  /** @param {PositionView} view */
  const draw = (view) => {
    mine.disabled = !isPlaced(view);
    words.textContent = accuracyWords(view);
  };
  const toMap = () => app.router.go('', { replace: true });
  const stops = app.bundle.stops.map((stop) => stopLine(app, stop));
  draw(position());
  return {
    title: t('Where is it?'),
    body: [
      mine,
      words,
      addressField(app),
      stops.length > 0
        ? h('section', null, h('h2', null, t('At a stop')), h('ul', { class: 'rows' }, stops))
        : null,
      button('map', t('On the map'), toMap, { look: 'btn--wide' }),
    ],
    close: onPosition(draw),
  };
}

/** @param {App} app */
function beginHere(app) {
  const { fix } = position();
  if (fix) begin(app, { there: { lat: fix.lat, lon: fix.lon }, source: 'sensor' });
}

/** @param {App} app @param {Stop} stop */
function stopLine(app, stop) {
  const fix = app.fix();
  const there = { lat: stop.lat, lon: stop.lon };
  const choose = () => begin(app, { there, source: 'stop', stop_id: stop.id });
  const name = t('At stop {n}: {name}', { n: stop.order, name: stop.name });
  const words = h(
    'span',
    { class: 'line__text' },
    h('span', { class: 'line__title' }, name),
    fix ? h('span', { class: 'line__more' }, whereFrom(fix, stop)) : null,
  );
  const row = h('button', { type: 'button', class: 'line', onclick: choose }, icon('flag'), words);
  return h('li', null, row);
}

/** @param {App} app */
function addressField(app) {
  /** @type {AddressIndex | null} */
  let index = null;
  const hits = h('ul', { class: 'rows' });
  const status = h('p', { class: 'muted small', role: 'status' });
  const input = h('input', {
    class: 'input',
    id: 'address',
    type: 'search',
    autocomplete: 'off',
    enterkeyhint: 'search',
    'aria-describedby': 'address-hint',
    dir: 'auto',
    oninput: () => draw(),
  });

  function draw() {
    const typed = input.value.trim();
    const found = index && typed.length > 1 ? index.search(typed, MOST_HITS) : [];
    status.textContent = typed.length > 1 && index ? tn('{n} match', '{n} matches', found.length) : '';
    hits.replaceChildren(
      ...found.map((hit) => {
        const name = [hit.name, hit.number].filter(Boolean).join(' ');
        const pick = () =>
          begin(app, { there: { lat: hit.lat, lon: hit.lon }, source: 'address', address: name });
        return h(
          'li',
          null,
          h(
            'button',
            { type: 'button', class: 'line', onclick: pick },
            icon('map-pin'),
            h('span', { class: 'line__text', dir: 'auto' }, name),
          ),
        );
      }),
    );
  }

  void getAddressIndex(app.walk).then((data) => {
    index = data ? new AddressIndex(data) : null;
    if (!index) {
      input.disabled = true;
      status.textContent = t('The address list is not on the phone yet.');
    }
    draw();
  });
  return h(
    'div',
    { class: 'field' },
    h('label', { class: 'field__label', for: 'address' }, t('Type an address')),
    h(
      'span',
      { class: 'field__hint', id: 'address-hint' },
      t('Street and number, or a place nearby. Nothing leaves the phone.'),
    ),
    input,
    status,
    hits,
  );
}

/**
 * R6's "Move": the pin goes where the crosshair goes, or by one metre a press.
 * @param {App} app @param {PinItem} pin @param {() => void} done
 */
export function moveSheet(app, pin, done) {
  const from = pin.fields.there;
  let there = from;
  const far = h(
    'p',
    { class: 'muted', role: 'status' },
    t('Drag the map, or press the arrows: one metre each.'),
  );
  const tell = () => {
    far.textContent = tn('Moved {n} metre', 'Moved {n} metres', Math.round(metresBetween(from, there)));
  };
  /** @param {number} east @param {number} north */
  const step = (east, north) => () => {
    there = moved(there, east, north);
    app.map?.setView(there);
    tell();
  };
  const pad = h(
    'div',
    { class: 'pad', role: 'group', 'aria-label': t('Move by one metre') },
    h('span'),
    iconButton('arrow-up', t('One metre north'), step(0, 1), 'btn--map'),
    h('span'),
    iconButton('arrow-left', t('One metre west'), step(-1, 0), 'btn--map'),
    iconButton('arrow-down', t('One metre south'), step(0, -1), 'btn--map'),
    iconButton('arrow-right', t('One metre east'), step(1, 0), 'btn--map'),
  );
  async function save() {
    const stop = stopAt(app.bundle.stops, there);
    await revisePin(pin.id, { there, source: 'crosshair', stop_id: stop?.id ?? null, address: null });
    announce(t('The pin is moved'));
    toast(t('The pin is moved'), { say: null });
    done();
  }
  const stop = app.map?.onMove((center, { byHand }) => {
    if (!byHand) return;
    there = center;
    tell();
  });
  const heading = h('h2', { tabindex: '-1', id: 'move-title' }, t('Move the pin'));
  const sheet = h(
    'section',
    { class: 'sheet rise', role: 'dialog', 'aria-modal': 'false', 'aria-labelledby': 'move-title' },
    h('div', { class: 'sheet__head' }, heading, button(null, t('Cancel'), done, { look: 'btn--quiet' })),
    h('div', { class: 'sheet__body stack' }, far, pad),
    h(
      'div',
      { class: 'bottom' },
      button('check', t('Save the place'), () => void save(), { look: 'btn--cta', id: 'move-save' }),
    ),
  );
  return { sheet, heading, close: () => stop?.() };
}
