/**
 * Starts the desk of the walk that the page is about, and gives it its keys and buttons.
 */
import { announce, h } from '../shared/dom.js';
import { loadCatalogue, t } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { Desk } from './desk.js';
import { createHelp } from './help.js';
import { onKeys } from './keys.js';
import { el } from './notices.js';
import { watchRefill } from './refilled.js';
import { toast } from './toast.js';

/** @param {boolean} contact */
function showContact(contact) {
  const live = el('live');
  live.classList.toggle('live--lost', !contact);
  const isOut = !contact && desk.loader.isLoggedOut;
  const words = contact ? t('Live') : isOut ? t('You are logged out') : t('No contact – trying again');
  live.replaceChildren(icon(contact ? 'circle-check' : isOut ? 'circle-alert' : 'cloud-off', 18), words);
  // In another tab, where this one may hold words that are not saved yet: it goes on by itself afterwards.
  if (isOut) live.append(' ', h('a', { href: '/desk/', target: '_blank' }, t('Log in')));
  if (!contact) announce(words);
}

const lang = document.documentElement.lang;
await loadCatalogue(lang);
showContact(true);
/** @type {import('./types').DeskBundle} */
const bundle = JSON.parse(el('bundle').textContent ?? '');
const desk = new Desk(bundle, lang, showContact);
const help = createHelp(bundle.may_run);
const { triage, bar } = desk;

/** Keys that decide; for whom the server would refuse it, they say so. @param {Record<string, () => void>} acts */
function deciding(acts) {
  if (bundle.may_run) return acts;
  const refuse = () => toast(t('You can look and change nothing'));
  return Object.fromEntries(Object.keys(acts).map((name) => [name, refuse]));
}

onKeys(
  {
    j: () => desk.step(1),
    k: () => desk.step(-1),
    v: () => desk.detail.reveal(),
    f: () => bar.focus(),
    u: () => desk.filterUnusual(),
    l: () => desk.turn(),
    '/': () => bar.search(),
    '?': help,
    ...deciding({
      'Shift+j': () => desk.tickOn(1),
      'Shift+k': () => desk.tickOn(-1),
      a: () => triage.decide('approved'),
      h: () => triage.decide('hidden'),
      g: () => triage.approvePhoto(),
      e: () => desk.detail.write(),
      r: () => triage.photos.editNext(),
      p: () => triage.photos.film(),
      x: () => triage.toggle(),
      m: () => triage.merge(),
      o: () => triage.form.focus('owner_id'),
      s: () => triage.form.acceptOwner(),
      d: () => triage.form.focus('due_on'),
      t: () => triage.form.focus('status'),
      ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [n, () => triage.setStatus(n)])),
      w: () => desk.toTools(),
      z: () => triage.undo(),
    }),
  },
  { open: () => desk.detail.focus(), close: () => desk.leave() },
);
el('keys').addEventListener('click', help);
el('news').addEventListener('click', () => desk.showNews());
el('reset').addEventListener('click', () => desk.reset());
desk.start();
const refilled = document.getElementById('refilled');
if (refilled) watchRefill(refilled, bundle.walk.id);
