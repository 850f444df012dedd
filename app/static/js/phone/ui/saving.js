/**
 * From a tile tap to a pin on the phone, with the word, the shake and the way back.
 * Promises: nothing is called saved before the store says so; what follows (photo, more) is the resident's choice.
 */
/** @import {App, Spot} from './types' */
/** @import {Category, Kind, PinItem} from '../types' */
import { announce } from '../../shared/dom.js';
import { metresBetween } from '../../shared/geo.js';
import { t } from '../../shared/i18n.js';
import { dropDraft } from '../draft.js';
import { buzz, pref, setPref } from '../prefs.js';
import {
  getThumb,
  release,
  revisePin,
  savePin,
  setAwaitingPhoto,
  storeMode,
  undo,
  withdrawPin,
} from '../store.js';
import { savedWord } from './now.js';
import { voiceOfNew } from './recorder.js';
import { toast } from './toast.js';
import { nameOf, rounded } from './words.js';

/** @param {Spot} spot */
const withoutHere = (spot) => ({
  there: spot.there,
  source: spot.source,
  stop_id: spot.stop_id,
  address: spot.address,
});

/**
 * @param {App} app @param {Category} category @param {string} kind
 * @returns {Promise<PinItem | null>} null when the phone refused
 */
export async function saveNew(app, category, kind) {
  const { spot } = app;
  if (!spot) return null;
  app.spot = null;
  const wantsPhoto = pref('camera') !== 'off';
  try {
    const fields = {
      kind: /** @type {Kind} */ (kind),
      category: category.code,
      here: spot.here,
      ...withoutHere(spot),
      ...voiceOfNew(app),
    };
    const n = app.pins.length + 1; // before the list is read anew
    const pin = await savePin(app.walk.id, fields, { hold: wantsPhoto, awaitingPhoto: wantsPhoto });
    setPref('last', `${category.code}:${kind}`);
    buzz('saved');
    announce(savedWords(app, spot, nameOf(category, kind), n));
    return pin;
  } catch {
    app.spot = spot;
    buzz('error');
    announce(t('The pin could not be saved. Free some space on the phone and try again.'), true);
    toast(t('The pin could not be saved. Free some space on the phone and try again.'), {
      icon: 'circle-alert',
      say: null,
    });
    return null;
  }
}

/**
 * "Pin 4 saved: Lighting, 6 metres from you."
 * @param {App} app @param {Spot} spot @param {string} category @param {number} n
 */
function savedWords(app, spot, category, n) {
  if (storeMode().memory) return `${category}. ${savedWord()}`;
  const fix = app.fix();
  if (!fix) return t('Pin {n} saved: {category}.', { n, category });
  const m = rounded(metresBetween(fix, spot.there));
  return t('Pin {n} saved: {category}, {m} metres from you.', { n, category, m });
}

/** The line after a saved pin. @param {App} app @param {PinItem} pin */
export async function savedToast(app, pin) {
  const path = app.router.path();
  // On a full phone both can wait: a hold ends by itself, and the photo is asked about at the next start.
  await Promise.allSettled([release(pin.id), setAwaitingPhoto(pin.id, false)]);
  const photo = pin.photos[pin.photos.length - 1];
  const thumb = photo ? await getThumb(app.walk.id, photo.sha256) : null;
  const text = pin.photo_lost
    ? t('Your phone is full. The pin is saved, but the photo did not fit.')
    : savedWord();
  if (app.router.path() !== path) return;
  toast(text, {
    thumb,
    say: null,
    icon: pin.photo_lost ? 'circle-alert' : 'circle-check',
    actions: [
      [t('Undo'), () => void remove(app, pin.id)],
      [t('Add more'), () => app.router.go(`pin/${pin.id}`)],
    ],
  });
}

/** Take a pin away, with the way back. @param {App} app @param {string} id */
export async function remove(app, id) {
  await withdrawPin(id);
  dropDraft(id);
  toast(t('The pin is removed'), { icon: 'trash-2', actions: [[t('Undo'), () => void bringBack(id)]] });
  app.redraw();
}

/** @param {string} id */
export async function bringBack(id) {
  const came = await undo(id);
  toast(came ? t('The pin is back') : t('It is too late to bring it back'), {
    icon: came ? 'circle-check' : 'circle-alert',
  });
}

/** The tile "Other" is saved at once and made precise afterwards. @param {string} id @param {Category} category @param {string} kind */
export const refine = (id, category, kind) =>
  revisePin(id, { category: category.code, kind: /** @type {Kind} */ (kind) }, { hold: true });
