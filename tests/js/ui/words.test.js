/** The words residents read: places, times, accuracy, and which category stores what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accuracyWords,
  beginning,
  categoryOf,
  clock,
  iconOf,
  isPlaced,
  kindOf,
  moment,
  nameOf,
  rounded,
  scaleSteps,
  stopAt,
  whereFrom,
} from '../../../app/static/js/phone/ui/words.js';

const HERE = { lat: 60.17, lon: 24.94 };
const north = (/** @type {number} */ metres) => ({ lat: HERE.lat + metres / 111_320, lon: HERE.lon });
/** @type {any} */
const lighting = {
  code: 'lighting',
  tile: 'Lighting',
  label: 'Lighting',
  label_positive: 'Good light',
  button: 1,
};
/** @type {any} */
const harassment = {
  code: 'harassment',
  tile: 'Harassment',
  label: 'Harassment',
  label_positive: null,
  button: null,
};

test('a place is told in paces and winds', () => {
  assert.equal(whereFrom(HERE, north(37)), '35 m north of you');
  assert.equal(whereFrom(HERE, north(-12)), '12 m south of you');
  assert.equal(whereFrom(HERE, north(1)), 'right where you are');
  assert.equal(whereFrom(HERE, { lat: HERE.lat, lon: HERE.lon - 0.002 }), '110 m west of you');
});

test('metres are rounded as one would say them', () => {
  assert.deepEqual([3.4, 37, 163, 1240].map(rounded), [3, 35, 160, 1200]);
});

test('a fix without accuracy is no place', () => {
  const fix = { ...HERE, accuracy_m: null, at: 0 };
  /** @type {any} */
  const vague = { state: 'watching', grade: 'none', fix, accuracy_m: null, age_s: 1 };
  assert.equal(isPlaced(vague), false);
  assert.match(accuracyWords(vague), /uncertain/);
  assert.equal(isPlaced({ ...vague, grade: 'good' }), true);
  assert.match(accuracyWords({ ...vague, grade: 'good', accuracy_m: 6.2 }), /about 6 metres/);
  assert.match(accuracyWords({ ...vague, state: 'denied', fix: null }), /still place the pin/);
});

test('a tile turned good stores a good place, where the category has one', () => {
  assert.equal(kindOf(lighting, false), 'problem');
  assert.equal(kindOf(lighting, true), 'positive');
  assert.equal(nameOf(lighting, 'positive'), 'Good light');
  assert.equal(kindOf(harassment, true), 'problem');
  assert.equal(kindOf(/** @type {any} */ ({ code: 'good_place' }), false), 'positive');
  assert.equal(kindOf(/** @type {any} */ ({ code: 'idea' }), true), 'idea');
});

test('something good is shown as such, and not crossed out', () => {
  const light = /** @type {any} */ ({ icon: 'lightbulb-off', icon_positive: 'lightbulb' });
  assert.equal(iconOf(light, 'positive'), 'lightbulb');
  assert.equal(iconOf(light, 'problem'), 'lightbulb-off');
  assert.equal(iconOf(/** @type {any} */ ({ icon: 'trees' }), 'positive'), 'trees');
});

test('a category this build does not know still has a name', () => {
  /** @type {any} */
  const bundle = { categories: [lighting] };
  assert.equal(categoryOf(bundle, 'lighting'), lighting);
  assert.equal(categoryOf(bundle, 'brand_new').label, 'brand_new');
});

test('one stands at the nearest stop within its radius', () => {
  const stops = [
    { ...north(60), radius_m: 75, name: 'far' },
    { ...north(20), radius_m: 75, name: 'near' },
  ];
  assert.equal(stopAt(stops, HERE)?.name, 'near');
  assert.equal(stopAt(stops, HERE, 25)?.name, 'near');
  assert.equal(stopAt(stops, HERE, 10), null);
});

test('a scale becomes its buttons, and words none', () => {
  assert.deepEqual(scaleSteps('1-5'), [1, 2, 3, 4, 5]);
  assert.equal(scaleSteps('0-10').length, 11);
  assert.deepEqual(scaleSteps('text'), []);
  assert.deepEqual(scaleSteps('1-500'), []);
});

test('a time has its date when that is not today, and 24 hours in every language', () => {
  const [evening, later] = [new Date(2026, 10, 25, 18, 5).getTime(), new Date(2026, 10, 28, 9).getTime()];
  assert.equal(clock(evening), '18:05');
  assert.equal(clock(new Date(2026, 10, 25, 0, 7).getTime()), '00:07');
  assert.equal(moment(evening, evening + 60_000), '18:05');
  assert.match(moment(evening, later), /25.*18:05/);
});

test('a long note is cut between words, and shows that it is', () => {
  assert.equal(beginning('short', 60), 'short');
  assert.equal(beginning('a lamp that has been broken', 14), 'a lamp that…');
  assert.equal(beginning('x'.repeat(70), 60), `${'x'.repeat(60)}…`);
  assert.equal(beginning('🌲'.repeat(4), 3), `${'🌲'.repeat(3)}…`);
});
