/**
 * The head of "Add more": which pin it is, and where it is now. Draws itself anew when that changes: what was sent
 * a minute ago and is being edited is no longer sent.
 */
/** @import {App} from './types' */
/** @import {PinItem} from '../types' */
import { h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon, pinSymbol } from '../../shared/symbols.js';
import { getPin, onChange } from '../store.js';
import { ownSpot } from './home-map.js';
import { stateNow } from './now.js';
import { seldom } from './seldom.js';
import { photoWords, wholeState } from './status.js';
import { categoryOf, moment, nameOf } from './words.js';

/** @param {App} app @param {PinItem} pin @returns {{el: HTMLElement, close: () => void}} */
export function pinHead(app, pin) {
  const text = h('span', { class: 'line__text' }, lines(app, pin));
  const redraw = seldom(async () => {
    const now = await getPin(pin.id);
    if (now) text.replaceChildren(...lines(app, now));
  });
  const el = h(
    'div',
    { class: 'line' },
    h('span', { class: 'line__symbol' }, pinSymbol(ownSpot(app, pin))),
    text,
  );
  return { el, close: onChange(redraw) };
}

/** @param {App} app @param {PinItem} pin */
function lines(app, pin) {
  const state = wholeState(pin);
  const { text, icon: name } = stateNow({ state });
  const stop = app.bundle.stops.find(({ id }) => id === pin.fields.stop_id);
  const number = pin.number ? t('No. {n}', { n: pin.number }) : null;
  const more = [number, moment(pin.made_at), stop?.name, photoWords(pin)];
  return [
    h('span', { class: 'line__title' }, nameOf(categoryOf(app.bundle, pin.category), pin.fields.kind)),
    h('span', { class: 'line__more' }, more.filter(Boolean).join(' · ')),
    h('span', { class: 'state', 'data-state': state }, icon(name), text),
  ];
}
