/**
 * Which address opens which screen. Owns the two sheets that are no dialogs (tiles and move), because the map above
 * them must stay alive.
 */
/** @import {App, Screen} from './types' */
/** @import {Category, Kind, PinFields, PinItem} from '../types' */
/** @import {Home} from './home.js' */
/** @import {Stops} from './stops.js' */
import { t } from '../../shared/i18n.js';
import { pref } from '../prefs.js';
import { getPin, release, revisePin, setAwaitingPhoto } from '../store.js';
import { finishScreen } from './finish.js';
import { installScreen, locationScreen } from './help.js';
import { codeScreen } from './join.js';
import { listScreen, otherScreen } from './list.js';
import { mineScreen } from './mine.js';
import { pinScreen } from './more.js';
import { photoScreen } from './photo.js';
import { moveSheet, placeScreen } from './place.js';
import { beginScreen, readyScreen } from './ready.js';
import { refine, savedToast, saveNew } from './saving.js';
import { menuScreen, settingsScreen } from './settings.js';
import { stopScreen, stopsScreen } from './stops.js';
import { allCategories, tilesSheet } from './tiles.js';

/** @param {App} app @param {string} id */
const pinOf = async (app, id) => app.pins.find((pin) => pin.id === id) ?? (await getPin(id));

/** Its camera is closed: nothing is awaited, and it may be sent. @param {string} id */
const letGo = (id) => Promise.all([release(id), setAwaitingPhoto(id, false)]);

/** The sheets below the living map, and the way from a tile to the camera. */
export class Sheets {
  /** @type {(() => void) | null} */
  #close = null;

  /** @param {App} app @param {() => Home} home */
  constructor(app, home) {
    this.app = app;
    this.home = home;
  }

  /** After each change of address. @param {string} path */
  onPath(path) {
    if (path === 'new' || path.startsWith('move/')) return;
    this.#close?.();
    this.#close = null;
    this.home().setSheet(null);
  }

  tiles() {
    const { app } = this;
    const home = this.home();
    app.spot ??= home.takeSpot();
    if (app.spot.source !== 'sensor') {
      home.hold();
      app.map?.setView(app.spot.there, Math.max(app.map.zoom(), 17));
    }
    const { sheet, over, heading } = tilesSheet(app, {
      save: (category, kind) => void this.#save(category, kind),
      all: () => void this.#saveOther(),
    });
    home.setSheet(sheet);
    home.place.append(over);
    heading.focus();
    this.#close = () => {
      over.remove();
      app.spot = null;
    };
    return null;
  }

  /** @param {string} id */
  async move(id) {
    const { app } = this;
    const pin = await pinOf(app, id);
    if (!pin) return null;
    this.home().hold();
    const { sheet, heading, close } = moveSheet(app, pin, app.router.back);
    this.home().setSheet(sheet);
    app.map?.setView(pin.fields.there, 19);
    app.map?.selectPin(id);
    heading.focus();
    this.#close = () => {
      close();
      app.map?.selectPin(null);
    };
    return null;
  }

  /** @param {Category} category @param {string} kind */
  async #save(category, kind) {
    const { app } = this;
    const pin = await saveNew(app, category, kind);
    if (!pin) return;
    if (pref('camera') === 'off') {
      app.router.back();
      await savedToast(app, pin);
    } else app.router.go(`photo/${pin.id}`, { replace: true });
  }

  /** "Other": on the phone at this tap, named afterwards. */
  async #saveOther() {
    const { app } = this;
    const other = app.bundle.categories.find(({ code }) => code === 'other');
    const pin = other && (await saveNew(app, other, 'problem'));
    if (pin) app.router.go(`other/${pin.id}`, { replace: true });
  }
}

/** @param {App} app @param {string} id @returns {Promise<Screen | null>} */
async function photo(app, id) {
  const pin = await getPin(id);
  /** @param {PinItem} kept */
  const after = async (kept) => {
    const isNews = pin?.awaiting_photo || kept.photos.length !== pin?.photos.length || kept.photo_lost;
    if (!isNews || app.router.path().startsWith('pin/')) await letGo(kept.id);
    else await savedToast(app, kept);
  };
  return pin && photoScreen(app, pin, (kept) => void after(kept));
}

/** The tile "Other" made precise; leaving it at "Other" is fine. @param {App} app @param {string} id @returns {Promise<Screen | null>} */
async function other(app, id) {
  const pin = await pinOf(app, id);
  if (!pin) return null;
  let goesOn = false;
  let isNews = pin.state !== 'sent';
  const go = () => {
    isNews = true;
    goesOn = pref('camera') !== 'off';
    if (goesOn) app.router.go(`photo/${id}`, { replace: true });
    else app.router.back();
  };
  const screen = allCategories(app, {
    title: t('What is it about?'),
    choose: (category, kind) => void refine(id, category, kind).then(go),
  });
  return { ...screen, close: () => void (goesOn || (isNews ? savedToast(app, pin) : letGo(id))) };
}

/** @param {App} app @param {string} id @param {string} which @returns {Promise<Screen | null>} */
async function category(app, id, which) {
  const pin = await pinOf(app, id);
  if (!pin || (which !== 'category' && which !== 'secondary')) return null;
  /** @param {Partial<PinFields>} patch */
  const set = (patch) => void revisePin(id, patch).then(app.router.back);
  const isSecond = which === 'secondary';
  return allCategories(app, {
    title: isSecond ? t('Second category') : t('Category'),
    chosen: pin.fields[which],
    good: pin.fields.kind === 'positive',
    none: isSecond ? () => set({ secondary: null }) : undefined,
    choose: ({ code }, kind) =>
      set(isSecond ? { secondary: code } : { category: code, kind: /** @type {Kind} */ (kind) }),
  });
}

/** @param {App} app @param {string} id @returns {Promise<Screen | null>} */
async function pin(app, id) {
  const own = await getPin(id).catch(() => null);
  if (own && !own.withdrawn) return pinScreen(app, own);
  const others = app.others.find((one) => one.id === id);
  return others ? otherScreen(app, others) : null;
}

/**
 * @param {App} app @param {Sheets} sheets @param {Stops} stops
 * @returns {Record<string, import('./router.js').Route>}
 */
export function createRoutes(app, sheets, stops) {
  const stopOf = (/** @type {string} */ id) => app.bundle.stops.find((one) => one.id === id);
  return {
    new: () => sheets.tiles(),
    move: (id) => sheets.move(id),
    photo: (id) => photo(app, id),
    other: (id) => other(app, id),
    category: (id, which) => category(app, id, which),
    pin: (id) => pin(app, id),
    stop: (id) => {
      const stop = stopOf(id);
      return stop ? stopScreen(app, stops, stop) : null;
    },
    stops: () => stopsScreen(app, stops),
    mine: () => mineScreen(app),
    list: () => listScreen(app),
    place: () => placeScreen(app),
    menu: () => menuScreen(app),
    settings: () => settingsScreen(),
    ready: () => readyScreen(app),
    begin: () => beginScreen(app),
    finish: () => finishScreen(app, stops),
    install: () => installScreen(app),
    location: () => locationScreen(app),
    code: () => codeScreen(app),
  };
}
