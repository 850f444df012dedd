/** Who is suggested for a pin, and a ground as text. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ringsOf, writtenRing } from '../../../app/static/js/desk/ground-text.js';
import { fromView } from '../../../app/static/js/desk/pins.js';
import { suggestionFor } from '../../../app/static/js/desk/suggestion.js';
import { anIssue, aView } from './made.js';

/** @import {Owner, StaffView} from '../../../app/static/js/desk/types' */

/** @param {number} half degrees @returns {[number, number][]} around 60 N 24 E */
const square = (half) => [
  [24 - half, 60 - half],
  [24 + half, 60 - half],
  [24 + half, 60 + half],
  [24 - half, 60 + half],
  [24 - half, 60 - half],
];
/** @param {string} id @param {Partial<Owner>} [fields] @returns {Owner} */
const owner = (id, fields) => ({
  id,
  name: id,
  kind: 'other',
  categories: [],
  ground: null,
  aside: false,
  ...fields,
});
/** @param {...[number, number][][]} polygons */
const ground = (...polygons) => ({ type: /** @type {const} */ ('MultiPolygon'), coordinates: polygons });
/** @param {Partial<StaffView>} [fields] */
const pin = (fields) => fromView(aView(1, { lat: 60, lon: 24, ...fields }));

const TOWN = owner('town', { ground: ground([square(0.1)]), categories: ['lighting'] });
const YARD = owner('yard', { ground: ground([square(0.001)]) });
const LAMPS = owner('lamps', { categories: ['lighting'] });

/** @param {Owner[]} owners @param {Partial<StaffView>} [fields] */
function suggested(owners, fields) {
  const found = suggestionFor(owners, pin(fields));
  return found && [found.owner.id, found.why];
}

test('ground comes before category, and of two grounds the smaller', () => {
  assert.deepEqual(suggested([LAMPS, TOWN, YARD]), ['yard', 'ground']);
  assert.deepEqual(suggested([LAMPS, TOWN, YARD], { lat: 60.01 }), ['town', 'ground']);
  assert.deepEqual(suggested([LAMPS, YARD], { lat: 60.01 }), ['lamps', 'category']);
  assert.equal(suggested([LAMPS, YARD], { lat: 60.01, category: 'litter' }), null);
});

test('a hole in a ground is somebody else’s, and a second part is theirs', () => {
  const ring = owner('ring', { ground: ground([square(0.1), square(0.01)]) });
  assert.equal(suggested([ring]), null);
  assert.deepEqual(suggested([ring], { lat: 60.05 }), ['ring', 'ground']);
  const two = owner('two', { ground: ground([square(0.1), square(0.01)], [square(0.001)]) });
  assert.deepEqual(suggested([two]), ['two', 'ground']);
});

test('nobody is suggested for what is good, for what has an owner, or who was set aside', () => {
  assert.equal(suggested([TOWN], { kind: 'positive' }), null);
  assert.equal(suggested([TOWN], { issue: anIssue(1, { owner_id: 'yard' }) }), null);
  assert.equal(suggested([{ ...TOWN, aside: true }]), null);
});

test('corners are read as they are typed, and written so that they are read again', () => {
  const ring = [
    { lat: 60.17418, lon: 24.94417 },
    { lat: 60.1752, lon: 24.9462 },
    { lat: 60.1738, lon: 24.947 },
  ];
  assert.deepEqual(ringsOf(writtenRing(ring)), [ring]);
  assert.deepEqual(ringsOf('60,1 24,9\n\n60.2; 24.8'), [
    [
      { lat: 60.1, lon: 24.9 },
      { lat: 60.2, lon: 24.8 },
    ],
  ]);
  assert.deepEqual(ringsOf(' '), []);
  assert.equal(ringsOf('60.1 north'), null);
});

test('GeoJSON of any kind that has polygons is drawn, and half of it is not', () => {
  const polygon = { type: 'Polygon', coordinates: [square(0.1)] };
  const whole = { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: polygon }] };
  assert.deepEqual(ringsOf(JSON.stringify(whole)), ringsOf(JSON.stringify(polygon)));
  assert.equal(ringsOf(JSON.stringify(polygon))?.[0].length, 4);
  assert.equal(ringsOf(JSON.stringify(polygon).slice(0, -4)), null);
});
