/**
 * The strip on top of the map, the pill of sending states, and one banner for what must be known now.
 * Owns no state; says in words what store, sync and the browser report.
 */
/** @import {App} from './types' */
import { announce, h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { summary } from '../outbox.js';
import { listEntries, storeMode } from '../store.js';
import { syncState } from '../sync.js';
import { iconButton, turning } from './screen.js';
import { pillWords, sumWords } from './words.js';

/** A change of sending state is spoken at most this often. */
const QUIET_MS = 30_000;

/** @typedef {{text: string, icon: string, tone: string, action?: [string, () => void]}} Banner */

/** @param {App} app @param {{lastError: string | null}} sync @returns {Banner | null} the weightiest one */
export function bannerOf(app, sync) {
  const mode = storeMode();
  if (mode.outdated) {
    return {
      text: t('A newer version is open in another tab. Load this one again.'),
      icon: 'refresh-cw',
      tone: 'warning',
      action: [t('Load again'), () => location.reload()],
    };
  }
  if (mode.memory) {
    return {
      text: t('This browser keeps nothing. Keep this page open until everything is sent.'),
      icon: 'triangle-alert',
      tone: 'error',
    };
  }
  if (app.walk.parked === 'rejoin') {
    return {
      text: t('Scan the walk’s code again to send what is on your phone.'),
      icon: 'qr-code',
      tone: 'error',
      action: [t('Type the code'), () => app.router.go('code')],
    };
  }
  if (sync.lastError === 'portal') {
    return {
      text: t('This network needs a login. Your pins are still on your phone.'),
      icon: 'lock',
      tone: 'warning',
    };
  }
  if (app.bundle.walk.state === 'closing' || app.bundle.walk.state === 'closed') {
    return {
      text: t('The walk has ended. What you have already saved will still be sent.'),
      icon: 'flag',
      tone: 'info',
      action: [t('Finish'), () => app.router.go('finish')],
    };
  }
  if (!isSecureContext) {
    return {
      text: t('This address is not secure: location, camera and offline use are off.'),
      icon: 'lock',
      tone: 'warning',
    };
  }
  return null;
}

/** @param {App} app @param {{text: () => string, current: () => number}} stops */
export function createStrip(app, stops) {
  const { router, bundle } = app;
  const stopText = h('span', { class: 'strip__stop' });
  const hasStops = bundle.stops.length > 0;
  const open = () => router.go(hasStops ? 'stops' : 'menu');
  const title = h('span', null, bundle.walk.title);
  const stopButton = h(
    'button',
    { type: 'button', class: 'strip__walk', id: 'strip-stop', onclick: open },
    title,
    hasStops && stopText,
  );
  const face = h('span', { class: 'status__face' });
  const status = h(
    'button',
    { type: 'button', class: 'status', id: 'strip-status', onclick: () => router.go('mine') },
    face,
  );
  const menu = iconButton('list', t('Menu'), () => router.go('menu'));
  menu.replaceChildren(icon('ellipsis'));
  menu.id = 'strip-menu';
  const el = h(
    'header',
    { class: 'strip app__strip' },
    menu,
    h('h1', { class: 'visually-hidden' }, bundle.walk.title),
    stopButton,
    status,
  );
  const banner = h('div', { class: 'app__banner', role: 'status' });

  let said = '';
  let saidAt = 0;
  let bannered = '';

  /** @param {Banner | null} what */
  function drawBanner(what) {
    if ((what?.text ?? '') === bannered) return;
    bannered = what?.text ?? '';
    const action = what?.action;
    banner.replaceChildren(
      what
        ? h(
            'div',
            { class: `banner is-${what.tone}` },
            icon(what.icon),
            h('span', null, what.text),
            action ? h('button', { type: 'button', class: 'btn', onclick: action[1] }, action[0]) : null,
          )
        : '',
    );
  }

  return {
    el,
    banner,
    async draw() {
      const sync = syncState();
      const sum = summary(await listEntries(app.walk.id), sync);
      const words = pillWords(sum, sync);
      face.className = `status__face is-${words.tone}`;
      face.replaceChildren(icon(words.icon), words.text);
      const whole = sumWords(sum, sync).text;
      status.setAttribute('aria-label', `${words.text}. ${t('My pins and sending')}`);
      const now = Date.now();
      const urgent = words.tone === 'error';
      if (whole !== said && (urgent || now - saidAt > QUIET_MS)) {
        if (said) announce(whole, urgent);
        said = whole;
        saidAt = now;
      }
      stopText.replaceChildren(stops.text(), turning('chevron-right'));
      stopButton.setAttribute(
        'aria-label',
        hasStops ? `${stops.text()}. ${t('Stops and next stop')}` : bundle.walk.title,
      );
      drawBanner(bannerOf(app, sync));
    },
  };
}
