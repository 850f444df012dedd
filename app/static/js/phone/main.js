/**
 * Starts the phone: language, store, walk, map, sync; and tells the screens when something changed.
 * Wires only: nothing imports this file.
 */
/** @import {App} from './ui/types' */
/** @import {ApiResult, PositionView, WalkRecord} from './types' */
import { announce } from '../shared/dom.js';
import { dir, formatAgo, lang, loadCatalogue, t } from '../shared/i18n.js';
import { keepAwake } from './awake.js';
import { applyDrafts } from './draft.js';
import { onPosition, position, startPosition, stopPosition } from './position.js';
import { hasBegun, onPref, pref } from './prefs.js';
import { currentWalk, enter, walkIdFrom } from './session.js';
import {
  drafts,
  getWalk,
  listOthers,
  listPins,
  onChange,
  openStore,
  release,
  setAwaitingPhoto,
  storeMode,
} from './store.js';
import { onSync, startSync } from './sync.js';
import { watchTheme } from './theme.js';
import { Home } from './ui/home.js';
import { showStart } from './ui/join.js';
import { makeReady } from './ui/ready.js';
import { createRouter } from './ui/router.js';
import { createRoutes, Sheets } from './ui/routes.js';
import { ask } from './ui/screen.js';
import { seldom } from './ui/seldom.js';
import { createStops, stopCard } from './ui/stops.js';
import { sayIfStuck } from './ui/stuck.js';
import { toast } from './ui/toast.js';
import { categoryOf, isPlaced, nameOf } from './ui/words.js';
import { watchUpdates } from './update.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));

/** The resident's choice, else the language of the pages before this one, else the shell's. */
function wantedLanguage() {
  const cookie = /(?:^|; )trygg_lang=([\w-]+)/.exec(document.cookie)?.[1];
  return pref('lang') || cookie || document.documentElement.lang;
}

async function speak() {
  await loadCatalogue(wantedLanguage(), 'phone');
  Object.assign(document.documentElement, { lang: lang(), dir: dir() });
  document.title = t('Map');
  // Both live regions must be on the page before their first words.
  announce('');
  announce('', true);
}

function handedness() {
  document.documentElement.dataset.hand = pref('hand');
}

/** Why the walk cannot be entered, for a phone that does not have it yet. @param {ApiResult} result */
function troubleOf({ network, portal, problem }) {
  if (network) return t('No network right now. Try again when there is one.');
  if (portal) return t('This network needs a login. Log in, or switch Wi-Fi off.');
  return problem?.title ?? null;
}

/**
 * The walk of this address, from the phone at once if it is there, and made fresh behind it (`entering`).
 * @returns {Promise<{walk: WalkRecord | null, trouble?: string | null, entering?: Promise<unknown>}>}
 */
async function findWalk() {
  const id = walkIdFrom(location.pathname) ?? (await currentWalk())?.id ?? null;
  if (!id) return { walk: null };
  const stored = await getWalk(id);
  if (stored?.bundle && stored.lang === lang()) return { walk: stored, entering: enter(id, lang()) };
  const { walk, result } = await enter(id, lang(), true);
  return walk?.bundle ? { walk } : { walk: null, trouble: result && troubleOf(result) };
}

/** @param {WalkRecord} walk @returns {App} */
function createApp(walk) {
  const bundle = /** @type {NonNullable<WalkRecord['bundle']>} */ (walk.bundle);
  return {
    walk,
    bundle,
    router: /** @type {any} */ (null),
    map: null,
    theme: 'light',
    pins: [],
    others: [],
    spot: null,
    fix: () => (isPlaced(position()) ? position().fix : null),
    redraw: () => undefined,
  };
}

/** The middle of the walk's area, for the sun. @param {App} app */
function middleOf({ bundle }) {
  const [west, south, east, north] = bundle.area.bbox;
  return { lat: (south + north) / 2, lon: (west + east) / 2 };
}

/** Ask for the location only after it was explained, and from a tap where the browser would ask. */
async function startPositionPolitely() {
  if (pref('begun') === '') return;
  const state = await navigator.permissions?.query({ name: 'geolocation' }).then(
    (found) => found.state,
    () => 'prompt',
  );
  if (state === 'granted') startPosition();
  else if (state !== 'denied') addEventListener('pointerup', () => startPosition(), { once: true });
}

/** A camera was open when the page died: the pin is safe, its photo is asked for again. @param {App} app */
async function askAboutDrafts(app) {
  // Loaded again in the middle of it: the viewfinder is open already.
  if (app.router.path().startsWith('photo/')) return;
  const [pin, ...older] = await drafts(app.walk.id);
  // One that did not fit is asked for another time.
  for (const { id, photo_lost } of older) if (!photo_lost) await setAwaitingPhoto(id, false);
  if (!pin) return;
  const name = nameOf(categoryOf(app.bundle, pin.category), pin.fields.kind);
  const ago = formatAgo(Date.parse(pin.made_at), Date.now());
  const text = t('“{name}” is saved ({ago}), but its photo did not come along.', { name, ago });
  const answer = await ask(
    t('Take the photo again?'),
    [text],
    [
      ['photo', t('Take photo'), 'btn--primary'],
      ['none', t('No photo')],
    ],
  );
  if (answer === 'photo') app.router.go(`photo/${pin.id}`);
  else await Promise.all([setAwaitingPhoto(pin.id, false), release(pin.id)]);
}

/** What only this page holds is not left by a slip of the thumb. @param {App} app */
function guardLeaving(app) {
  addEventListener('beforeunload', (event) => {
    if (storeMode().memory && app.pins.some(({ state }) => state !== 'sent')) event.preventDefault();
  });
}

/** @param {App} app @param {Promise<unknown>} [entering] */
async function run(app, entering) {
  const stops = createStops(app);
  /** @type {Home} */
  let home;
  document.addEventListener('ts-pack', () => void home?.drawBase());
  void makeReady(app);
  const sheets = new Sheets(app, () => home);
  const router = createRouter(createRoutes(app, sheets, stops), (path) => sheets.onPath(path));
  app.router = router;
  [app.pins, app.others] = await Promise.all([
    listPins(app.walk.id),
    listOthers(app.walk.id),
    stops.reload(),
  ]);
  watchTheme(
    () => middleOf(app),
    (theme) => {
      app.theme = theme;
      home?.themed();
    },
  );
  home = new Home(app, root, stops);

  app.redraw = seldom(async () => {
    const [pins, others, walk] = await Promise.all([
      listPins(app.walk.id),
      listOthers(app.walk.id),
      getWalk(app.walk.id),
      stops.reload(),
    ]);
    Object.assign(app, { pins, others });
    if (walk?.bundle) Object.assign(app, { walk, bundle: walk.bundle });
    home.redraw();
    document.dispatchEvent(new Event('ts-redraw'));
  });
  onChange(() => app.redraw());
  onSync(() => void home.drawStatus());
  onPref((name) => name === 'hand' && handedness());
  onPosition((view) => askAtStop(app, stops, home, view));
  document.addEventListener(
    'visibilitychange',
    () => void (document.hidden ? stopPosition() : startPositionPolitely()),
  );
  guardLeaving(app);
  keepAwake();
  startSync(entering);
  setFirstScreen(app);
  router.start();
  void startPositionPolitely();
  watchUpdates({
    busy: () => app.router.path() !== '',
    onOffer: (apply) => {
      toast(t('A new version will start the next time you open the app.'), {
        icon: 'info',
        actions: [[t('Start it now'), apply]],
        stay: 12_000,
      });
    },
  });
  await askAboutDrafts(app);
}

/** What is seen first: the explanation once per walk, then map or list, as last time. @param {App} app */
function setFirstScreen(app) {
  if (!hasBegun(app.walk.id) && !location.hash) history.replaceState(null, '', '#/begin');
  else if (pref('view') === 'list' && !location.hash) history.replaceState(null, '', '#/list');
}

/** @param {App} app @param {import('./ui/stops.js').Stops} stops @param {Home} home @param {PositionView} view */
function askAtStop(app, stops, home, view) {
  if (!view.fix || !isPlaced(view) || app.router.path() !== '') return;
  const stop = stops.toAsk(view.fix);
  if (!stop) return;
  home.setCard(stopCard(stops, stop, () => home.setCard(null)));
  announce(t('Stop {n}: {name}', { n: stop.order, name: stop.name }));
}

async function start() {
  handedness();
  await speak();
  await sayIfStuck(root, openStore());
  await applyDrafts();
  const { walk, trouble = null, entering } = await findWalk();
  if (walk) await run(createApp(walk), entering);
  else showStart(root, trouble);
}

void start();
