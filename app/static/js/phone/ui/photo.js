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
import { addPhoto, getPin, StorageFull, setAwaitingPhoto } from '../store.js';
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
        : t('The picture could not be used. The pin is saved; try another picture.');
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

/**
 * @param {App} app @param {PinItem} pin
 * @param {(pin: PinItem) => void} after called once the screen is closed, whichever way
 * @returns {Screen}
 */
export function photoScreen(app, pin, after) {
  let result = pin;
  /** @type {Camera | null} */
  let camera = null;
  let closed = false;
  const video = h('video', { playsinline: true, muted: true, autoplay: true, 'aria-label': t('Viewfinder') });
  video.muted = true;
  const view = h(
    'div',
    { class: 'camera__view' },
    h('p', { class: 'camera__wait' }, t('Opening the camera …')),
  );
  const shutter = h('button', {
    type: 'button',
    class: 'shutter',
    'aria-label': t('Take photo'),
    disabled: true,
    onclick: shoot,
  });
  const torchPlace = h('span');
  const skip = button(null, t('No photo'), app.router.back, { id: 'photo-skip' });
  const controls = h('div', { class: 'camera__controls' }, skip, shutter, torchPlace);
  const saved = h(
    'p',
    { class: 'camera__saved' },
    icon('circle-check'),
    h(
      'span',
      null,
      `${t('Saved on your phone')}: ${nameOf(categoryOf(app.bundle, pin.category), pin.fields.kind)}`,
    ),
  );

  /** @param {Blob | ImageBitmap} picture */
  async function keep(picture) {
    shutter.disabled = true;
    view.append(h('p', { class: 'camera__hint' }, t('Saving the photo …')));
    result = (await keepPhoto(app, pin.id, picture)) ?? pin;
    if (result.photos.length > pin.photos.length) announce(t('The photo is saved on your phone'));
    if (!closed) app.router.back();
  }

  async function shoot() {
    if (!camera || shutter.disabled) return;
    shutter.disabled = true;
    video.pause();
    try {
      await keep(await camera.takeFrame());
    } catch {
      fallBack();
    }
  }

  /** The phone's own camera, or a picture that is there already. */
  function fallBack() {
    const take = fileButton('camera', t('Take photo'), true, keep, 'btn--cta');
    const pick = fileButton('image', t('Choose a picture'), false, keep, 'btn--wide');
    view.replaceChildren(
      h(
        'div',
        { class: 'camera__choices' },
        h('p', null, t('Photograph the place. Avoid faces and number plates.')),
        take.el,
        pick.el,
      ),
    );
    shutter.hidden = true;
    if (pref('camera') === 'phone' && navigator.userActivation?.isActive) take.input.click();
  }

  function offerTorch() {
    if (!camera?.hasTorch) return;
    let on = false;
    const torch = button(
      'flashlight',
      t('Torch'),
      async () => {
        on = !on;
        torch.setAttribute('aria-pressed', String(on));
        await camera?.setTorch(on).catch(() => undefined);
      },
      { pressed: false },
    );
    torchPlace.replaceChildren(torch);
  }

  async function open() {
    if (pref('camera') === 'phone') return fallBack();
    const opened = await openCamera(await patience());
    if (!opened.ok) return fallBack();
    camera = opened.camera;
    if (closed) return camera.stop();
    view.replaceChildren(video, h('p', { class: 'camera__hint' }, t('Avoid faces and number plates')));
    try {
      await camera.attach(video);
    } catch {
      return fallBack();
    }
    shutter.disabled = false;
    shutter.focus();
    offerTorch();
  }

  void open();
  return {
    title: t('Photo'),
    look: 'camera',
    bare: true,
    body: [saved, view, controls],
    close() {
      closed = true;
      camera?.stop();
      void setAwaitingPhoto(pin.id, false);
      after(result);
    },
  };
}
