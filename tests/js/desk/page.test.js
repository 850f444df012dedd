/** Keys, pauses of the polling, and the corners of an area. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  cornersOf,
  polygonOf,
  ringOf,
  toPlace,
  toPoint,
  withCorner,
  withNew,
} from '../../../app/static/js/desk/corners.js';
import { keyOf } from '../../../app/static/js/desk/keys.js';
import { pause } from '../../../app/static/js/desk/poll.js';

/** @param {string} key */
const press = (key, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...more });

test('a single key means something only outside fields and without a modifier', () => {
  assert.equal(keyOf(press('A'), false), 'a');
  assert.equal(keyOf(press('?'), false), '?');
  assert.equal(keyOf(press('a'), true), null);
  assert.equal(keyOf(press('z', { ctrlKey: true }), false), null);
  assert.equal(keyOf(press('h', { metaKey: true }), false), null);
  assert.equal(keyOf(press('Enter'), false), null);
});

test('it asks often while it is seen, seldom while hidden, and slower without contact', () => {
  const seen = pause({ hidden: false, failures: 0 });
  assert.ok(seen >= 2000 && seen <= 3000);
  assert.equal(pause({ hidden: true, failures: 0 }), 30_000);
  const slower = [1, 2, 3, 9].map((failures) => pause({ hidden: false, failures }));
  assert.deepEqual(slower, [5000, 10_000, 20_000, 30_000]);
});

/** @type {[number, number, number, number]} */
const BOX = [24.9, 60.1, 25.1, 60.2];
const SIZE = { width: 800, height: 600 };

test('a place goes to its pixel and back', () => {
  const place = { lat: 60.17321, lon: 24.95432 };
  assert.deepEqual(toPlace(toPoint(place, BOX, SIZE), BOX, SIZE), place);
  assert.deepEqual(toPoint({ lat: 60.2, lon: 24.9 }, BOX, SIZE), { x: 0, y: 0 });
});

test('a corner of a box moves its two sides, and dragged over another it changes places', () => {
  assert.deepEqual(cornersOf(BOX)[1], { lat: 60.2, lon: 25.1 });
  assert.deepEqual(withCorner(BOX, 1, { lat: 60.3, lon: 25.2 }), [24.9, 60.1, 25.2, 60.3]);
  assert.deepEqual(withCorner(BOX, 3, { lat: 60.3, lon: 25.3 }), [25.1, 60.2, 25.3, 60.3]);
});

test('a new corner goes into the nearest side', () => {
  const ring = cornersOf(BOX);
  const south = { lat: 60.05, lon: 25 };
  assert.deepEqual(withNew(ring, south)[3], south);
  assert.equal(withNew([], south).length, 1);
});

test('a shape is written as a closed ring and read back; nonsense is none', () => {
  const ring = cornersOf(BOX);
  const polygon = polygonOf(ring);
  assert.equal(polygon?.coordinates[0].length, 5);
  assert.deepEqual(ringOf(JSON.stringify(polygon)), ring);
  assert.equal(polygonOf(ring.slice(0, 2)), null);
  for (const text of ['', 'null', '{}', '{"coordinates":[]}']) assert.deepEqual(ringOf(text), []);
});
