/** "Back" steps through what was looked at, and moving from pin to pin is no step. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createSteps } from '../../../app/static/js/desk/steps.js';
import { readState } from '../../../app/static/js/desk/url.js';

/** @import {DeskState} from '../../../app/static/js/desk/types' */

/** A browser's history as far as the desk uses it. */
function aBrowser() {
  const entries = [{ url: '/walk', /** @type {any} */ state: null }];
  let at = 0;
  /** @type {(event: {state: any}) => void} */
  let heard = () => {};
  /** @param {number} steps */
  const go = (steps) => {
    if (!entries[at + steps]) return;
    at += steps;
    heard({ state: entries[at].state });
  };
  return {
    entries,
    location: {
      pathname: '/walk',
      get search() {
        return entries[at].url.slice('/walk'.length);
      },
    },
    history: {
      pushState: (/** @type {any} */ state, /** @type {string} */ _title, /** @type {any} */ url) => {
        entries.splice(++at, entries.length, { url, state });
      },
      replaceState: (/** @type {any} */ state, /** @type {string} */ _title, /** @type {any} */ url) => {
        entries[at] = { url, state };
      },
      back: () => go(-1),
      forward: () => go(1),
    },
    addEventListener: (/** @type {string} */ _type, /** @type {typeof heard} */ listener) => {
      heard = listener;
    },
    jump: () => heard({ state: null }),
  };
}

/** @param {string[]} searches what was shown, one after the other */
function walked(...searches) {
  const browser = aBrowser();
  /** @type {DeskState[]} */
  const shown = [];
  const steps = createSteps(browser, (state) => shown.push(state));
  let before = readState('');
  for (const search of ['', ...searches]) {
    const after = readState(search);
    steps.note(before, after);
    before = after;
  }
  return { ...browser, shown, urls: () => browser.entries.map(({ url }) => url) };
}

test('a filter, an opened pin and the map are a step each; the next pin is none', () => {
  const { urls } = walked('?show=new', '?show=new&pin=3', '?show=new&pin=4', '?show=new&pin=4&pane=map');
  assert.deepEqual(urls(), [
    '/walk',
    '/walk?show=new',
    '/walk?show=new&pin=4',
    '/walk?show=new&pin=4&pane=map',
  ]);
});

test('a word that is typed is one step', () => {
  const { urls } = walked('?q=l', '?q=la', '?q=lampa', '?q=lampa&pin=2');
  assert.deepEqual(urls(), ['/walk', '/walk?q=lampa', '/walk?q=lampa&pin=2']);
});

test('back shows the view before, forward the one after', () => {
  const { shown, history } = walked('?show=acute', '?show=acute&pin=7');
  history.back();
  history.back();
  history.forward();
  assert.deepEqual(
    shown.map(({ shows, pin }) => [shows.join(), pin]),
    [
      ['acute', null],
      ['', null],
      ['acute', null],
    ],
  );
});

test('a pin that was closed leaves no step that looks as if nothing happened', () => {
  const { shown, history } = walked('?show=new', '?show=new&pin=3', '?show=new');
  history.back();
  assert.deepEqual(shown, [readState('')]);
});

test('a jump within the page is none', () => {
  const { shown, jump, urls } = walked('?pin=3');
  jump();
  assert.deepEqual(shown, []);
  assert.deepEqual(urls(), ['/walk', '/walk?pin=3']);
});
