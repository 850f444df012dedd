/** Ticking by place: what lies within a drawn line or near a pin, and taking it back. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { fromView } from '../../../app/static/js/desk/pins.js';
import { inRing, pinsInRing, pinsWithin, rectangle } from '../../../app/static/js/desk/ring.js';
import { createSelection } from '../../../app/static/js/desk/selection.js';
import { tickMany } from '../../../app/static/js/desk/ticks.js';
import { createUndo } from '../../../app/static/js/desk/undo.js';
import { aView } from './made.js';

const VIEW = /** @type {[number, number, number, number]} */ ([24, 60, 24.01, 60.01]);
const SIZE = { width: 1000, height: 1000 };
/** @param {number} number @param {number} lat @param {number} lon */
const pin = (number, lat, lon) => fromView(aView(number, { lat, lon }));
const MIDDLE = pin(1, 60.005, 24.005);
const CORNER = pin(2, 60.0095, 24.0095);
const OUTSIDE = pin(3, 60.02, 24.005);
/** @param {{number: number}[]} pins */
const numbers = (pins) => pins.map(({ number }) => number);

test('a freehand line holds what is inside, bays left out', () => {
  const horseshoe = [
    { x: 0, y: 0 },
    { x: 90, y: 0 },
    { x: 90, y: 90 },
    { x: 60, y: 90 },
    { x: 60, y: 30 },
    { x: 30, y: 30 },
    { x: 30, y: 90 },
    { x: 0, y: 90 },
  ];
  assert.equal(inRing({ x: 15, y: 60 }, horseshoe), true);
  assert.equal(inRing({ x: 45, y: 60 }, horseshoe), false);
  assert.equal(inRing({ x: 75, y: 60 }, horseshoe), true);
  assert.equal(inRing({ x: 95, y: 5 }, horseshoe), false);
});

test('a rectangle is the same whichever corner it was begun at', () => {
  const [a, b] = [
    { x: 100, y: 100 },
    { x: 600, y: 600 },
  ];
  for (const ring of [rectangle(a, b), rectangle(b, a)])
    assert.deepEqual(numbers(pinsInRing([MIDDLE, CORNER, OUTSIDE], ring, VIEW, SIZE)), [1]);
});

test('a press without a line ticks nothing, and what is out of view is never inside', () => {
  const all = [MIDDLE, CORNER, OUTSIDE];
  assert.deepEqual(pinsInRing(all, [{ x: 500, y: 500 }], VIEW, SIZE), []);
  const wide = rectangle({ x: -9000, y: -9000 }, { x: 9000, y: 9000 });
  assert.deepEqual(numbers(pinsInRing(all, wide, VIEW, SIZE)), [1, 2]);
});

test('near means within so many metres of the pin, itself too', () => {
  assert.deepEqual(numbers(pinsWithin([MIDDLE, pin(4, 60.00505, 24.005), CORNER], MIDDLE, 10)), [1, 4]);
});

test('many ticks are one step, and taking it back leaves what was ticked before', async () => {
  const selection = createSelection();
  const undo = createUndo();
  selection.toggle(7);
  tickMany(selection, undo, [1, 7, 2]);
  assert.deepEqual(selection.all(), [7, 1, 2]);
  assert.equal(tickMany(selection, undo, [1, 2]), '');
  assert.equal(undo.size(), 1);
  await undo.back();
  assert.deepEqual(selection.all(), [7]);
});
