/**
 * What every desk page does: the look switch, copying a link, and going away for good after log-out. A page that the
 * browser brings back from its memory is loaded again, so that nobody reads it with "Back" after the log-out.
 */
import { loadCatalogue, t } from '../shared/i18n.js';
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
function choose(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    if (theme) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // No storage: the choice holds for this page.
  }
  mark(theme);
  dispatchEvent(new Event(CHANGED));
}

/** @param {string} theme */
function mark(theme) {
  for (const button of document.querySelectorAll('[data-theme-choice]'))
    button.setAttribute('aria-pressed', String(button.getAttribute('data-theme-choice') === theme));
}

function lookSwitch() {
  for (const box of document.querySelectorAll('[data-look]')) box.removeAttribute('hidden');
  for (const button of document.querySelectorAll('[data-theme-choice]'))
    on(button, 'click', () => choose(button.getAttribute('data-theme-choice') ?? ''));
  mark(document.documentElement.dataset.theme ?? '');
}

/** Esc and a click beside it close the settings. */
function menus() {
  const menu = /** @type {HTMLDetailsElement | null} */ (document.querySelector('.menu'));
  if (!menu) return;
  on(document, 'click', (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  on(menu, 'keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
    event.stopPropagation();
  });
}

/** @param {HTMLElement} button */
async function copyButton(button) {
  await loadCatalogue(document.documentElement.lang);
  button.hidden = false;
  on(button, 'click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy ?? '');
    button.replaceChildren(t('Copied'));
  });
}

on(globalThis, 'pageshow', (event) => {
  if (event.persisted) location.reload();
});
lookSwitch();
menus();
for (const button of document.querySelectorAll('[data-copy]'))
  copyButton(/** @type {HTMLElement} */ (button));
