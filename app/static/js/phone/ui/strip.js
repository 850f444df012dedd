/**
 * The strip on top of the map, the pill of sending states, and one banner for what must be known now.
 * Owns no state but what was last spoken; says in words what store, sync and the browser report.
 */
/** @import {App} from './types' */
/** @import {Stops} from './stops.js' */
import { announce, h } from '../../shared/dom.js';
import { t, tn } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { summary } from '../outbox.js';
import { listEntries, storeMode } from '../store.js';
import { syncState } from '../sync.js';
import { goneNow, pillNow, portalNow, rejoinNow, sumNow } from './now.js';
import { saveFile } from './refused.js';
import { iconButton, turning } from './screen.js';

/** A change of sending state is spoken at most this often. */
const QUIET_MS = 30_000;

/** @typedef {{text: string, icon: string, tone: string, action?: [string, () => void]}} Banner */

/** What this browser or tab cannot do. @returns {Banner | null} */
export function browserBanner() {
  const mode = storeMode();
  if (mode.outdated) {
    const text = t('A newer version is open in another tab. Load this one again.');
    return {
      text,
      icon: 'refresh-cw',
      tone: 'warning',
      action: [t('Load again'), () => location.reload()],
    };
  }
  if (!mode.memory) return null;
  const text = t('This browser keeps nothing. Keep this page open until everything is sent.');
  return { text, icon: 'triangle-alert', tone: 'error' };
}

/** The phone threw its storage away, and the feed brought back what had been sent. Said straight. @param {App} app */
function clearedWords({ pins, others }) {
  const n = others.filter((pin) => pin.mine).length;
  if (pins.length > 0 || n === 0) return '';
  return tn(
    'The phone has cleared the app. {n} sent pin is safe with us. Unsent ones may be lost.',
    'The phone has cleared the app. {n} sent pins are safe with us. Unsent ones may be lost.',
    n,
  );
}

/** The weightiest thing to know now. @param {App} app @param {{lastError: string | null}} sync @returns {Banner | null} */
export function bannerOf(app, sync) {
  const { state } = app.bundle.walk;
  const browser = browserBanner();
  if (browser) return browser;
  if (app.walk.parked === 'rejoin') {
    return {
      text: rejoinNow(),
      icon: 'qr-code',
      tone: 'error',
      action: [t('Type the code'), () => app.router.go('code')],
    };
  }
  if (app.walk.parked === 'gone') {
    const save = () => void saveFile(app.walk.id);
    return { text: goneNow(), icon: 'file-down', tone: 'error', action: [t('Save as file'), save] };
  }
  const lost = clearedWords(app);
  if (lost) return { text: lost, icon: 'info', tone: 'warning' };
  if (sync.lastError === 'portal') {
    return { text: portalNow(), icon: 'lock', tone: 'warning' };
  }
  if (state === 'closing' || state === 'closed') {
    const text = t('The walk has ended. What you have already saved will still be sent.');
    return { text, icon: 'flag', tone: 'info', action: [t('Finish'), () => app.router.go('finish')] };
  }
  if (isSecureContext) return null;
  const text = t('This address is not secure: location, camera and offline use are off.');
  return { text, icon: 'lock', tone: 'warning' };
}

export class Strip {
  #said = '';
  #saidAt = 0;
  #bannered = '';

  /** @param {App} app @param {Stops} stops */
  constructor(app, stops) {
    this.app = app;
    this.stops = stops;
    const { walk } = app.bundle;
    this.hasStops = app.bundle.stops.length > 0;
    this.stop = h('span', { class: 'strip__stop' });
    this.walk = h(
      'button',
      {
        type: 'button',
        class: 'strip__walk',
        id: 'strip-stop',
        onclick: () => app.router.go(this.hasStops ? 'stops' : 'menu'),
      },
      h('span', null, walk.title),
      this.hasStops && this.stop,
    );
    this.face = h('span', { class: 'status__face' });
    this.status = h(
      'button',
      { type: 'button', class: 'status', id: 'strip-status', onclick: () => app.router.go('mine') },
      this.face,
    );
    const menu = iconButton('ellipsis', t('Menu'), () => app.router.go('menu'), 'btn--icon', 'strip-menu');
    const title = h('h1', { class: 'visually-hidden' }, walk.title);
    const skip = h('a', { class: 'skip-link', href: '#/list' }, t('To the list'));
    this.el = h('header', { class: 'strip app__strip' }, skip, menu, title, this.walk, this.status);
    this.banner = h('div', { class: 'app__banner', role: 'status' });
  }

  async draw() {
    const { app } = this;
    const sync = syncState();
    const sum = summary(await listEntries(app.walk.id), sync, app.walk.parked);
    const words = pillNow(sum, sync);
    this.face.className = `status__face is-${words.tone}`;
    this.face.replaceChildren(icon(words.icon), h('span', null, words.text));
    this.status.setAttribute('aria-label', `${words.text}. ${t('My pins and sending')}`);
    this.#speak(sumNow(sum, sync).text, words.tone === 'error');
    this.#drawStop();
    this.#drawBanner(bannerOf(app, sync));
  }

  #drawStop() {
    const where = this.stops.text();
    this.stop.replaceChildren(where, turning('chevron-right'));
    const { title } = this.app.bundle.walk;
    const whole = this.hasStops ? `${title} ${where}. ${t('Stops and next stop')}` : title;
    this.walk.setAttribute('aria-label', whole);
  }

  /** @param {string} whole @param {boolean} isUrgent */
  #speak(whole, isUrgent) {
    const now = Date.now();
    if (whole === this.#said || (!isUrgent && now - this.#saidAt < QUIET_MS)) return;
    if (this.#said) announce(whole, isUrgent);
    this.#said = whole;
    this.#saidAt = now;
  }

  /** @param {Banner | null} what */
  #drawBanner(what) {
    const text = what?.text ?? '';
    if (text === this.#bannered) return;
    this.#bannered = text;
    if (!what) return this.banner.replaceChildren();
    const [label, run] = what.action ?? [];
    this.banner.replaceChildren(
      h(
        'div',
        { class: `banner is-${what.tone}` },
        icon(what.icon),
        h('span', null, text),
        run ? h('button', { type: 'button', class: 'btn', onclick: run }, label ?? '') : null,
      ),
    );
  }
}
