/**
 * One line about what was just done, with "Undo". It stays while it has focus or the pointer, and is never the only
 * way: the key Z and the buttons of the detail do the same.
 */
import { announce, h, on } from '../shared/dom.js';
import { icon } from '../shared/symbols.js';

const STAY = 6000;

/** @type {(() => void) | null} */
let closeLast = null;

/**
 * @param {string} text
 * @param {{action?: [string, () => void], tone?: 'good' | 'error'}} [options]
 */
export function toast(text, { action, tone = 'good' } = {}) {
  closeLast?.();
  const close = () => {
    clearTimeout(timer);
    el.remove();
    if (closeLast === close) closeLast = null;
  };
  const act = () => {
    close();
    action?.[1]();
  };
  const el = h(
    'div',
    { class: `desk-toast${tone === 'error' ? ' desk-toast--error' : ''}` },
    icon(tone === 'error' ? 'circle-alert' : 'circle-check'),
    h('span', { class: 'grow' }, text),
    action && h('button', { type: 'button', class: 'btn', onclick: act }, action[0]),
  );
  let timer = setTimeout(close, STAY);
  for (const type of ['pointerenter', 'focusin']) on(el, type, () => clearTimeout(timer));
  for (const type of ['pointerleave', 'focusout'])
    on(el, type, () => {
      clearTimeout(timer);
      timer = setTimeout(close, STAY);
    });
  (document.querySelector('main') ?? document.body).append(el);
  closeLast = close;
  announce(text, tone === 'error');
}
