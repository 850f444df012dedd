/** First load, pages and feed in any order end in the newest of each pin. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { places } from '../../../app/static/js/desk/list.js';
import { createLoader } from '../../../app/static/js/desk/loader.js';
import { createPins } from '../../../app/static/js/desk/pins.js';
import { aView } from './made.js';

/** @import {Columns, StaffView} from '../../../app/static/js/desk/types' */

/** @param {number[]} numbers @param {number[]} seqs @returns {Columns} */
function columns(numbers, seqs = numbers) {
  const none = numbers.map(() => 0);
  return {
    epoch: 'e1',
    seq: Math.max(0, ...seqs),
    words: {
      group: ['light_sight'],
      kind: ['problem'],
      category: ['lighting'],
      status: ['new'],
      review: ['new', 'hidden'],
    },
    flag_bits: ['acute', 'late', 'outside'],
    number: numbers,
    lat: none,
    lon: none,
    group: none,
    kind: none,
    category: none,
    status: none,
    review: none,
    flags: none,
    pin_seq: seqs,
  };
}

/** @param {StaffView[]} items @param {number} seq */
const answer = (items, seq, epoch = 'e1') => ({ epoch, seq, more: false, walk_state: 'open', items });

test('columns become pins with their words and flags', () => {
  const pins = createPins();
  pins.takeColumns({ ...columns([1, 2]), review: [0, 1], flags: [0b101, 0b010] });
  const [first, second] = [pins.get(1), pins.get(2)];
  assert.deepEqual([first?.acute, first?.late, first?.outside, first?.review], [true, false, true, 'new']);
  assert.deepEqual([second?.acute, second?.late, second?.review], [false, true, 'hidden']);
  assert.equal(first?.whole, null);
  assert.deepEqual(pins.cursor(), { epoch: 'e1', seq: 2 });
});

test('a page fills in what the first load left out, and never takes a pin back in time', () => {
  const pins = createPins();
  pins.takeColumns(columns([1, 2]));
  pins.takeFeed(answer([aView(1, { seq: 9, text: 'ny' })], 9));
  assert.deepEqual(pins.takeViews([aView(1, { seq: 1, text: 'gammal' }), aView(2)]), [2]);
  assert.equal(pins.get(1)?.whole?.text, 'ny');
  assert.equal(pins.get(2)?.whole?.number, 2);
});

test('the feed tells what is new and what has changed, each once', () => {
  const pins = createPins();
  pins.takeColumns(columns([1]));
  const news = pins.takeFeed(answer([aView(1, { seq: 5 }), aView(2, { seq: 6 })], 6));
  assert.deepEqual([news.added, news.changed, news.reset], [[2], [1], false]);
  const again = pins.takeFeed(answer([aView(2, { seq: 6 })], 6));
  assert.deepEqual([again.added, again.changed], [[], []]);
  assert.deepEqual(pins.cursor(), { epoch: 'e1', seq: 6 });
});

test('a restored server is noticed, and nothing of its answer is mixed in', () => {
  const pins = createPins();
  pins.takeColumns(columns([1]));
  const news = pins.takeFeed(answer([aView(7)], 7, 'e2'));
  assert.equal(news.reset, true);
  assert.equal(pins.get(7), undefined);
  assert.deepEqual(pins.cursor(), { epoch: 'e1', seq: 1 });
});

test('the version grows with every change and stays without one', () => {
  const pins = createPins();
  pins.takeColumns(columns([1]));
  pins.takeViews([aView(1)]);
  const version = pins.version();
  pins.takeViews([aView(1)]);
  assert.equal(pins.version(), version);
  pins.takeViews([aView(1, { seq: 3 })]);
  assert.notEqual(pins.version(), version);
});

test('changes are read to the end, and a lost contact is told apart from no news', async () => {
  const pins = createPins();
  pins.takeColumns(columns([1]));
  /** @type {any[]} */
  const answers = [
    { ok: true, data: { ...answer([aView(2)], 2), more: true } },
    { ok: true, data: answer([aView(3)], 3) },
    { ok: false, data: null },
  ];
  /** @type {string[]} */
  const asked = [];
  const request = async (/** @type {string} */ _method, /** @type {string} */ path) => {
    asked.push(path);
    return answers.shift();
  };
  const loader = createLoader('w', pins, /** @type {any} */ (request));
  assert.deepEqual((await loader.changes())?.added, [2, 3]);
  assert.match(asked[1], /after=2&/);
  assert.equal(await loader.changes(), null);
});

test('pages are asked for until there are no more', async () => {
  const pins = createPins();
  const pages = [
    { pins: [aView(1), aView(2)], more: true },
    { pins: [aView(5)], more: false },
  ];
  /** @type {string[]} */
  const asked = [];
  const request = async (/** @type {string} */ _method, /** @type {string} */ path) => {
    asked.push(path.split('?')[1]);
    return { ok: true, data: pages.shift() };
  };
  await createLoader('w', pins, /** @type {any} */ (request)).rest(() => {});
  assert.deepEqual(asked, ['after=0&limit=500', 'after=2&limit=500']);
  assert.equal(pins.all().length, 3);
});

test('only rows in sight are drawn, and the one in the tab order', () => {
  const at = { top: 5000, seen: 500, row: 50, count: 10_000 };
  const drawn = places({ ...at, turn: 0 });
  assert.equal(drawn[0], 0);
  assert.equal(drawn[1], 94);
  assert.equal(drawn.at(-1), 115);
  assert.deepEqual(places({ ...at, turn: 9999 }).at(-1), 9999);
  assert.deepEqual(places({ ...at, top: 0, count: 0, turn: 0 }), []);
  assert.deepEqual(places({ top: 0, seen: 500, row: 50, count: 2, turn: 1 }), [0, 1]);
});
