/**
 * One pin's row in "My pins": what it is, where it is, and why. Owns no state.
 */
/** @import {App} from './types' */
/** @import {PinItem} from '../types' */
import { h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon, pinSymbol } from '../../shared/symbols.js';
import { ownSpot } from './home-map.js';
import { stateNow, waitsNow } from './now.js';
import { button } from './screen.js';
import { photoWords, troubles, wholeState } from './status.js';
import { beginning, categoryOf, moment, nameOf } from './words.js';

/** How much of a note is shown. */
const NOTE = 60;

/** @param {App} app @param {PinItem} pin @param {boolean} explained the sentence on top tells why it waits */
export function mineRow(app, pin, explained) {
  const state = wholeState(pin);
  const { text, icon: name } = stateNow({ state });
  const title = nameOf(categoryOf(app.bundle, pin.category), pin.fields.kind);
  const more = [moment(pin.made_at), photoWords(pin), beginning(pin.fields.text, NOTE)].filter(Boolean);
  const line = h(
    'button',
    { type: 'button', class: 'line', id: `mine-${pin.id}`, onclick: () => app.router.go(`pin/${pin.id}`) },
    h('span', { class: 'line__symbol' }, pinSymbol(ownSpot(app, pin))),
    h(
      'span',
      { class: 'line__text' },
      h('span', { class: 'line__title' }, title),
      h('span', { class: 'line__more' }, more.join(' · ')),
      h('span', { class: 'state', 'data-state': state }, icon(name), text),
      pin.conflict
        ? h(
            'span',
            { class: 'line__more' },
            t('There is another version of this pin. Both are kept, and the organiser chooses.'),
          )
        : null,
      pin.late
        ? h(
            'span',
            { class: 'line__more', 'data-late': true },
            t('It came in after the walk had ended, and was received.'),
          )
        : null,
    ),
  );
  return h('li', null, line, why(pin, explained), addAgain(app, pin));
}

/** There is room for the photo that did not fit. @param {App} app @param {PinItem} pin */
function addAgain({ router }, { id, photo_lost, awaiting_photo }) {
  if (!photo_lost || !awaiting_photo) return null;
  return button('camera', t('Add photo'), () => router.go(`photo/${id}`), { id: `add-${id}` });
}

/** "See why": what was refused and what helps, or what it waits for. @param {PinItem} pin @param {boolean} explained */
function why(pin, explained) {
  const refused = troubles(pin);
  if (refused.length === 0 && (explained || !pin.problem)) return null;
  const lines = refused.length > 0 ? refused : [waitsNow(pin.problem)];
  return h(
    'details',
    { class: 'more' },
    h('summary', null, t('See why')),
    lines.map((line) => h('p', { class: 'why' }, line)),
  );
}
