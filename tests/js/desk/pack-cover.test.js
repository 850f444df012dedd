import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxAround, cover } from '../../../app/static/js/desk/pack-cover.js';

const TOWN = /** @type {import('../../../app/static/js/desk/corners.js').Box} */ ([18, 59.3, 18.02, 59.31]);

test('a map covers an area as a whole, in part or not at all', () => {
  assert.equal(cover([17.9, 59.2, 18.1, 59.4], TOWN), 'whole');
  assert.equal(cover([18.00005, 59.3, 18.02, 59.31], TOWN), 'whole');
  assert.equal(cover([18.001, 59.3, 18.02, 59.31], TOWN), 'part');
  assert.equal(cover([18.005, 59.303, 18.006, 59.304], TOWN), 'part');
  assert.equal(cover([17.9, 59.2, 18, 59.4], TOWN), 'none');
  assert.equal(cover([18, 59.31, 18.02, 59.4], TOWN), 'none');
});

test('the box of a shape holds all its corners', () => {
  const corners = [
    { lat: 59.31, lon: 18.01 },
    { lat: 59.3, lon: 18.02 },
    { lat: 59.305, lon: 18 },
  ];
  assert.deepEqual(boxAround(corners), TOWN);
});
