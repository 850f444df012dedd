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
import { setPref } from '../prefs.js';
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

/**
 * @param {App} app @param {{first?: boolean}} [how] first: just joined
 * @returns {Screen}
 */
export function readyScreen(app, { first = false } = {}) {
  const { pack } = app.bundle;
  const bar = h('progress', {
    class: 'bar',
    max: 1,
    value: 0,
    'aria-label': t('Saving the map on the phone'),
  });
  const amount = h('p', { class: 'muted small' });
  const ticks = h('ul', { class: 'ticks' });
  const verdict = h('div', { role: 'status' });
  const again = button('refresh-cw', t('Try again'), () => void start(), { id: 'ready-again' });
  again.hidden = true;
  let closed = false;

  /** @param {number} done @param {number} total */
  function progress(done, total) {
    bar.hidden = done === total;
    amount.hidden = bar.hidden;
    bar.value = total > 0 ? done / total : 0;
    amount.textContent = t('{done} of {total}', { done: formatBytes(done), total: formatBytes(total) });
  }

  /** @param {Readiness} state */
  function draw(state) {
    const waiting = running !== null && !state.ready;
    bar.hidden = !waiting || state.pack;
    amount.hidden = bar.hidden;
    ticks.replaceChildren(
      tick(state.shell, t('The app itself')),
      pack
        ? tick(
            state.pack,
            t('The map of {area} ({size})', {
              area: app.bundle.area.name,
              size: formatBytes(pack.bytes + pack.index_bytes),
            }),
          )
        : '',
      tick(true, t('Stops, questions and categories')),
    );
    again.hidden = waiting || state.ready;
    const trouble = troubleWords(state, pack !== null);
    verdict.replaceChildren(
      state.ready
        ? h(
            'p',
            { class: 'sum is-good' },
            icon('circle-check'),
            h(
              'strong',
              null,
              t('Ready to walk without coverage ({size})', { size: formatBytes(state.bytes) }),
            ),
          )
        : waiting || !trouble
          ? ''
          : h('p', { class: 'sum is-warning' }, icon('triangle-alert'), h('span', null, trouble)),
    );
  }

  async function start() {
    const making = makeReady(app);
    draw({ ...(await readiness(app.walk)), problem: null });
    const state = await making;
    if (closed) return;
    draw(state);
    if (state.ready)
      announce(t('Ready to walk without coverage ({size})', { size: formatBytes(state.bytes) }));
  }

  function toMap() {
    setPref('begun', app.walk.id);
    startPosition();
    app.router.go('', { replace: true });
  }

  watchers.add(progress);
  const stop = on(
    document,
    'ts-pack',
    async () => !closed && draw({ ...(await readiness(app.walk)), problem: null }),
  );
  void start();
  const why = h(
    'p',
    { class: 'notice is-info' },
    icon('locate-fixed'),
    h(
      'span',
      null,
      t('Next, the phone asks about your location. It is used only when you add a pin. You can say no.'),
    ),
  );
  return {
    title: first ? t('Getting ready') : t('Without coverage'),
    body: [
      first
        ? h('p', null, t('The map is saved on your phone, so that you can walk without coverage.'))
        : null,
      ticks,
      bar,
      amount,
      verdict,
      again,
      first ? why : null,
      first && canInstall()
        ? button('square-plus', t('Put on the home screen'), () => app.router.go('install'), {
            look: 'btn--quiet',
            id: 'ready-install',
          })
        : null,
    ],
    foot: first ? button('map', t('To the map'), toMap, { look: 'btn--cta', id: 'to-map' }) : null,
    close() {
      closed = true;
      watchers.delete(progress);
      stop();
    },
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
