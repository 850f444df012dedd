/**
 * "You can lose the network now": what the phone holds, honestly, with progress and megabytes. Also the first screen
 * after joining, where one line says why the phone will ask about location.
 */
/** @import {App, Screen} from './types' */
/** @import {Readiness} from '../types' */
import { announce, h, on } from '../../shared/dom.js';
import { formatBytes, t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { prepare, readiness } from '../pack.js';
import { startPosition } from '../position.js';
import { setBegun } from '../prefs.js';
import { canInstall } from './help.js';
import { button } from './screen.js';

/** One download at a time, whichever screen looks at it. @type {Promise<Readiness> | null} */
let running = null;
/** @type {Set<(done: number, total: number) => void>} */
const watchers = new Set();
const LOOK_MS = 300;
/** After the last byte the map is still to be verified and kept. */
const MOST_LOOKS = 60;

/** @param {App} app @returns {Promise<Readiness>} */
export function makeReady(app) {
  running ??= prepare(app.walk, (done, total) => {
    for (const watcher of watchers) watcher(done, total);
    if (done === total) void tellWhenKept(app, MOST_LOOKS);
  }).finally(() => {
    running = null;
  });
  return running;
}

/** The map can be drawn before the app itself is on the phone. @param {App} app @param {number} looks */
async function tellWhenKept(app, looks) {
  const { pack } = await readiness(app.walk);
  if (pack) document.dispatchEvent(new Event('ts-pack'));
  else if (looks > 0) setTimeout(() => void tellWhenKept(app, looks - 1), LOOK_MS);
}

/** @param {Readiness} state @param {boolean} hasPack */
function troubleWords({ problem }, hasPack) {
  if (problem === 'full')
    return t('The phone is full. Free some space and try again. Pins can be added all the same.');
  if (problem === 'portal') return t('This network needs a login. Log in, or switch Wi-Fi off.');
  if (problem === 'mismatch') return t('The map was damaged on its way. Try again.');
  if (problem === 'no_worker')
    return t('This browser cannot keep the app itself. Keep the page open during the walk.');
  if (problem === 'network') return t('No network right now. Try again when there is one.');
  return hasPack ? '' : t('This walk has no map to save. Pins work without it.');
}

/** Private windows of Safari and Firefox refuse files of their own; Chromium does not tell. @returns {Promise<boolean>} */
async function isPrivateWindow() {
  const refused = navigator.storage?.getDirectory?.().then(
    () => false,
    () => true,
  );
  return (await refused) ?? false;
}

/** Said before the first pin: what such a window holds goes with it. */
function privateWarning() {
  const words = t('This looks like a private window. What is not sent when you close it is lost.');
  const notice = h(
    'p',
    { class: 'notice is-warning', hidden: true },
    icon('triangle-alert'),
    h('span', null, words),
  );
  void isPrivateWindow().then((isPrivate) => {
    notice.hidden = !isPrivate;
  });
  return notice;
}

class ReadyScreen {
  #isClosed = false;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.bar = h('progress', {
      class: 'bar',
      max: 1,
      value: 0,
      'aria-label': t('Saving the map on the phone'),
    });
    this.amount = h('p', { class: 'muted small' });
    this.ticks = h('ul', { class: 'ticks' });
    this.verdict = h('div', { role: 'status' });
    this.again = button('refresh-cw', t('Try again'), () => void this.start(), { id: 'ready-again' });
    this.again.hidden = true;
    this.progress = (/** @type {number} */ done, /** @type {number} */ total) => this.#progress(done, total);
    watchers.add(this.progress);
    this.stop = on(document, 'ts-pack', () => void this.#look());
  }

  /** @param {number} done @param {number} total */
  #progress(done, total) {
    this.bar.hidden = done === total;
    this.amount.hidden = this.bar.hidden;
    this.bar.value = total > 0 ? done / total : 0;
    this.amount.textContent = t('{done} of {total}', {
      done: formatBytes(done),
      total: formatBytes(total),
    });
  }

  async #look() {
    const state = await readiness(this.app.walk);
    if (!this.#isClosed) this.#draw({ ...state, problem: null });
  }

  async start() {
    const making = makeReady(this.app);
    await this.#look();
    const state = await making;
    if (this.#isClosed) return;
    this.#draw(state);
    if (state.ready) announce(readyWords(state));
  }

  /** @param {Readiness} state */
  #draw(state) {
    const { pack, area } = this.app.bundle;
    const isWaiting = running !== null && !state.ready;
    this.bar.hidden = !isWaiting || state.pack;
    this.amount.hidden = this.bar.hidden;
    const size = formatBytes(pack ? pack.bytes + pack.index_bytes : 0);
    this.ticks.replaceChildren(
      tick(state.shell, t('The app itself')),
      pack ? tick(state.pack, t('The map of {area} ({size})', { area: area.name, size })) : '',
      tick(true, t('Stops, questions and categories')),
    );
    this.again.hidden = isWaiting || state.ready;
    const trouble = isWaiting ? '' : troubleWords(state, pack !== null);
    this.verdict.replaceChildren(
      state.ready ? line('good', 'circle-check', readyWords(state)) : '',
      !state.ready && trouble ? line('warning', 'triangle-alert', trouble) : '',
    );
  }

  close() {
    this.#isClosed = true;
    watchers.delete(this.progress);
    this.stop();
  }
}

/** @param {Readiness} state */
const readyWords = ({ bytes }) => t('Ready to walk without coverage ({size})', { size: formatBytes(bytes) });

/** @param {string} tone @param {string} name @param {string} text */
const line = (tone, name, text) => h('p', { class: `sum is-${tone}` }, icon(name), h('strong', null, text));

/** What is on the phone. @param {App} app @returns {Screen} */
export function readyScreen(app) {
  const screen = new ReadyScreen(app);
  void screen.start();
  const { ticks, bar, amount, verdict, again } = screen;
  return {
    title: t('Without coverage'),
    body: [ticks, bar, amount, verdict, again, privateWarning()],
    close: () => screen.close(),
  };
}

/** Just joined: the same, and why the phone will ask about location. @param {App} app @returns {Screen} */
export function beginScreen(app) {
  const { body, close } = readyScreen(app);
  const toMap = () => {
    setBegun(app.walk.id);
    startPosition();
    app.router.go('', { replace: true });
  };
  const why = t(
    'Next, the phone asks about your location. It is used only when you add a pin. You can say no.',
  );
  const install = () => app.router.go('install');
  return {
    title: t('Getting ready'),
    body: [
      h('p', null, t('The map is saved on your phone, so that you can walk without coverage.')),
      ...body,
      h('p', { class: 'notice is-info' }, icon('locate-fixed'), h('span', null, why)),
      canInstall()
        ? button('square-plus', t('Put on the home screen'), install, {
            look: 'btn--quiet',
            id: 'ready-install',
          })
        : null,
    ],
    foot: button('map', t('To the map'), toMap, { look: 'btn--cta', id: 'to-map' }),
    close,
  };
}

/** @param {boolean} done @param {string} text */
function tick(done, text) {
  const face = done ? icon('circle-check') : icon('download');
  return h(
    'li',
    { 'data-done': String(done) },
    face,
    h(
      'span',
      null,
      text,
      h('span', { class: 'visually-hidden' }, done ? ` – ${t('on the phone')}` : ` – ${t('not yet')}`),
    ),
  );
}
