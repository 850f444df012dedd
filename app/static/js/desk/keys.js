/**
 * Single keys for those who review hundreds. Never inside a field, never with Ctrl, Alt or Meta, and they can be
 * switched off (WCAG 2.1.4); the choice stays on this computer. A key held down, or a double-click, acts once; held
 * keys only step through the list.
 */

const KEY = 'ts-desk-keys';
/** What goes on while its key is held down. */
const STEPS = new Set(['j', 'k', 'Shift+j', 'Shift+k']);
const FIELDS = 'input, textarea, select, [contenteditable]';

export function keysAreOn() {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

/** @param {boolean} isOn */
export function switchKeys(isOn) {
  try {
    localStorage.setItem(KEY, isOn ? 'on' : 'off');
  } catch {
    // No storage: the keys stay on.
  }
}

/** What a press means, or null. @param {{key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean}} press @param {boolean} inField */
export function keyOf(press, inField) {
  if (inField || press.ctrlKey || press.altKey || press.metaKey) return null;
  return press.key.length === 1 ? press.key.toLowerCase() : null;
}

/** The act's name of a press: with Shift its own one, if there is one. @param {string} key @param {boolean} isShifted @param {object} acts */
export const nameOf = (key, isShifted, acts) =>
  isShifted && Object.hasOwn(acts, `Shift+${key}`) ? `Shift+${key}` : key;

/** A box to tick takes no letters, so keys work there too. @param {Element} target */
const isField = (target) =>
  Boolean(target.closest?.('dialog')) || (Boolean(target.closest?.(FIELDS)) && !target.matches('.tick'));

/** For a button that says the opposite once it was pressed: the second half of a double-click is no press. @param {() => void} act */
export const once = (act) => (/** @type {MouseEvent} */ event) => {
  if (event.detail < 2) act();
};

/** Escape: out of a field first, else whatever is to be closed. @param {Element} target @param {() => void} close */
function leave(target, close) {
  if (target.closest?.('dialog, .mappane, .menu')) return;
  if (isField(target)) /** @type {HTMLElement} */ (target).blur();
  else close();
}

/**
 * @param {Record<string, () => void>} acts by key
 * @param {{open: () => void, close: () => void}} ways Enter where nothing has the focus, and Escape outside map and dialogs
 */
export function onKeys(acts, { open, close }) {
  document.addEventListener('keydown', (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.repeat && event.key === 'Enter' && target.matches('button')) return event.preventDefault();
    if (event.key === 'Enter' && target === document.body) return open();
    if (event.key === 'Escape') return leave(target, close);
    const pressed = keyOf(event, isField(target));
    if (pressed === null || !keysAreOn()) return;
    const name = nameOf(pressed, event.shiftKey, acts);
    if (!Object.hasOwn(acts, name)) return;
    event.preventDefault();
    if (!event.repeat || STEPS.has(name)) acts[name]();
  });
}
