/**
 * Light or dark at the desk: as the computer, or as chosen here. The choice stays on this computer; early.js applies
 * it before the first paint.
 */
import { on } from '../shared/dom.js';

const KEY = 'ts-desk-theme';
const CHANGED = 'desk-theme';

/** The theme that is shown now. @returns {'light' | 'dark'} */
export function themeNow() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** @param {() => void} listener */
export function onTheme(listener) {
  on(globalThis, CHANGED, listener);
  on(matchMedia('(prefers-color-scheme: dark)'), 'change', listener);
}

/** @param {string} theme '' follows the computer */
export function chooseTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    if (theme) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // No storage: the choice holds for this page.
  }
  dispatchEvent(new Event(CHANGED));
}
