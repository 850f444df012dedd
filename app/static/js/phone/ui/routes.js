/**
 * Which address opens which screen. Owns the two sheets that are no dialogs (tiles and move), because the map above
 * them must stay alive.
 */
/** @import {App} from './types' */
/** @import {Category, PinItem} from '../types' */
import { t } from '../../shared/i18n.js';
import { pref } from '../prefs.js';
import { getPin, release, revisePin } from '../store.js';
import { finishScreen } from './finish.js';
import { installScreen, locationScreen } from './help.js';
import { codeScreen } from './join.js';
import { listScreen, otherScreen } from './list.js';
import { mineScreen } from './mine.js';
import { pinScreen } from './more.js';
import { photoScreen } from './photo.js';
import { moveSheet, placeScreen } from './place.js';
import { readyScreen } from './ready.js';
import { refine, savedToast, saveNew } from './saving.js';
import { menuScreen, settingsScreen } from './settings.js';
import { stopScreen, stopsScreen } from './stops.js';
import { allCategories, tilesSheet } from './tiles.js';

/** @typedef {import('./home.js').Home} Home */

/**
 * @param {App} app @param {() => Home} home @param {import('./stops.js').Stops} stops
 * @returns {{routes: Record<string, import('./router.js').Route>, onPath: (path: string) => void}}
 */
export function createRoutes(app, home, stops) {
  /** @type {(() => void) | null} */
  let closeSheet = null;

  /** @param {string} id */
  const pinOf = async (id) => app.pins.find((pin) => pin.id === id) ?? (await getPin(id));

  /** @param {Category} category @param {string} kind */
  async function save(category, kind) {
    const pin = await saveNew(app, category, kind);
    if (!pin) return;
    if (pref('camera') === 'off') {
      app.router.back();
      await savedToast(app, pin);
    } else app.router.go(`photo/${pin.id}`, { replace: true });
  }

  /** "Other": on the phone at this tap, named afterwards. */
  async function saveOther() {
    const other = app.bundle.categories.find(({ code }) => code === 'other');
    const pin = other && (await saveNew(app, other, 'problem'));
    if (pin) app.router.go(`other/${pin.id}`, { replace: true });
  }

  function openTiles() {
    const chosen = app.spot;
    if (chosen && chosen.source !== 'sensor') {
      home().hold();
      app.map?.setView(chosen.there, Math.max(app.map.zoom(), 17));
    }
    app.spot ??= home().takeSpot();
    const { sheet, over, heading } = tilesSheet(app, {
      save: (category, kind) => void save(category, kind),
      all: () => void saveOther(),
    });
    home().setSheet(sheet);
    home().place.append(over);
    heading.focus();
    closeSheet = () => {
      over.remove();
      app.spot = null;
    };
    return null;
  }

  /** @param {string} id */
  async function openMove(id) {
    const pin = await pinOf(id);
    if (!pin) return null;
    home().hold();
    const { sheet, heading, close } = moveSheet(app, pin, app.router.back);
    home().setSheet(sheet);
    app.map?.setView(pin.fields.there, 19);
    app.map?.selectPin(id);
    heading.focus();
    closeSheet = () => {
      close();
      app.map?.selectPin(null);
    };
    return null;
  }

  /** @param {string} id */
  async function openPhoto(id) {
    const pin = await pinOf(id);
    return pin && photoScreen(app, pin, (kept) => void afterPhoto(kept));
  }

  /** @param {PinItem} pin */
  async function afterPhoto(pin) {
    if (app.router.path().startsWith('pin/')) await release(pin.id);
    else await savedToast(app, pin);
  }

  /** @param {string} id */
  async function openOther(id) {
    const pin = await pinOf(id);
    if (!pin) return null;
    let isChosen = false;
    const go = () => {
      isChosen = true;
      if (pref('camera') === 'off') app.router.back();
      else app.router.go(`photo/${id}`, { replace: true });
    };
    const screen = allCategories(app, {
      title: t('What is it about?'),
      choose: (category, kind) => void refine(id, category, kind).then(go),
    });
    return { ...screen, close: () => void ((!isChosen || pref('camera') === 'off') && savedToast(app, pin)) };
  }

  /** @param {string} id @param {string} which */
  async function openCategory(id, which) {
    const pin = await pinOf(id);
    if (!pin || (which !== 'category' && which !== 'secondary')) return null;
    /** @param {Partial<import('../types').PinFields>} patch */
    const set = (patch) => void revisePin(id, patch).then(app.router.back);
    const isSecond = which === 'secondary';
    return allCategories(app, {
      title: isSecond ? t('Second category') : t('Category'),
      chosen: pin.fields[which],
      good: pin.fields.kind === 'positive',
      none: isSecond ? () => set({ secondary: null }) : undefined,
      choose: (category, kind) =>
        set(
          isSecond
            ? { secondary: category.code }
            : { category: category.code, kind: /** @type {import('../types').Kind} */ (kind) },
        ),
    });
  }

  /** @param {string} id */
  async function openPin(id) {
    const pin = await getPin(id).catch(() => null);
    if (pin && !pin.withdrawn) return pinScreen(app, pin);
    const other = app.others.find((one) => one.id === id);
    return other ? otherScreen(app, other) : null;
  }

  /** @param {string} id */
  function openStop(id) {
    const stop = app.bundle.stops.find((one) => one.id === id);
    return stop ? stopScreen(app, stops, stop) : null;
  }

  return {
    routes: {
      new: openTiles,
      move: openMove,
      photo: openPhoto,
      other: openOther,
      category: openCategory,
      pin: openPin,
      stop: openStop,
      stops: () => stopsScreen(app, stops),
      mine: () => mineScreen(app),
      list: () => listScreen(app),
      place: () => placeScreen(app),
      menu: () => menuScreen(app),
      settings: () => settingsScreen(app),
      ready: () => readyScreen(app),
      begin: () => readyScreen(app, { first: true }),
      finish: () => finishScreen(app, stops),
      install: () => installScreen(app),
      location: () => locationScreen(app),
      code: () => codeScreen(app),
    },
    onPath(path) {
      if (path === 'new' || path.startsWith('move/')) return;
      closeSheet?.();
      closeSheet = null;
      home().setSheet(null);
    },
  };
}
