import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paintGrid } from '../../../app/static/js/shared/map-grid.js';
import { onMapKeys } from '../../../app/static/js/shared/map-keys.js';
import { nextAt } from '../../../app/static/js/shared/map-spots.js';

/** A region that takes keys, and what the map was asked to do. */
function keyboard() {
  const el = new EventTarget();
  /** @type {string[]} */
  const done = [];
  const map = {
    panBy: (/** @type {number} */ x, /** @type {number} */ y) => done.push(`pan ${x} ${y}`),
    zoomIn: () => done.push('in'),
    zoomOut: () => done.push('out'),
  };
  const stop = onMapKeys(/** @type {any} */ (el), map, {
    enter: () => done.push('enter'),
    leave: () => done.push('leave'),
  });
  /** @param {string} key @param {object} [more] */
  const press = (key, more = {}) => {
    const event = Object.assign(new Event('keydown', { cancelable: true }), { key, ...more });
    el.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { done, press, stop };
}

test('arrows pan ten pixels, with Shift a hundred', () => {
  const { done, press } = keyboard();
  press('ArrowLeft');
  press('ArrowDown', { shiftKey: true });
  assert.deepEqual(done, ['pan -10 0', 'pan 0 100']);
});

test('plus and minus zoom, Enter and Escape belong to the page', () => {
  const { done, press } = keyboard();
  for (const key of ['+', '=', '-', 'Enter', 'Escape']) assert.ok(press(key), key);
  assert.deepEqual(done, ['in', 'in', 'out', 'enter', 'leave']);
});

test('other keys and shortcuts of the browser are left alone', () => {
  const { done, press, stop } = keyboard();
  assert.equal(press('Tab'), false);
  assert.equal(press('+', { ctrlKey: true }), false);
  assert.equal(press('ArrowLeft', { altKey: true }), false);
  stop();
  press('Enter');
  assert.deepEqual(done, []);
});

test('keys walk the row of pins and go round', () => {
  assert.equal(nextAt('ArrowRight', 0, 3), 1);
  assert.equal(nextAt('ArrowRight', 2, 3), 0);
  assert.equal(nextAt('ArrowUp', 0, 3), 2);
  assert.equal(nextAt('Home', 2, 3), 0);
  assert.equal(nextAt('End', 0, 3), 2);
  assert.equal(nextAt('Enter', 0, 3), null);
});

test('the plain grid is drawn in the colours of its theme', () => {
  /** @param {import('../../../app/static/js/shared/map.js').Theme} theme */
  const colours = (theme) => {
    /** @type {Set<unknown>} */
    const seen = new Set();
    const ink = {
      fillRect() {},
      beginPath() {},
      moveTo() {},
      lineTo() {},
      stroke() {},
      set fillStyle(/** @type {unknown} */ c) {
        seen.add(c);
      },
      set strokeStyle(/** @type {unknown} */ c) {
        seen.add(c);
      },
    };
    paintGrid(/** @type {any} */ (ink), theme);
    return [...seen];
  };
  const all = /** @type {const} */ (['light', 'dark', 'sun']).flatMap(colours);
  assert.equal(new Set(all).size, 9, 'three colours in each theme, none shared');
});
