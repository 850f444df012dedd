/** The list that equals the map, the order of tiles, the search, and addresses of screens. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hasBegun, pref, setBegun, setPref } from '../../../app/static/js/phone/prefs.js';
import { rowsOf, sorted } from '../../../app/static/js/phone/ui/list.js';
import { parts } from '../../../app/static/js/phone/ui/router.js';
import { firstTiles, matches } from '../../../app/static/js/phone/ui/tiles.js';

const data = JSON.parse(readFileSync(new URL('../../../app/data/categories.json', import.meta.url), 'utf8'));
const categories = data.categories.map((/** @type {any} */ one) => ({
  ...one,
  tile: one.tile_sv ?? one.sv,
  label: one.sv,
  label_positive: one.sv_positive,
  hint: one.hint_sv,
}));
/** @param {string} id @param {number} lat @param {string} made_at @returns {any} */
const own = (id, lat, made_at) => ({ id, made_at, fields: { there: { lat, lon: 24.9 } } });
/** @param {string} id @param {number} lat @param {number} seq @returns {any} */
const other = (id, lat, seq) => ({ id, seq, lat, lon: 24.9 });

test('the ten tiles stand in the settled order', () => {
  assert.deepEqual(
    firstTiles(categories).map(({ code }) => code),
    [
      'lighting',
      'hidden_corner',
      'vegetation',
      'litter',
      'damage',
      'worn',
      'traffic',
      'unsafe_feeling',
      'good_place',
      'other',
    ],
  );
});

test('search finds by name, by short name, by hint and by the good name', () => {
  const found = (/** @type {string} */ words) =>
    categories
      .filter((/** @type {any} */ one) => matches(one, words))
      .map((/** @type {any} */ one) => one.code);
  assert.ok(found('skräp').includes('litter'));
  assert.ok(found('moped').includes('traffic'));
  assert.ok(found('folkliv').includes('deserted'));
  assert.deepEqual(found('träd lamp'), ['vegetation']);
  assert.deepEqual(found('zebra'), []);
  assert.deepEqual(found('räp'), [], 'skräp has it in its middle');
  assert.equal(found('').length, categories.length);
});

test('a pin that came back in the feed is in the list once', () => {
  const rows = rowsOf([own('a', 60.1, '2026-11-22T18:00:00Z')], [other('a', 60.1, 4), other('b', 60.2, 5)]);
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['a', 'b'],
  );
});

test('the list is sorted by distance, and by time where no place is known', () => {
  const rows = rowsOf(
    [own('old', 60.3, '2026-11-22T18:00:00Z'), own('new', 60.1, '2026-11-22T19:00:00Z')],
    [other('theirs', 60.2, 5)],
  );
  const order = (/** @type {string} */ by, /** @type {any} */ from) =>
    sorted(rows, by, from).map(({ id }) => id);
  assert.deepEqual(order('near', { lat: 60.31, lon: 24.9 }), ['old', 'theirs', 'new']);
  assert.deepEqual(order('new', { lat: 60.31, lon: 24.9 }), ['new', 'old', 'theirs']);
  assert.deepEqual(order('near', null), ['new', 'old', 'theirs']);
});

test('an address names a screen and its thing', () => {
  assert.deepEqual(parts('#/pin/a%2Fb'), ['pin', 'a/b']);
  assert.deepEqual(parts('#/'), []);
  assert.deepEqual(parts(''), []);
});

test('a choice holds for the visit even where nothing can be stored', () => {
  assert.equal(pref('hand'), 'right');
  setPref('hand', 'left');
  assert.equal(pref('hand'), 'left');
});

test('the first screen is seen once in each walk, however often one goes from one to the other', () => {
  assert.equal(hasBegun('one'), false);
  for (const walk of ['one', 'two', 'one']) setBegun(walk);
  assert.deepEqual([hasBegun('one'), hasBegun('two'), hasBegun('')], [true, true, false]);
  assert.equal(pref('begun'), 'one two');
});
