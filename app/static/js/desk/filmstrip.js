/**
 * Photos one at a time: approve, hide or black out by one key, and on to the next. Each is blurred until it is shown, and
 * none is approved unseen. Which photos those are is settled when it opens; how they stand is what the desk knows now.
 */
import { announce, h, on } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { reviewWord } from './words.js';

/** @import {Act, DeskPhoto, DeskPin, Review} from './types' */
/**
 * @typedef {object} FilmWays
 * @property {string} walk
 * @property {() => DeskPin[]} pins
 * @property {(pin: DeskPin) => string} labelOf
 * @property {(act: Act) => Promise<unknown>} run
 * @property {() => Promise<number | null>} undo answers with the pin whose act was taken back
 * @property {(pin: DeskPin, photo: DeskPhoto, closed: () => void) => void} edit
 */

/** Every photo once, of those that are to be reviewed first, else all. @param {DeskPin[]} pins @returns {{number: number, id: string}[]} */
export function filmOf(pins) {
  /** @type {Map<string, {number: number, id: string, isNew: boolean}>} */
  const found = new Map();
  for (const pin of [...pins].sort((a, b) => a.number - b.number))
    for (const photo of pin.whole?.photos ?? [])
      if (photo.id && photo.state === 'ready' && !found.has(photo.id))
        found.set(photo.id, { number: pin.number, id: photo.id, isNew: photo.review === 'new' });
  const all = [...found.values()];
  const fresh = all.filter((one) => one.isNew);
  return fresh.length > 0 ? fresh : all;
}

/** @param {string} name @param {string} words @param {string} key @param {() => void} act @param {string} [more] */
const decision = (name, words, key, act, more = '') =>
  h(
    'button',
    { type: 'button', class: `btn ${more}`, onclick: act },
    icon(name, 20),
    words,
    h('kbd', { 'aria-hidden': 'true' }, key),
  );

class Filmstrip {
  #ways;
  #film;
  /** Those that were shown here. @type {Set<string>} */
  #seen = new Set();
  #at = 0;
  #opener = document.activeElement;
  #image = h('img', { class: 'film__image', alt: '' });
  #veil = h('span', { class: 'shot__veil' }, icon('eye', 22), t('Show'));
  #frame = h('button', { type: 'button', class: 'film__frame', onclick: () => this.#reveal() });
  #count = h('p', { class: 'film__count', tabindex: -1 });
  #words = h('p', { class: 'film__words', dir: 'auto' });
  #facts = h('p', { class: 'small muted' });
  #buttons = {
    approve: decision('check', t('Approve photo'), 'A', () => this.#decide('approved'), 'btn--primary'),
    hide: decision('eye-off', t('Hide photo'), 'H', () => this.#decide('hidden')),
    black: decision('pencil', t('Black out'), 'R', () => this.#edit()),
    onward: decision('arrow-right', t('Next'), 'J', () => this.#go(this.#at + 1)),
    back: decision('arrow-left', t('Previous'), 'K', () => this.#go(this.#at - 1)),
    undo: decision('undo-2', t('Undo'), 'Z', () => this.#undo()),
  };
  #dialog;

  /** @param {FilmWays} ways */
  constructor(ways) {
    this.#ways = ways;
    this.#film = filmOf(ways.pins());
    this.#frame.append(this.#image, this.#veil);
    this.#dialog = this.#makeDialog();
    on(this.#dialog, 'keydown', (event) => this.#press(event));
    on(this.#dialog, 'close', () => this.#closed());
  }

  open() {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#go(0);
  }

  #makeDialog() {
    const close = () => this.#dialog.close();
    const shut = { type: 'button', class: 'btn btn--icon', 'aria-label': t('Close'), onclick: close };
    const hint = h('p', { class: 'small muted' }, t('V shows the photo. Nothing is approved unseen.'));
    const shown = [this.#count, this.#facts, this.#words, ...Object.values(this.#buttons), hint];
    return h(
      'dialog',
      { class: 'editor film', 'aria-labelledby': 'film-title' },
      h(
        'header',
        { class: 'row row--apart' },
        h('h2', { id: 'film-title' }, t('Photos, one at a time')),
        h('button', shut, icon('x')),
      ),
      h(
        'div',
        { class: 'editor__body' },
        h('div', { class: 'film__stage' }, this.#frame),
        h('div', { class: 'editor__side stack stack--tight' }, shown),
      ),
    );
  }

  /** A photo of the film as the desk knows it now. @param {number} at @returns {{pin: DeskPin, photo: DeskPhoto} | null} */
  #known(at) {
    const one = this.#film[at];
    const pin = one && this.#ways.pins().find(({ number }) => number === one.number);
    const photo = pin?.whole?.photos.find(({ id }) => id === one.id);
    return pin && photo ? { pin, photo } : null;
  }

  /** @param {DeskPhoto} photo */
  #isClear(photo) {
    return photo.review === 'approved' || this.#seen.has(photo.id ?? '');
  }

  /** @param {DeskPhoto} photo @param {boolean} isClear */
  #address(photo, isClear) {
    const size = isClear ? 'full' : 'thumb';
    return `/api/desk/walks/${this.#ways.walk}/photos/${photo.id}/${size}?v=${photo.version}`;
  }

  /** @param {number} next */
  #go(next) {
    this.#at = Math.min(Math.max(next, 0), this.#film.length - 1);
    this.#draw();
    this.#count.focus();
  }

  #draw() {
    const now = this.#known(this.#at);
    if (!now) return this.#dialog.close();
    const { pin, photo } = now;
    const isClear = this.#isClear(photo);
    const src = this.#address(photo, isClear);
    if (this.#image.getAttribute('src') !== src) this.#image.src = src;
    this.#image.classList.toggle('shot__image--blurred', !isClear);
    const alt = photo.alt || t('Photo of pin {n}', { n: pin.number });
    this.#image.alt = isClear ? alt : t('Blurred photo');
    this.#frame.disabled = isClear;
    this.#veil.hidden = isClear;
    this.#tell(pin, photo);
    const { approve, hide, back, onward } = this.#buttons;
    approve.setAttribute('aria-pressed', String(photo.review === 'approved'));
    hide.setAttribute('aria-pressed', String(photo.review === 'hidden'));
    back.disabled = this.#at === 0;
    onward.disabled = this.#at === this.#film.length - 1;
    this.#fetchNext();
  }

  /** @param {DeskPin} pin @param {DeskPhoto} photo */
  #tell(pin, photo) {
    const { proposals, boxes } = photo;
    this.#count.textContent = t('Photo {i} of {n}', { i: this.#at + 1, n: this.#film.length });
    this.#words.textContent = pin.whole?.text ?? '';
    const facts = [
      `${this.#ways.labelOf(pin)} ${t('#{n}', { n: pin.number })}`,
      reviewWord(photo.review),
      proposals.length > 0 && t('possible faces: {n}', { n: proposals.length }),
      boxes.length > 0 && t('black-outs: {n}', { n: boxes.length }),
    ];
    this.#facts.textContent = facts.filter(Boolean).join(' · ');
  }

  /** The next one's blurred and clear pictures, so that no key waits for the network. */
  #fetchNext() {
    const next = this.#known(this.#at + 1);
    if (next) for (const isClear of [false, true]) new Image().src = this.#address(next.photo, isClear);
  }

  #reveal() {
    const now = this.#known(this.#at);
    if (now?.photo.id) this.#seen.add(now.photo.id);
    this.#draw();
    this.#count.focus();
  }

  /** @param {Review} to */
  async #decide(to) {
    const now = this.#known(this.#at);
    if (!now?.photo.id) return;
    if (to === 'approved' && !this.#isClear(now.photo)) {
      this.#reveal();
      announce(t('Look at the photo first, then approve it.'));
      return;
    }
    const done = this.#ways.run({ what: 'photo', number: now.pin.number, photo: now.photo.id, to });
    if (this.#at < this.#film.length - 1) this.#go(this.#at + 1);
    await done;
    if (this.#dialog.open) this.#draw();
  }

  #edit() {
    const now = this.#known(this.#at);
    if (!now?.photo.id) return;
    this.#seen.add(now.photo.id);
    this.#ways.edit(now.pin, now.photo, () => this.#draw());
  }

  async #undo() {
    const number = await this.#ways.undo();
    const place = this.#film.findIndex((one) => one.number === number);
    this.#go(place < 0 ? this.#at : place);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    /** @type {Record<string, () => void>} */
    const keys = {
      a: () => this.#decide('approved'),
      g: () => this.#decide('approved'),
      h: () => this.#decide('hidden'),
      r: () => this.#edit(),
      v: () => this.#reveal(),
      j: () => this.#go(this.#at + 1),
      k: () => this.#go(this.#at - 1),
      z: () => this.#undo(),
    };
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #closed() {
    this.#dialog.remove();
    const opener = this.#opener;
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  }
}

/** @param {FilmWays} ways */
export const openFilmstrip = (ways) => new Filmstrip(ways).open();
