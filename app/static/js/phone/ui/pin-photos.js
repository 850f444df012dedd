/**
 * The photos of a pin: seen small, added, described, removed. Owns the object URLs it makes and lets them go.
 */
/** @import {App} from './types' */
/** @import {PhotoItem, PinItem} from '../types' */
import { announce, h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { createDraft, photoKey } from '../draft.js';
import { pref } from '../prefs.js';
import { getPin, getThumb, onChange, removePhoto, revisePhoto } from '../store.js';
import { createAutosave } from './autosave.js';
import { photoSavedWord, stateNow } from './now.js';
import { fileButton, keepPhoto } from './photo.js';
import { refusal } from './refused.js';
import { button, iconButton } from './screen.js';
import { seldom } from './seldom.js';
import { refusedWords } from './status.js';

const MOST = 5;

/** @param {App} app @param {PinItem} pin @returns {{el: HTMLElement, close: () => void}} */
export function photoSection(app, pin) {
  const grid = h('div', { class: 'photos' });
  const lost = h('p', { class: 'notice is-warning', hidden: !pin.photo_lost });

  async function redraw() {
    const now = await getPin(pin.id);
    if (now) await draw(now);
  }

  /** @param {File} file */
  async function take(file) {
    grid.setAttribute('aria-busy', 'true');
    const before = (await getPin(pin.id))?.photos.length ?? 0;
    const kept = await keepPhoto(app, pin.id, file);
    grid.removeAttribute('aria-busy');
    await redraw();
    if (kept && kept.photos.length > before) announce(photoSavedWord());
  }

  /** @param {PinItem} now */
  async function draw(now) {
    const shown = await Promise.all(now.photos.map((photo, i) => photoCard(app, now, photo, i + 1, redraw)));
    const room = now.photos.length < MOST;
    grid.replaceChildren(...shown, ...(room ? adders(app, pin, take) : []));
    lost.hidden = !now.photo_lost;
    const full = t('Your phone is full. The pin is saved, but the photo did not fit.');
    const words = now.awaiting_photo ? t('There is room for the photo now.') : full;
    lost.replaceChildren(icon('circle-alert'), h('span', null, words));
  }

  /** What has been sent meanwhile is told where it stands; nothing is drawn anew under somebody's finger. */
  const follow = seldom(async () => {
    const now = await getPin(pin.id);
    for (const { sha256, state } of now?.photos ?? [])
      grid.querySelector(`[data-photo="${sha256}"]`)?.replaceChildren(stateNow({ state }).text);
  });

  void draw(pin);
  const el = h('fieldset', null, h('legend', { class: 'legend' }, t('Photos')), lost, grid);
  return { el, close: onChange(follow) };
}

/** @param {App} app @param {PinItem} pin @param {(file: File) => void} take */
function adders(app, pin, take) {
  const open = () => app.router.go(`photo/${pin.id}`);
  const camera =
    pref('camera') === 'app'
      ? h(
          'button',
          { type: 'button', class: 'btn add-photo', id: 'pin-add-photo', onclick: open },
          icon('camera'),
          h('span', null, t('Take photo')),
        )
      : fileButton('camera', t('Take photo'), true, take, 'add-photo').el;
  return [camera, fileButton('image', t('Choose a picture'), false, take, 'add-photo').el];
}

/** @param {App} app @param {PinItem} pin @param {PhotoItem} photo @param {number} n @param {() => void} changed */
async function photoCard(app, pin, photo, n, changed) {
  const thumb = await getThumb(app.walk.id, photo.sha256);
  const url = thumb ? URL.createObjectURL(thumb) : '';
  const img = h('img', { src: url || null, alt: photo.alt, onload: () => URL.revokeObjectURL(url) });
  const drop = async () => {
    await removePhoto(pin.id, photo.sha256);
    changed();
  };
  const isRefused = photo.state === 'help';
  const remove = isRefused
    ? button('trash-2', t('Remove photo {n}', { n }), () => void drop(), { look: 'btn--danger btn--wide' })
    : iconButton('trash-2', t('Remove photo {n}', { n }), () => void drop());
  const state = h('span', { class: 'small muted grow', 'data-photo': photo.sha256 }, stateNow(photo).text);
  return h(
    'div',
    { class: 'photo' },
    img,
    altField(pin, photo, n),
    h('div', { class: 'row' }, state, isRefused ? null : remove),
    isRefused && refusal(app.walk.id, refusedWords(photo.problem, true), remove),
  );
}

/** What the picture shows, in words, for those who do not see it. @param {PinItem} pin @param {PhotoItem} photo @param {number} n */
function altField(pin, photo, n) {
  const input = h('input', {
    class: 'input',
    type: 'text',
    'aria-label': t('Describe photo {n}', { n }),
    maxlength: 500,
    dir: 'auto',
  });
  input.value = photo.alt;
  const draft = createDraft(photoKey(pin.id, photo.sha256), { alt: photo.alt }, async (patch) => {
    const { photos } = await revisePhoto(pin.id, photo.sha256, patch);
    return photos.find(({ sha256 }) => sha256 === photo.sha256) ?? patch;
  });
  const autosave = createAutosave(draft.write, () => undefined, draft.keep);
  input.addEventListener('input', () => autosave.set({ alt: input.value }, true));
  input.addEventListener('change', () => void autosave.flush());
  return input;
}
