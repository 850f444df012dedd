/**
 * One line that says what just happened, with at most three things to do about it. Stays while touched or focused;
 * nothing is only reachable here: what it offers is also in "My pins".
 */
import { announce, h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { topmost } from './screen.js';

const STAY = 6000;

/** @type {(() => void) | null} */
let closeLast = null;

/** What was said is known: the resident went on to something else. */
export const closeToast = () => closeLast?.();

/**
 * @param {string} text
 * @param {{actions?: [string, () => void][], thumb?: Blob | null, icon?: string, stay?: number, say?: string | null}} [options]
 *   say: what a screen reader hears instead; null when it was told already
 * @returns {() => void} close
 */
export function toast(
  text,
  { actions = [], thumb = null, icon: name = 'circle-check', stay = STAY, say = text } = {},
) {
  closeLast?.();
  const url = thumb ? URL.createObjectURL(thumb) : null;
  const close = () => {
    clearTimeout(timer);
    if (url) URL.revokeObjectURL(url);
    el.remove();
    if (closeLast === close) closeLast = null;
  };
  const buttons = actions.map(([label, run]) => {
    const act = () => {
      close();
      run();
    };
    return h('button', { type: 'button', class: 'btn', onclick: act }, label);
  });
  const picture = url ? h('img', { class: 'toast__thumb', src: url, alt: '' }) : icon(name);
  const el = h(
    'section',
    { class: 'toast', 'aria-label': t('Message') },
    h('span', { class: 'toast__text' }, picture, h('span', null, text)),
    buttons.length > 0 && h('span', { class: 'toast__actions' }, buttons),
  );
  let timer = setTimeout(close, stay);
  const hold = () => clearTimeout(timer);
  const resume = () => {
    clearTimeout(timer);
    timer = setTimeout(close, stay);
  };
  for (const type of ['pointerenter', 'focusin']) el.addEventListener(type, hold);
  for (const type of ['pointerleave', 'focusout']) el.addEventListener(type, resume);
  const seat = topmost();
  const foot = seat.querySelector('.screen__foot')?.clientHeight ?? 0;
  if (foot > 0) el.style.setProperty('--foot', `${foot}px`); // what the screen offers stays in reach
  seat.append(el);
  closeLast = close;
  if (say) announce(say);
  return close;
}
