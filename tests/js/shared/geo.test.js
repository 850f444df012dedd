import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  boxAround,
  contains,
  lineLength,
  metresBetween,
  moved,
  widened,
  windFrom,
} from '../../../app/static/js/shared/geo.js';

const PARK = { lat: 60.1735, lon: 24.9455 };

test('moving and measuring agree', () => {
  const there = moved(PARK, 30, -40);
  assert.ok(Math.abs(metresBetween(PARK, there) - 50) < 0.05);
});

test('a degree of longitude is half as long at 60 degrees north', () => {
  const north = metresBetween(PARK, { ...PARK, lat: PARK.lat + 0.001 });
  const east = metresBetween(PARK, { ...PARK, lon: PARK.lon + 0.001 });
  assert.ok(Math.abs(east / north - 0.4974) < 0.001, `${east / north}`);
});

test('winds go round the compass', () => {
  const winds = [
    [0, 9],
    [9, 9],
    [9, 0],
    [9, -9],
    [0, -9],
    [-9, -9],
    [-9, 0],
    [-9, 9],
  ].map(([east, north]) => windFrom(PARK, moved(PARK, east, north)));
  assert.deepEqual(winds, [
    'north',
    'northeast',
    'east',
    'southeast',
    'south',
    'southwest',
    'west',
    'northwest',
  ]);
});

test('a box has its edges and not more', () => {
  assert.ok(contains([24, 60, 25, 61], { lon: 24, lat: 61 }));
  assert.ok(!contains([24, 60, 25, 61], { lon: 25.001, lat: 60.5 }));
  assert.ok(!contains([24, 60, 25, 61], { lon: 24.5, lat: 59.999 }));
});

test('a wider box has a margin of so many metres on each side', () => {
  const [west, south, east, north] = widened([24.9, 60.1, 25, 60.2], 100);
  assert.ok(Math.abs(metresBetween({ lat: 60.15, lon: west }, { lat: 60.15, lon: 24.9 }) - 100) < 1);
  assert.ok(Math.abs(metresBetween({ lat: 60.2, lon: 25 }, { lat: north, lon: 25 }) - 100) < 0.1);
  assert.ok(south < 60.1 && east > 25);
});

test('a box around places, and none around nothing', () => {
  assert.deepEqual(boxAround([PARK, { lat: 60, lon: 25 }]), [24.9455, 60, 25, 60.1735]);
  assert.equal(boxAround([]), null);
});

test('the length of a route is the sum of its legs', () => {
  const corner = moved(PARK, 30, 0);
  const end = moved(corner, 0, 40);
  const line = /** @type {[number, number][]} */ ([PARK, corner, end].map(({ lat, lon }) => [lon, lat]));
  assert.ok(Math.abs(lineLength(line) - 70) < 0.05);
  assert.equal(lineLength([]), 0);
});
