/**
 * A pin's photos: blurred until a human has approved them or asks to see them on this screen. Revealing decides
 * nothing and is forgotten when the page is left.
 */
import { h } from '../shared/dom.js';
import { formatNumber, t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { once } from './keys.js';
import { quarantineWord, reviewWord } from './words.js';

/** @import {Act, DeskPhoto, DeskPin, Review} from './types' */
/**
 * @typedef {object} PhotoContext
 * @property {string} walk
 * @property {boolean} mayRun
 * @property {(act: Act) => void} run
 * @property {() => void} changed
 * @property {(pin: DeskPin, photo: DeskPhoto) => void} edit black parts of it out
 * @property {() => void} film all photos, one at a time
 */

/** Photos that were revealed on this screen. @type {Set<string>} */
const revealed = new Set();

/** @param {DeskPhoto} photo */
const isBlurred = (photo) => photo.review !== 'approved' && !revealed.has(photo.sha256);

/** This photo was looked at somewhere else. @param {DeskPhoto} photo */
export const markSeen = (photo) => revealed.add(photo.sha256);

/** Reveal the pin's blurred photos, or blur them again when none is. @param {DeskPin} pin */
export function toggleReveal(pin) {
  const open = (pin.whole?.photos ?? []).filter(
    (photo) => photo.state === 'ready' && photo.review !== 'approved',
  );
  const blurred = open.filter(isBlurred);
  for (const photo of blurred) revealed.add(photo.sha256);
  if (blurred.length === 0) for (const photo of open) revealed.delete(photo.sha256);
}

/** What R is about: the first photo that nobody has judged, else the first of all. @param {DeskPin} pin */
export const photoToEdit = (pin) =>
  nextPhoto(pin) ?? pin.whole?.photos.find((photo) => photo.state === 'ready') ?? null;

/** The first photo that nobody has judged. @param {DeskPin} pin */
export const nextPhoto = (pin) =>
  pin.whole?.photos.find((photo) => photo.state === 'ready' && photo.review === 'new') ?? null;

/** @param {DeskPhoto} photo */
function stateWords(photo) {
  if (photo.state === 'expected')
    return t('The photo has not come yet. It follows when the phone has better coverage.');
  if (photo.state === 'received') return t('The photo has come and is being prepared.');
  const why = quarantineWord(photo.quarantine ?? 'unreadable');
  return `${why} ${t('{mb} MB are kept as they came.', { mb: formatNumber((photo.bytes ?? 0) / 1e6) })}`;
}

/** @param {DeskPhoto} photo @param {number} i @param {number} n */
function altOf(photo, i, n) {
  return photo.alt || t('Photo {i} of {n}', { i: i + 1, n });
}

/** @param {DeskPhoto} photo @param {string} alt @param {PhotoContext} context */
function picture(photo, alt, context) {
  const src = `/api/desk/walks/${context.walk}/photos/${photo.id}`;
  const blurred = isBlurred(photo);
  const image = h('img', {
    class: blurred ? 'shot__image shot__image--blurred' : 'shot__image',
    // Other pixels have another address, or the browser would show what it has drawn before.
    src: `${src}/${blurred ? 'thumb' : 'full'}?v=${photo.version}`,
    alt: blurred ? t('Blurred photo') : alt,
    width: photo.w,
    height: photo.h,
    decoding: 'async',
  });
  const show = () => {
    revealed.add(photo.sha256);
    context.changed();
  };
  if (!blurred)
    return h(
      'a',
      { class: 'shot__open', href: `${src}/full?v=${photo.version}`, target: '_blank', rel: 'noopener' },
      image,
    );
  return h(
    'button',
    { type: 'button', class: 'shot__reveal', onclick: show },
    image,
    h('span', { class: 'shot__veil' }, icon('eye', 22), t('Show')),
  );
}

/** @param {DeskPin} pin @param {DeskPhoto} photo @param {PhotoContext} context */
function decisions(pin, photo, context) {
  /** @param {Review} to @param {string} name @param {string} word */
  const button = (to, name, word) =>
    h(
      'button',
      {
        type: 'button',
        class: 'btn',
        'aria-pressed': String(photo.review === to),
        onclick: once(() =>
          context.run({
            what: 'photo',
            number: pin.number,
            photo: photo.id ?? '',
            to: photo.review === to ? 'new' : to,
          }),
        ),
      },
      icon(name, 20),
      word,
    );
  return h(
    'div',
    { class: 'decide', role: 'group', 'aria-label': t('Photo') },
    button('approved', 'check', t('Approve photo')),
    button('hidden', 'eye-off', t('Hide photo')),
    h(
      'button',
      {
        type: 'button',
        class: 'btn',
        'data-act': `redact-${photo.id}`,
        onclick: once(() => context.edit(pin, photo)),
      },
      icon('pencil', 20),
      photo.boxes.length > 0 ? t('Change black-outs') : t('Black out'),
    ),
  );
}

/** @param {DeskPin} pin @param {PhotoContext} context */
export function photosOf(pin, context) {
  const photos = pin.whole?.photos ?? [];
  if (photos.length === 0) return [];
  const figures = photos.map((photo, i) => {
    const alt = altOf(photo, i, photos.length);
    if (photo.state !== 'ready')
      return h(
        'li',
        { class: 'shot shot--none' },
        icon(photo.state === 'quarantined' ? 'camera-off' : 'hourglass'),
        h('p', null, stateWords(photo)),
      );
    return h(
      'li',
      { class: 'shot' },
      picture(photo, alt, context),
      h(
        'p',
        { class: 'small' },
        h('span', { class: `review review--${photo.review}` }, reviewWord(photo.review)),
        ` ${alt}`,
      ),
      photo.proposals.length > 0 &&
        h(
          'p',
          { class: 'small pill is-warning' },
          icon('users', 18),
          tn('{n} possible face', '{n} possible faces', photo.proposals.length),
        ),
      photo.quarantine &&
        h('p', { class: 'small muted' }, `${t('Set aside')}: ${quarantineWord(photo.quarantine)}`),
      context.mayRun && decisions(pin, photo, context),
    );
  });
  return [
    h('ul', { class: 'shots' }, figures),
    context.mayRun &&
      h(
        'button',
        { type: 'button', class: 'btn btn--quiet', 'data-act': 'film', onclick: once(context.film) },
        icon('image', 20),
        t('All photos, one at a time'),
      ),
  ];
}
