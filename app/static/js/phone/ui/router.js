/**
 * Which screen is open, told by the address's hash, so that the phone's back button closes what a finger opened.
 * Owns history and the way focus comes back; screens themselves are made by the routes it is given.
 */
/** @import {Router, Screen} from './types' */
import { openScreen } from './screen.js';
import { closeToast } from './toast.js';

/** @typedef {(...parts: string[]) => Promise<Screen | null> | Screen | null} Route null: not a dialog, or nothing to show */

/** "#/pin/abc" → ["pin", "abc"]. @param {string} hash */
export const parts = (hash) => hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);

const depth = () => Number(history.state?.depth ?? 0);
const path = () => parts(location.hash).join('/');

/** Where focus and scroll were, for whoever comes back. */
function createMarks() {
  /** By depth. @type {(HTMLElement | null)[]} */
  const focused = [];
  /** Of screens below, by path. @type {Map<string, number>} */
  const scrolled = new Map();
  return {
    focus() {
      focused[depth()] = /** @type {HTMLElement | null} */ (document.activeElement);
    },
    /** @param {string} at @param {HTMLElement} el */
    scroll(at, el) {
      scrolled.set(at, el.querySelector('.screen__body')?.scrollTop ?? 0);
    },
    /** @param {string} to @param {HTMLElement | null} el */
    comeBack(to, el) {
      const body = el?.querySelector('.screen__body');
      if (body) body.scrollTop = scrolled.get(to) ?? 0;
      const before = focused[depth()];
      const again = before?.isConnected ? before : before?.id ? document.getElementById(before.id) : null;
      again?.focus({ preventScroll: Boolean(el) });
    },
  };
}

/**
 * @param {Record<string, Route>} routes
 * @param {(path: string) => void} onPath after each change, '' for the map
 * @returns {Router & {start: () => void}}
 */
export function createRouter(routes, onPath) {
  /** @type {{el: HTMLDialogElement, close: () => void} | null} */
  let open = null;
  const marks = createMarks();
  let shown = '';
  let isOurs = false; // the app itself went back, perhaps to where it says something
  let round = 0;

  /** @param {boolean} cameBack */
  async function show(cameBack) {
    const mine = ++round;
    const now = path();
    const [name, ...rest] = parts(location.hash);
    const screen = name && routes[name] ? await routes[name](...rest) : null;
    if (mine !== round) {
      screen?.close?.();
      return;
    }
    if (open) {
      marks.scroll(shown, open.el);
      open.close();
    }
    open = screen ? openScreen(screen, leave) : null;
    shown = now;
    onPath(now);
    if (cameBack) marks.comeBack(now, open?.el ?? null);
  }

  /** By hand: what was said here ends. */
  const leave = () => {
    closeToast();
    router.back();
  };

  const router = {
    path,
    /** @param {string} to @param {{replace?: boolean}} [options] */
    go(to, { replace = false } = {}) {
      closeToast();
      if (!replace) marks.focus();
      const state = { depth: depth() + (replace ? 0 : 1) };
      history[replace ? 'replaceState' : 'pushState'](state, '', to ? `#/${to}` : location.pathname);
      void show(false);
    },
    back() {
      isOurs = depth() > 0;
      if (isOurs) history.back();
      else router.go('', { replace: true });
    },
    /** Focus and scroll stay where they were. */
    again() {
      marks.focus();
      void show(true);
    },
    start() {
      addEventListener('popstate', () => {
        if (!isOurs) closeToast();
        isOurs = false;
        void show(true);
      });
      void show(false);
    },
  };
  return router;
}
