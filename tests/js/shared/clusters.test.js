import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClusters } from '../../../app/static/js/shared/clusters.js';
import { moved } from '../../../app/static/js/shared/geo.js';

/** A map that only remembers. */
class FakeMap {
  box = [24.9, 60.1, 25, 60.2];
  level = 12;
  /** @type {any[]} */
  pins = [];
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
  zoom() {
    return this.level;
  }
  /** @param {any[]} list */
  setPins(list) {
    this.pins = list;
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
    return () => {
      this.moves = this.moves.filter((one) => one !== listener);
    };
  }
}

/** @param {string} id @param {number} lat @param {number} lon @param {string} [group] */
const pin = (id, lat, lon, group = 'order') => ({
  id,
  lat,
  lon,
  group,
  kind: 'problem',
  icon: 'wrench',
  label: id,
});
const CLOSE = [pin('a', 60.15, 24.95), pin('b', 60.1501, 24.9501), pin('c', 60.15005, 24.95, 'traffic')];
const APART = pin('d', 60.19, 24.99);

/** @param {any[]} pins */
function desk(pins) {
  const map = new FakeMap();
  const clusters = createClusters(/** @type {any} */ (map), {
    label: (count, shares) => `${count} of ${Object.keys(shares).sort()}`,
  });
  clusters.setPins(pins);
  return { map, clusters };
}

test('near pins stand together, one far off stands alone', () => {
  const { map } = desk([...CLOSE, APART]);
  assert.equal(map.pins.length, 2);
  const group = map.pins.find(({ count }) => count);
  assert.equal(group.count, 3);
  assert.deepEqual(group.shares, { order: 2, traffic: 1 });
  assert.equal(group.label, '3 of order,traffic');
  assert.equal(
    map.pins.find(({ id }) => id === 'd'),
    APART,
  );
});

test('closer up the group parts', () => {
  const { map } = desk(CLOSE);
  map.level = 20;
  for (const move of map.moves) move(null, { done: true });
  assert.deepEqual(map.pins.map(({ id }) => id).sort(), ['a', 'b', 'c']);
});

test('what is out of view is not on the map', () => {
  const { map } = desk([...CLOSE, APART]);
  map.box = [24.98, 60.18, 25, 60.2];
  for (const move of map.moves) move(null, { done: true });
  assert.deepEqual(
    map.pins.map(({ id }) => id),
    ['d'],
  );
});

test('nothing is drawn anew before a move has ended', () => {
  const { map } = desk(CLOSE);
  const before = map.pins;
  for (const move of map.moves) move(null, { done: false });
  assert.equal(map.pins, before);
});

test('a tap on a group zooms until it parts; a tap on a pin is told', () => {
  const { map, clusters } = desk([...CLOSE, APART]);
  /** @type {string[]} */
  const told = [];
  clusters.onPin((id) => told.push(id));
  const group = map.pins.find(({ count }) => count);
  for (const tap of map.taps) tap(group.id);
  assert.deepEqual(told, []);
  assert.ok(map.views[0].zoom > map.level);
  assert.ok(Math.abs(map.views[0].place.lat - 60.15) < 0.001);
  for (const tap of map.taps) tap('d');
  assert.deepEqual(told, ['d']);
});

test('a pin inside a group is shown by going close; one that stands alone in view needs no move', () => {
  const { map, clusters } = desk([...CLOSE, APART]);
  assert.equal(clusters.show('a'), true);
  assert.equal(map.selected, 'a');
  assert.equal(map.views.length, 1);
  clusters.show('d');
  assert.equal(map.views.length, 1);
  assert.equal(clusters.show('nobody'), false);
  assert.equal(map.selected, null);
});

test('a new list replaces the old one', () => {
  const { map, clusters } = desk(CLOSE);
  clusters.setPins([APART]);
  assert.deepEqual(map.pins, [APART]);
});

test('no pin of ten thousand is lost', () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    pin(`p${i}`, 60.1 + ((i * 7919) % 10_000) / 100_000, 24.9 + ((i * 104_729) % 10_000) / 100_000),
  );
  const { map } = desk(many);
  const counted = map.pins.reduce((sum, one) => sum + (one.count ?? 1), 0);
  assert.equal(counted, 10_000);
  assert.ok(map.pins.length <= 400, `${map.pins.length} elements`);
});

test('after leaving, moves are not listened to', () => {
  const { map, clusters } = desk(CLOSE);
  clusters.destroy();
  assert.equal(map.moves.length, 0);
});

test('pins stand together below 64 screen pixels, and apart above', () => {
  const metresPerPixel = (156_543 * Math.cos((60.15 * Math.PI) / 180)) / 2 ** 16;
  const first = pin('a', 60.15, 24.95);
  for (const [pixels, elements] of [
    [50, 1],
    [80, 2],
  ]) {
    const { map, clusters } = desk([]);
    map.level = 16;
    clusters.setPins([first, { ...first, id: 'b', ...moved(first, pixels * metresPerPixel, 0) }]);
    assert.equal(map.pins.length, elements, `${pixels} px`);
  }
});
