/**
 * Starts the desk of the walk that the page is about, and gives it its keys and buttons.
 */
import { announce } from '../shared/dom.js';
import { loadCatalogue, t } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { Desk, el } from './desk.js';
import { createHelp } from './help.js';
import { onKeys } from './keys.js';

/** @param {boolean} contact */
function showContact(contact) {
  const live = el('live');
  live.classList.toggle('live--lost', !contact);
  const words = contact ? t('Live') : t('No contact – trying again');
  live.replaceChildren(icon(contact ? 'circle-check' : 'cloud-off', 18), words);
  if (!contact) announce(words);
}

const lang = document.documentElement.lang;
await loadCatalogue(lang);
showContact(true);
const desk = new Desk(JSON.parse(el('bundle').textContent ?? ''), lang, showContact);
const help = createHelp();
onKeys({
  j: () => desk.step(1),
  k: () => desk.step(-1),
  a: () => desk.decide('approved'),
  h: () => desk.decide('hidden'),
  v: () => desk.detail.reveal(),
  g: () => desk.approvePhoto(),
  z: () => desk.undo(),
  '/': () => desk.bar.search(),
  '?': help,
});
el('keys').addEventListener('click', help);
el('news').addEventListener('click', () => desk.showNews());
el('reset').addEventListener('click', () => desk.reset());
desk.start();
