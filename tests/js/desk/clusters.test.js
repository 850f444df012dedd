/** Groups of pins on the map: which there are, what they look like, and how one gets into them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterSymbol, ringParts } from '../../../app/static/js/desk/cluster-symbol.js';
import { Clusters } from '../../../app/static/js/desk/clusters.js';
import { Grouping } from '../../../app/static/js/desk/grouping.js';
import { moved } from '../../../app/static/js/shared/geo.js';
import { all, icons, text } from '../shared/dom.js';

/** @import {DeskPin} from '../../../app/static/js/desk/types' */
/** @import {MapPin} from '../../../app/static/js/shared/map.js' */

Object.assign(globalThis, { requestAnimationFrame: (/** @type {() => void} */ then) => setTimeout(then) });

/** A map that only remembers. */
class FakeMap {
  box = [24.9, 60.1, 25, 60.2];
  level = 12;
  /** @type {any[]} */
  pins = [];
  /** How many were on it after each drawing. @type {number[]} */
  sizes = [];
  /** @type {string | null} */
  selected = null;
  /** @type {any[]} */
  views = [];
  /** @type {((id: string) => void)[]} */
  taps = [];
  /** @type {((center: any, how: {done: boolean}) => void)[]} */
  moves = [];

  view() {
    return this.box;
  }
  center() {
    return { lat: 60.15, lon: 24.95 };
  }
  zoom() {
    return this.level;
  }
  /** @param {any[]} list */
  setPins(list) {
    this.pins = list;
    this.sizes.push(list.length);
  }
  /** @param {string | null} id */
  selectPin(id) {
    this.selected = id;
  }
  /** @param {any} place @param {number} zoom */
  setView(place, zoom) {
    this.views.push({ place, zoom });
  }
  /** @param {(id: string) => void} listener */
  onPin(listener) {
    this.taps.push(listener);
  }
  /** @param {any} listener */
  onMove(listener) {
    this.moves.push(listener);
  }
}

/** @param {number} number @param {number} lat @param {number} lon @param {string} [group] */
const pin = (number, lat, lon, group = 'order') => /** @type {DeskPin} */ ({ number, lat, lon, group });
const CLOSE = [pin(1, 60.15, 24.95), pin(2, 60.1501, 24.9501), pin(3, 60.15005, 24.95, 'traffic')];
const APART = pin(4, 60.19, 24.99);

/** A desk's map with its groups; `settled` when all that was asked has been answered. @param {DeskPin[]} pins @param {number} [level] */
async function desk(pins, level = 12) {
  const map = new FakeMap();
  map.level = level;
  const grouping = new Grouping();
  /** @type {any[]} */
  const told = [];
  const clusters = new Clusters(/** @type {any} */ (map), {
    ask: async (what, ...args) => /** @type {any} */ (grouping)[what](...args),
    spotOf: (number) =>
      /** @type {MapPin} */ ({ id: String(number), lat: 0, lon: 0, label: `pin ${number}` }),
    label: (count, shares, parts) =>
      `${count} of ${Object.keys(shares).sort()}${parts ? '' : ' on one spot'}`,
    open: (number) => told.push(number),
    openSpot: (group) => told.push(group),
    seen: ({ total }) => told.push(`in view ${total}`),
  });
  await clusters.setPins(pins);
  const settled = () => new Promise((done) => setTimeout(done, 20));
  const move = async () => {
    for (const listener of map.moves) listener(null, { done: true });
    await settled();
  };
  const tap = async (/** @type {string} */ id) => {
    for (const listener of map.taps) listener(id);
    await settled();
  };
  return { map, clusters, told, move, tap };
}

test('near pins stand together, one far off stands alone', async () => {
  const { map } = await desk([...CLOSE, APART]);
  assert.equal(map.pins.length, 2);
  const group = map.pins.find(({ count }) => count);
  assert.deepEqual([group.count, group.shares], [3, { order: 2, traffic: 1 }]);
  assert.equal(group.label, '3 of order,traffic');
  assert.ok(map.pins.some(({ id }) => id === '4'));
});

test('closer up the group parts', async () => {
  const { map, move } = await desk(CLOSE);
  map.level = 20;
  await move();
  assert.deepEqual(map.pins.map(({ id }) => id).sort(), ['1', '2', '3']);
});

test('what is out of view is not on the map, and what is in it is told', async () => {
  const { map, told, move } = await desk([...CLOSE, APART]);
  assert.equal(told.at(-1), 'in view 4');
  map.box = [24.98, 60.18, 25, 60.2];
  map.level = 16;
  await move();
  assert.deepEqual(
    map.pins.map(({ id }) => id),
    ['4'],
  );
  assert.equal(told.at(-1), 'in view 1');
});

test('a tap on a group zooms until it parts; a tap on a pin is told', async () => {
  const { map, told, tap } = await desk([...CLOSE, APART]);
  await tap(map.pins.find(({ count }) => count).id);
  assert.ok(map.views[0].zoom > map.level);
  assert.ok(Math.abs(map.views[0].place.lat - 60.15) < 0.001);
  await tap('4');
  assert.equal(told.at(-1), 4);
});

test('thousands on one spot are one thing at every zoom, and a tap on it opens them all', async () => {
  const many = Array.from({ length: 5000 }, (_, at) => pin(at + 1, 60.15, 24.95));
  const { map, told, move, tap } = await desk(many);
  for (const level of [12, 18, 19, 20]) {
    map.level = level;
    await move();
    assert.deepEqual(
      map.pins.map(({ count }) => count),
      [5000],
      `zoom ${level}`,
    );
  }
  assert.match(map.pins[0].label, /on one spot$/);
  await tap(map.pins[0].id);
  const { lat, lon, metres, count } = told.at(-1);
  assert.deepEqual([lat.toFixed(6), lon.toFixed(6), metres, count], ['60.150000', '24.950000', 1, 5000]);
  assert.equal(map.views.length, 0, 'no zoom parts them');
});

test('the chosen pin is brought into view, from the first zoom that parts it', async () => {
  const { map, clusters } = await desk([...CLOSE, APART]);
  await clusters.show(CLOSE[0]);
  const [{ place, zoom }] = map.views;
  assert.equal(place, CLOSE[0]);
  assert.ok(zoom > 12 && zoom < 20);
  await clusters.show(APART);
  assert.deepEqual([map.views.length, map.selected], [1, '4'], 'it stood alone and in view');
  await clusters.show(null);
  assert.equal(map.selected, null);
});

test('a chosen pin in a group is drawn by itself, and the map goes no nearer than houses', async () => {
  const two = [pin(1, 60.15, 24.95), pin(2, 60.15, 24.95), pin(3, 60.1502, 24.9504)];
  const { map, clusters, move } = await desk(two, 15);
  await clusters.show(two[1]);
  map.level = map.views[0].zoom;
  assert.equal(map.level, 17);
  await move();
  assert.equal(map.selected, '2');
  assert.deepEqual(
    map.pins.map(({ id, count }) => count ?? id),
    [3, '2'],
  );
  await clusters.show(null);
  await move();
  assert.equal(map.pins.length, 1);
});

test('many new ones come a few in each frame', async () => {
  const apart = Array.from({ length: 100 }, (_, at) =>
    pin(at, 60.11 + (at % 10) * 0.009, 24.91 + at * 0.0009),
  );
  const { map } = await desk(apart, 15);
  assert.equal(map.sizes.at(-1), 100);
  for (const [at, size] of map.sizes.entries()) assert.ok(size - (map.sizes[at - 1] ?? 0) <= 24);
});

test('no pin of ten thousand is lost', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    pin(i, 60.1 + ((i * 7919) % 10_000) / 100_000, 24.9 + ((i * 104_729) % 10_000) / 100_000),
  );
  const { map } = await desk(many);
  const counted = map.pins.reduce((sum, one) => sum + (one.count ?? 1), 0);
  assert.equal(counted, 10_000);
  assert.ok(map.pins.length <= 300, `${map.pins.length} elements`);
});

test('pins stand together below 80 screen pixels, and apart above', async () => {
  const metresPerPixel = (156_543 * Math.cos((60.15 * Math.PI) / 180)) / 2 ** 16;
  for (const [pixels, elements] of [
    [66, 1],
    [96, 2],
  ]) {
    const first = pin(1, 60.15, 24.95);
    const second = { ...first, number: 2, ...moved(first, pixels * metresPerPixel, 0) };
    const { map } = await desk([first, second], 16);
    assert.equal(map.pins.length, elements, `${pixels} px`);
  }
});

test('the ring of a group is split by share and closes', () => {
  const parts = ringParts({ order: 3, light_sight: 1 });
  assert.deepEqual(
    parts.map(({ group }) => group),
    ['light_sight', 'order'],
  );
  assert.deepEqual(
    parts.map(({ from, to }) => to - from),
    [0.25, 0.75],
  );
  assert.deepEqual(ringParts({ order: 0 }), []);
});

test('without colour a group says its number, and those of its two largest shares by their signs', () => {
  const symbol = clusterSymbol({ count: 1234, shares: { order: 200, light_sight: 1030, traffic: 4 } });
  assert.equal(text(symbol), '1,234');
  assert.deepEqual(icons(symbol), ['lightbulb-off', 'trash-2']);
  const numbers = all(symbol).flatMap(({ attributes }) => attributes['data-n'] ?? []);
  assert.deepEqual(numbers, ['1k', '200']);
});
