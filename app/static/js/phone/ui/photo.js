/**
 * R5, the viewfinder, over a pin that is already saved. Every way out of here is fine: shutter, "No photo", back.
 * Promises: nothing waits for a camera longer than its own time limit; without one, the phone's camera or a picture
 * from the gallery; the page may die while another camera is in front (the pin asks again at the next start).
 */
/** @import {App, Screen} from './types' */
/** @import {Camera, PinItem, PhotoToAdd} from '../types' */
import { announce, h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { openCamera, preparePhoto } from '../capture.js';
import { buzz, pref } from '../prefs.js';
import { addPhoto, getPin, StorageFull } from '../store.js';
import { photoSavedWord, savedWord } from './now.js';
import { button } from './screen.js';
import { toast } from './toast.js';
import { categoryOf, clock, nameOf } from './words.js';

const ASKING_MS = 20_000;

/** "Lighting, 18.42": what a picture is called until somebody writes better. @param {App} app @param {PinItem} pin */
export function altFor(app, pin) {
  const name = nameOf(categoryOf(app.bundle, pin.category), pin.fields.kind);
  const stop = app.bundle.stops.find(({ id }) => id === pin.fields.stop_id);
  return [name, stop?.name, clock(pin.made_at)].filter(Boolean).join(', ');
}

/**
 * Make a picture small and put it on the pin. The pin is safe whatever happens here.
 * @param {App} app @param {string} id @param {Blob | ImageBitmap} picture @returns {Promise<PinItem | null>}
 */
export async function keepPhoto(app, id, picture) {
  const pin = await getPin(id);
  if (!pin) return null;
  try {
    /** @type {PhotoToAdd} */
    const photo = {
      ...(await preparePhoto(picture)),
      alt: altFor(app, pin),
      taken_at: new Date().toISOString(),
    };
    return await addPhoto(id, photo);
  } catch (error) {
    const text =
      error instanceof StorageFull
        ? t('Your phone is full. The pin is saved, but the photo did not fit.')
        : t('The pin is there, but the picture could not be used. Try another picture.');
    buzz('error');
    toast(text, { icon: 'circle-alert' });
    return getPin(id);
  }
}

/**
 * A real button with a file input inside, so that the tap itself opens camera or gallery.
 * @param {string} iconName @param {string} label @param {boolean} camera @param {(file: File) => void} take @param {string} [look]
 */
export function fileButton(iconName, label, camera, take, look = '') {
  const input = h('input', {
    type: 'file',
    accept: 'image/*',
    'aria-label': label,
    capture: camera ? 'environment' : null,
    onchange: () => {
      const file = input.files?.[0];
      input.value = '';
      if (file) take(file);
    },
  });
  const el = h(
    'label',
    { class: `btn file-button ${look}` },
    icon(iconName),
    h('span', { 'aria-hidden': 'true' }, label),
    input,
  );
  return { el, input };
}

/** Somebody who is being asked for permission may read the question first. @returns {Promise<{timeout?: number}>} */
async function patience() {
  const name = /** @type {PermissionName} */ ('camera');
  const state = await navigator.permissions?.query({ name }).then(
    (found) => found.state,
    () => 'granted',
  );
  return state === 'prompt' ? { timeout: ASKING_MS } : {};
}

class Viewfinder {
  /** @type {Camera | null} */
  #camera = null;
  #isClosed = false;

  /** @param {App} app @param {PinItem} pin @param {(pin: PinItem) => void} after */
  constructor(app, pin, after) {
    this.app = app;
    this.pin = pin;
    this.result = pin;
    this.after = after;
    this.video = h('video', { playsinline: true, autoplay: true, 'aria-label': t('Viewfinder') });
    this.video.muted = true;
    const wait = h('p', { class: 'camera__wait' }, t('Opening the camera …'));
    this.view = h('div', { class: 'camera__view' }, wait);
    this.shutter = h('button', {
      type: 'button',
      class: 'shutter',
      'aria-label': t('Take photo'),
      disabled: true,
      onclick: () => void this.#shoot(),
    });
    this.torch = h('span');
    const skip = button(null, t('No photo'), app.router.back, { id: 'photo-skip' });
    this.controls = h('div', { class: 'camera__controls' }, skip, this.shutter, this.torch);
    const name = nameOf(categoryOf(app.bundle, pin.category), pin.fields.kind);
    // An old pin was not saved now.
    const words = pin.awaiting_photo ? `${savedWord()}: ${name}` : name;
    this.saved = h('p', { class: 'camera__saved' }, icon('circle-check'), h('span', null, words));
  }

  async open() {
    if (pref('camera') === 'phone') return this.#fallBack();
    const opened = await openCamera(await patience());
    if (!opened.ok) return this.#fallBack();
    this.#camera = opened.camera;
    if (this.#isClosed) return opened.camera.stop();
    this.view.replaceChildren(
      this.video,
      h('p', { class: 'camera__hint' }, t('Avoid faces and number plates')),
    );
    try {
      await opened.camera.attach(this.video);
    } catch {
      return this.#fallBack();
    }
    this.shutter.disabled = false;
    this.shutter.focus();
    this.#offerTorch(opened.camera);
  }

  async #shoot() {
    if (!this.#camera || this.shutter.disabled) return;
    this.shutter.disabled = true;
    this.video.pause();
    try {
      await this.#keep(await this.#camera.takeFrame());
    } catch {
      this.#fallBack();
    }
  }

  /** @param {Blob | ImageBitmap} picture */
  async #keep(picture) {
    this.shutter.disabled = true;
    this.view.append(h('p', { class: 'camera__hint' }, t('Saving the photo …')));
    this.result = (await keepPhoto(this.app, this.pin.id, picture)) ?? this.pin;
    const isKept = this.result.photos.length > this.pin.photos.length;
    if (isKept) announce(photoSavedWord());
    if (this.#isClosed) return;
    if (isKept || this.result.photo_lost) this.app.router.back();
    else this.#fallBack();
  }

  /** The phone's own camera, or a picture that is there already. */
  #fallBack() {
    const keep = (/** @type {File} */ file) => void this.#keep(file);
    const take = fileButton('camera', t('Take photo'), true, keep, 'btn--cta');
    const pick = fileButton('image', t('Choose a picture'), false, keep, 'btn--wide');
    const words = h('p', null, t('Photograph the place. Avoid faces and number plates.'));
    this.view.replaceChildren(h('div', { class: 'camera__choices' }, words, take.el, pick.el));
    this.shutter.hidden = true;
    if (pref('camera') === 'phone' && navigator.userActivation?.isActive) take.input.click();
  }

  /** @param {Camera} camera */
  #offerTorch(camera) {
    if (!camera.hasTorch) return;
    let isOn = false;
    const flip = async () => {
      isOn = !isOn;
      torch.setAttribute('aria-pressed', String(isOn));
      await camera.setTorch(isOn).catch(() => undefined);
    };
    const torch = button('flashlight', t('Torch'), () => void flip(), { pressed: false });
    this.torch.replaceChildren(torch);
  }

  close() {
    this.#isClosed = true;
    this.#camera?.stop();
    this.after(this.result);
  }
}

/**
 * @param {App} app @param {PinItem} pin
 * @param {(pin: PinItem) => void} after called once the screen is closed, whichever way
 * @returns {Screen}
 */
export function photoScreen(app, pin, after) {
  const finder = new Viewfinder(app, pin, after);
  void finder.open();
  return {
    title: t('Photo'),
    look: 'camera',
    bare: true,
    body: [finder.saved, finder.view, finder.controls],
    close: () => finder.close(),
  };
}
