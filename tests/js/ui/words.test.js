/** The words residents read: states, places, accuracy, and which category stores what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accuracyWords,
  categoryOf,
  iconOf,
  isPlaced,
  kindOf,
  nameOf,
  photoWords,
  pillWords,
  rounded,
  scaleSteps,
  stopAt,
  sumWords,
  troubles,
  whereFrom,
  whyWords,
} from '../../../app/static/js/phone/ui/words.js';

const HERE = { lat: 60.17, lon: 24.94 };
const north = (/** @type {number} */ metres) => ({ lat: HERE.lat + metres / 111_320, lon: HERE.lon });
/** @param {Partial<import('../../../app/static/js/phone/types').QueueSummary>} parts */
const sum = (parts) => ({
  waiting: 0,
  photos: 0,
  help: 0,
  total: 0,
  word: /** @type {const} */ ('done'),
  ...parts,
});
/** @param {Partial<import('../../../app/static/js/phone/types').SyncState>} parts */
const sync = (parts = {}) => ({
  running: false,
  i: 0,
  n: 0,
  lastError: null,
  lastSentAt: null,
  parked: [],
  ...parts,
});
const problem = (/** @type {string} */ code, title = null) => ({ code, status: 400, title, obey: false });
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

test('the pill never says sent while something waits', () => {
  assert.equal(pillWords(sum({}), sync()).text, 'All sent');
  for (const waiting of [sum({ waiting: 1, word: 'waiting' }), sum({ photos: 1, word: 'photos' })]) {
    for (const state of [sync(), sync({ running: true }), sync({ lastError: 'network' })]) {
      assert.doesNotMatch(pillWords(waiting, state).text, /sent/);
      assert.doesNotMatch(sumWords(waiting, state).text, /Everything/);
    }
  }
});

test('help and a forgotten phone come before all other words', () => {
  const both = sum({ waiting: 3, help: 1, word: 'help' });
  assert.equal(pillWords(both, sync({ running: true })).tone, 'error');
  assert.match(sumWords(both, sync({ lastError: 'portal' })).text, /^1 could not be sent/);
  assert.equal(pillWords(sum({ word: 'rejoin', waiting: 2 }), sync()).icon, 'qr-code');
});

test('a sent pin with a waiting photo says both', () => {
  assert.match(
    sumWords(sum({ photos: 1, word: 'photos' }), sync()).text,
    /The pin is sent. The photo will follow/,
  );
  const photos = /** @type {any[]} */ ([{ state: 'sent' }, { state: 'waiting' }]);
  assert.equal(photoWords({ photos, photo_lost: false, awaiting_photo: false }), '1 of 2 photos sent');
  const lost = { photos: [], photo_lost: true };
  assert.equal(photoWords({ ...lost, awaiting_photo: false }), 'the photo did not fit');
  assert.equal(photoWords({ ...lost, awaiting_photo: true }), 'there is room for its photo now');
  assert.equal(photoWords({ photos: [], photo_lost: false, awaiting_photo: false }), '');
});

test('every reason is a sentence, known or not', () => {
  assert.match(whyWords(problem('network')), /no network/);
  assert.equal(
    whyWords(problem('something_new', /** @type {any} */ ('The server explains.'))),
    'The server explains.',
  );
  assert.match(whyWords(problem('something_new')), /still on your phone/);
  assert.match(whyWords(null), /not been tried/);
});

test('what is refused for good is not said to be tried again, and what helps is said', () => {
  const refused = sumWords(sum({ help: 1, word: 'help' }), sync()).text;
  assert.doesNotMatch(refused, /try again/);
  assert.match(refused, /see why/);
  const archived = problem('walk_archived', /** @type {any} */ ('The walk is archived.'));
  const photos = /** @type {any[]} */ ([
    { state: 'sent', problem: null },
    { state: 'help', problem: problem('photo_not_image') },
  ]);
  const [pin, photo, ...more] = troubles({ state: 'help', problem: archived, photos });
  assert.match(pin, /^The walk is archived. It is not tried again by itself. .*file.*remove the pin/);
  assert.match(photo, /^The file is not a picture .*file.*remove the photo/);
  assert.deepEqual(more, []);
  assert.deepEqual(troubles({ state: 'saved', problem: problem('network'), photos: [] }), []);
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
