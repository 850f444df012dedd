/** First load, pages and feed in any order end in the newest of each pin. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { places } from '../../../app/static/js/desk/list.js';
import { Loader } from '../../../app/static/js/desk/loader.js';
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
  pins.takeViews([aView(1, { seq: 3, status: 'planned' })]);
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
  const loader = new Loader('w', pins, /** @type {any} */ (request));
  assert.deepEqual((await loader.changes())?.added, [2, 3]);
  assert.match(asked[1], /after=2&/);
  assert.equal(await loader.changes(), null);
});

/** A loader over pins that are known in columns alone, up to `top`. @param {number} top @param {(after: number) => any} answer */
async function bareLoader(top, answer) {
  const pins = createPins();
  const fill = Array.from({ length: top }, () => 0);
  const numbers = fill.map((_, at) => at + 1);
  const words = {
    group: ['order'],
    kind: ['problem'],
    category: ['litter'],
    status: ['new'],
    review: ['new'],
  };
  const looks = { group: fill, kind: fill, category: fill, status: fill, review: fill, flags: fill };
  const columns = {
    epoch: 'e',
    seq: top,
    words,
    flag_bits: [],
    number: numbers,
    lat: fill,
    lon: fill,
    ...looks,
  };
  /** @type {number[]} */
  const asked = [];
  const request = async (/** @type {string} */ _method, /** @type {string} */ path) => {
    if (path.endsWith('/map')) return { ok: true, data: { ...columns, pin_seq: numbers } };
    const after = Number(/after=(\d+)/.exec(path)?.[1]);
    asked.push(after);
    return answer(after);
  };
  const loader = new Loader('w', pins, /** @type {any} */ (request));
  await loader.first();
  return { loader, pins, asked };
}

/** @param {number} after */
const wholePage = (after) => ({ ok: true, data: { pins: [aView(after + 1)], more: true } });

test('words come page by page: those looked at first, then from the newest on', async () => {
  const { loader, asked } = await bareLoader(2100, wholePage);
  let looked = [700, 701];
  assert.equal(
    await loader.rest(
      () => looked,
      () => {
        looked = [];
      },
    ),
    true,
  );
  assert.deepEqual(asked, [500, 2000, 1500, 1000, 0]);
  assert.deepEqual(loader.left(), { missing: 0, all: 5 });
});

test('pins that are to be acted on come in full first, and only those that are missing', async () => {
  const { loader, pins, asked } = await bareLoader(1600, wholePage);
  assert.equal(await loader.whole([1, 1501, 2]), true);
  assert.deepEqual(asked, [0, 1500]);
  assert.ok(pins.get(1)?.whole && pins.get(1501)?.whole);
  assert.equal(await loader.whole([1, 1501]), true);
  assert.equal(asked.length, 2);
});

test('without an answer pins do not pass for whole', async () => {
  const { loader } = await bareLoader(600, () => ({ ok: false }));
  assert.equal(await loader.whole([3]), false);
  assert.equal(loader.left().missing, 2);
});

test('that words have come changes nothing that is counted or drawn', async () => {
  const pins = createPins();
  pins.takeViews([aView(1, { text: 'Ljust' }), aView(2, { acute: true })]);
  const version = pins.version();
  pins.takeViews([aView(1, { seq: 50, text: 'Mörkt' })]);
  assert.equal(pins.version(), version);
  assert.equal(pins.get(1)?.whole?.text, 'Mörkt');
  pins.takeViews([aView(1, { seq: 51, text: 'Mörkt', review: 'approved' })]);
  assert.ok(pins.version() > version);
  assert.deepEqual(
    pins.all().map(({ number }) => number),
    [2, 1],
    'in the order of the list',
  );
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
