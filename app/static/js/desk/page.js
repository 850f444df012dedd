/**
 * What every desk page does: the look switch, copying a link, and going away for good after log-out. A page that the
 * browser brings back from its memory is loaded again, so that nobody reads it with "Back" after the log-out.
 */
import { on } from '../shared/dom.js';
import { loadCatalogue, t } from '../shared/i18n.js';
import { letGoAtLogout } from './kept.js';
import { chooseTheme } from './theme.js';

const CHOICE = 'data-theme-choice';

function lookSwitch() {
  const buttons = document.querySelectorAll(`[${CHOICE}]`);
  const mark = () => {
    const chosen = document.documentElement.dataset.theme ?? '';
    for (const button of buttons)
      button.setAttribute('aria-pressed', String(button.getAttribute(CHOICE) === chosen));
  };
  for (const button of buttons) {
    on(button, 'click', () => {
      chooseTheme(button.getAttribute(CHOICE) ?? '');
      mark();
    });
  }
  for (const box of document.querySelectorAll('[data-look]')) box.removeAttribute('hidden');
  mark();
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
letGoAtLogout();
for (const button of document.querySelectorAll('[data-copy]'))
  copyButton(/** @type {HTMLElement} */ (button));
