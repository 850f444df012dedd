/**
 * Screens and small questions over the map, as real <dialog>s: focus is caught inside, Escape and the phone's back
 * button close, focus goes to the heading and afterwards back to where it was.
 * Owns opening and closing; what stands in a screen is its own module's.
 */
/** @import {Screen} from './types' */
import { h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';

/** @typedef {Node | string | null | false} Part */

/** An icon that follows the direction of reading. @param {string} name */
export function turning(name) {
  const el = icon(name);
  el.classList.add('icon--turns');
  return el;
}

/**
 * @param {string | null} iconName @param {string} label
 * @param {() => void} run @param {{look?: string, id?: string, pressed?: boolean}} [how]
 */
export function button(iconName, label, run, { look = '', id, pressed } = {}) {
  const face = iconName ? icon(iconName) : null;
  const props = { type: 'button', class: `btn ${look}`.trim(), id, onclick: run };
  const el = h('button', props, face, h('span', null, label));
  if (pressed !== undefined) el.setAttribute('aria-pressed', String(pressed));
  return el;
}

/**
 * Only an icon to see, with a name to hear.
 * @param {string | SVGElement} face @param {string} label @param {() => void} run @param {string} [look] @param {string} [id]
 */
export function iconButton(face, label, run, look = 'btn--icon', id) {
  const props = { type: 'button', class: `btn ${look}`, id, 'aria-label': label, title: label, onclick: run };
  return h('button', props, typeof face === 'string' ? icon(face) : face);
}

/** Live regions and the toast must stand inside the open dialog, or nobody hears and reaches them. @param {Element} where */
function bringVoice(where) {
  for (const voice of document.querySelectorAll('[aria-live].visually-hidden')) where.append(voice);
  const seat = where === document.body ? seatOnMap() : where;
  for (const said of document.querySelectorAll('.toast')) seat.append(said);
}

/** Within the map, or a page that has none. */
const seatOnMap = () => document.querySelector('.app__map') ?? document.body;

/** The topmost open dialog, or the map. @returns {HTMLElement} */
export function topmost() {
  const open = document.querySelectorAll('dialog[open]');
  return /** @type {HTMLElement} */ (open[open.length - 1] ?? seatOnMap());
}

/**
 * @param {Screen} screen
 * @param {() => void} leave what Escape and the back arrow do
 * @returns {{el: HTMLDialogElement, close: () => void}}
 */
export function openScreen(screen, leave) {
  const title = h('h1', { tabindex: '-1', class: screen.bare ? 'visually-hidden' : null }, screen.title);
  const back = iconButton(turning('arrow-left'), t('Back'), leave);
  const el = h(
    'dialog',
    { class: `screen ${screen.look ?? ''}`.trim(), 'aria-label': screen.title },
    screen.bare ? title : h('header', { class: 'screen__head' }, back, title),
    screen.bare ? screen.body : h('div', { class: 'screen__body stack' }, screen.body),
    screen.foot ? h('footer', { class: 'screen__foot' }, screen.foot) : null,
  );
  el.addEventListener('cancel', (event) => {
    if (event.target !== el) return; // a file chooser or camera was closed without a picture: that ends nothing here
    event.preventDefault();
    leave();
  });
  document.body.append(el);
  el.showModal();
  bringVoice(el);
  title.focus();
  return {
    el,
    close() {
      bringVoice(document.body);
      el.close();
      el.remove();
      screen.close?.();
    },
  };
}

/**
 * A question with a few buttons; Escape answers null.
 * @param {string} title @param {Part[]} body @param {[string, string, string?][]} choices value, label, look
 * @returns {Promise<string | null>}
 */
export function ask(title, body, choices) {
  return new Promise((resolve) => {
    /** @param {string | null} value */
    const finish = (value) => {
      bringVoice(document.body);
      el.close();
      el.remove();
      resolve(value);
    };
    const buttons = choices.map(([value, label, look]) =>
      button(null, label, () => finish(value), { look: `btn--wide ${look ?? ''}` }),
    );
    const heading = h('h2', { tabindex: '-1' }, title);
    const el = h(
      'dialog',
      { class: 'dialog', 'aria-label': title },
      heading,
      body,
      h('div', { class: 'dialog__buttons' }, buttons),
    );
    el.addEventListener('cancel', (event) => {
      event.preventDefault();
      finish(null);
    });
    document.body.append(el);
    el.showModal();
    bringVoice(el);
    heading.focus();
  });
}
