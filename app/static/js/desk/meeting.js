/**
 * The projector: shows one slide at a time, by keys and buttons, with its number in the address. Every picture is
 * fetched when the page opens, and the page says when it needs the network no more. What goes is meeting-now.js's.
 */
import { on } from '../shared/dom.js';
import { loadCatalogue, t, tn } from '../shared/i18n.js';
import { keepToNow } from './meeting-now.js';

const slides = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.slide')]);
/** @returns {HTMLImageElement[]} */
const photosNow = () => [...document.querySelectorAll(/** @type {'img'} */ ('[data-photo]'))];

/** @param {string} id */
const el = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const back = /** @type {HTMLButtonElement} */ (el('back'));
const onward = /** @type {HTMLButtonElement} */ (el('on'));
const full = /** @type {HTMLButtonElement} */ (el('full'));

/** The slide that the address names, from 0. */
function named() {
  const number = Number.parseInt(location.hash.slice(1), 10);
  return Math.min(Math.max(number || 1, 1), slides.length) - 1;
}

let shown = named();

/** @param {number} index */
function show(index) {
  shown = Math.min(Math.max(index, 0), slides.length - 1);
  for (const [n, slide] of slides.entries()) slide.hidden = n !== shown;
  back.disabled = shown === 0;
  onward.disabled = shown === slides.length - 1;
  el('number').textContent = t('{n} of {all}', { n: shown + 1, all: slides.length });
  slides[shown]?.focus({ preventScroll: true });
}

/** @param {number} index */
function go(index) {
  show(index);
  history.replaceState(null, '', `#${shown + 1}`);
}

/** @type {Record<string, () => void>} */
const KEYS = {
  ArrowRight: () => go(shown + (document.dir === 'rtl' ? -1 : 1)),
  ArrowLeft: () => go(shown + (document.dir === 'rtl' ? 1 : -1)),
  PageDown: () => go(shown + 1),
  PageUp: () => go(shown - 1),
  Home: () => go(0),
  End: () => go(slides.length - 1),
};

/** @param {KeyboardEvent} event */
function pressed(event) {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  act();
}

/** How far the pictures have come, in words. A picture that did not come leaves its description. */
function tellState() {
  const photos = photosNow();
  const come = photos.filter((photo) => photo.complete && photo.naturalWidth > 0).length;
  const lost = photos.filter((photo) => photo.complete && photo.naturalWidth === 0).length;
  const waiting = photos.length - come - lost;
  const words = waiting
    ? t('Pictures: {n} of {all} …', { n: come, all: photos.length })
    : lost
      ? tn(
          '{n} picture did not come. Load the page again.',
          '{n} pictures did not come. Load the page again.',
          lost,
        )
      : t('Ready: works without the network');
  if (el('state').textContent !== words) el('state').textContent = words;
}

function watchPhotos() {
  for (const photo of photosNow()) {
    on(photo, 'load', tellState);
    on(photo, 'error', tellState);
  }
  tellState();
}

await loadCatalogue(document.documentElement.lang);
document.body.classList.add('meeting--live');
back.hidden = onward.hidden = false;
full.hidden = !document.fullscreenEnabled;
on(back, 'click', () => go(shown - 1));
on(onward, 'click', () => go(shown + 1));
on(full, 'click', () =>
  document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen(),
);
on(document, 'keydown', pressed);
on(globalThis, 'hashchange', () => show(named()));
watchPhotos();
keepToNow(watchPhotos);
show(shown);
