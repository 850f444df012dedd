/**
 * Leading a walk by phone: counts that grow while one walks, one stop at a time, the QR code over the whole screen.
 * Promises: everything but the counts works without network, also when the page is opened anew, and these say how old
 * they are; what cannot be sent is said, and the page stays. Asks for numbers only.
 */
import { request } from '../shared/api.js';
import { on } from '../shared/dom.js';
import { lang, loadCatalogue, t } from '../shared/i18n.js';
import { showAlarms } from './alarms.js';
import { KEPT } from './kept.js';

const EVERY_MS = 20_000;

/** @template {HTMLElement} E @param {string} id @returns {E} */
const el = (id) => /** @type {E} */ (document.getElementById(id));
const page = el('lead');
const walk = page.dataset.walk ?? '';
const api = `/api/desk/walks/${walk}`;

// ---------------------------------------------------------------- counts
let at = new Date(page.dataset.at ?? '');
let isAway = false;

function tellAge() {
  const time = new Intl.DateTimeFormat(lang(), { hour: '2-digit', minute: '2-digit' }).format(at);
  const words = isAway
    ? t('No network. The numbers are from {time}.', { time })
    : t('As of {time}', { time });
  if (el('age').textContent !== words) el('age').textContent = words;
  page.classList.toggle('is-old', isAway);
}

/** @param {Record<string, any>} figures */
function show(figures) {
  for (const box of document.querySelectorAll('[data-figure]'))
    box.textContent = String(figures[/** @type {HTMLElement} */ (box).dataset.figure ?? '']);
  showAlarms(figures.alarms);
  at = new Date(figures.at);
}

/** Logged out elsewhere. */
async function leave() {
  await caches.delete(KEPT);
  location.reload();
}

async function look() {
  const { ok, data, status } = await request('GET', `${api}/figures`);
  if (status === 401) return leave();
  isAway = !ok;
  if (ok) show(data);
  tellAge();
}

// ---------------------------------------------------------------- stops
const stops = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-stop]')]);
const links = [...document.querySelectorAll('.lead-list a')];
const NAME = `ts-lead-${walk}`;
let shown = 0;

function remembered() {
  try {
    return Number(localStorage.getItem(NAME)) || 0;
  } catch {
    return 0;
  }
}

/** @param {number} index */
function go(index) {
  shown = Math.min(Math.max(index, 0), stops.length - 1);
  try {
    localStorage.setItem(NAME, String(shown));
  } catch {
    // No storage: the page itself remembers.
  }
  for (const [n, stop] of stops.entries()) stop.hidden = n !== shown;
  for (const [n, link] of links.entries()) {
    if (n === shown) link.setAttribute('aria-current', 'step');
    else link.removeAttribute('aria-current');
  }
  const next = stops[shown + 1];
  const onward = /** @type {HTMLButtonElement} */ (el('step-on'));
  onward.disabled = !next;
  const words = onward.querySelector('span');
  if (words)
    words.textContent = next
      ? t('Next stop: {name}', { name: next.dataset.stop ?? '' })
      : t('This is the last stop');
  /** @type {HTMLButtonElement} */ (el('step-back')).disabled = shown === 0;
}

/** @param {number} index */
function walkTo(index) {
  go(index);
  stops[shown].focus({ preventScroll: true });
  stops[shown].scrollIntoView({ block: 'nearest' });
}

function stopsOneByOne() {
  el('steps').hidden = false;
  on(el('step-on'), 'click', () => walkTo(shown + 1));
  on(el('step-back'), 'click', () => walkTo(shown - 1));
  for (const [n, link] of links.entries()) {
    on(link, 'click', (event) => {
      event.preventDefault();
      walkTo(n);
    });
  }
  go(remembered());
}

// ---------------------------------------------------------------- the code, and the two switches
function codeOverAll() {
  const box = /** @type {HTMLDialogElement | null} */ (document.getElementById('qr'));
  if (!box) return;
  on(el('show-qr'), 'click', (event) => {
    event.preventDefault();
    box.showModal();
  });
}

/** A form's own way would leave the page, and without network not come back. @param {HTMLFormElement} form */
function switchOf(form) {
  const thing = form.dataset.put ?? '';
  on(form, 'submit', async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (/** @type {SubmitEvent} */ (event).submitter);
    button.disabled = true;
    const body = thing === 'state' ? { state: button.value } : { paused: button.value === 'yes' };
    const result = await request('PUT', `${api}/${thing}`, { body });
    if (result.ok) return location.assign(`/desk/walks/${walk}/lead?done=${thing}`);
    button.disabled = false;
    const words = result.problem?.title ?? t('No network right now. Try again when there is one.');
    const trouble = el('trouble');
    trouble.hidden = false;
    trouble.lastElementChild?.replaceChildren(words);
    trouble.scrollIntoView({ block: 'nearest' });
  });
}

/** For a time without network; sw.js shows it then, and logging out lets go of it. */
async function keep() {
  const { serviceWorker } = navigator;
  if (!serviceWorker || !globalThis.caches) return;
  const files = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  const own = files.filter((url) => url.origin === location.origin && url.pathname.startsWith('/static/'));
  const wanted = [location.pathname, ...new Set(own.map(({ pathname }) => pathname))];
  const cache = await caches.open(KEPT);
  await cache.addAll(wanted);
  for (const request of await cache.keys())
    if (!wanted.includes(new URL(request.url).pathname)) await cache.delete(request);
  await serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
}

async function start() {
  await loadCatalogue(document.documentElement.lang);
  if (stops.length > 0) stopsOneByOne();
  codeOverAll();
  for (const form of document.querySelectorAll('form[data-put]'))
    switchOf(/** @type {HTMLFormElement} */ (form));
  tellAge();
  setInterval(() => void (document.hidden || look()), EVERY_MS);
  on(document, 'visibilitychange', () => void (document.hidden || look()));
  on(globalThis, 'online', () => void look());
  if (document.readyState === 'complete') await keep().catch(() => undefined);
  else on(globalThis, 'load', () => void keep().catch(() => undefined));
}

void start();
