/**
 * Single keys for those who review hundreds. Never inside a field, never with Ctrl, Alt or Meta, and they can be
 * switched off (WCAG 2.1.4); the choice stays on this computer.
 */

const KEY = 'ts-desk-keys';
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

/** @param {Record<string, () => void>} acts by key */
export function onKeys(acts) {
  document.addEventListener('keydown', (event) => {
    const target = /** @type {Element} */ (event.target);
    const key = keyOf(event, Boolean(target.closest?.(FIELDS)) || Boolean(target.closest?.('dialog')));
    if (key === null || !Object.hasOwn(acts, key) || !keysAreOn()) return;
    event.preventDefault();
    acts[key]();
  });
}
