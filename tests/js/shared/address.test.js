import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { AddressIndex } from '../../../app/static/js/shared/address.js';
import { metresBetween } from '../../../app/static/js/shared/geo.js';

const centre = new AddressIndex(JSON.parse(readFileSync('app/data/packs/helsinki-index.json', 'utf8')));
/** A street of three doors along the equator's metres, two landmarks, a park far off. */
const small = new AddressIndex({
  o: [18, 59],
  q: 100_000,
  streets: [
    ['Östra Storgatan', 0, 0, ['1', 0, 0, '3 B', 50, 0, '5. krs./Floor 5', 60, 0], 'Itäinen Suurkatu'],
    ['Storgatan', 0, 400, ['3', 0, 400]],
    ['Storgränd', 300, 900, ['7', 10, 950]],
  ],
  places: [
    ['S:ta Maria kyrka', 'place_of_worship', 50, 5],
    [null, 'underpass', 60, 20],
    ['Lunden', 'park', 0, 1000],
    ['Café Ö', 'cafe', 0, 1010],
  ],
});
/** @param {number} x @param {number} y */
const at = (x, y) => ({ lon: 18 + x / 100_000, lat: 59 + y / 100_000 });

test('an address is found by street and number', () => {
  const [hit] = centre.search('Alexandersgatan 11');
  assert.deepEqual([hit.kind, hit.name, hit.number], ['address', 'Alexandersgatan', '11']);
  assert.ok(metresBetween(hit, { lat: 60.16904, lon: 24.94695 }) < 5);
});

test('letters of a number are found however they are written', () => {
  for (const typed of ['östra storgatan 3b', 'Östra Storgatan 3 B'])
    assert.equal(small.search(typed)[0].number, '3 B', typed);
});

test('a number the street does not have finds the street', () => {
  const [hit] = small.search('Östra Storgatan 99');
  assert.deepEqual([hit.kind, hit.name, hit.number], ['street', 'Östra Storgatan', null]);
});

test('dots and rings may be left out, and the name of the other sign works', () => {
  assert.equal(small.search('ostra stor')[0].name, 'Östra Storgatan');
  assert.equal(small.search('itäinen')[0].name, 'Östra Storgatan');
  assert.equal(centre.search('aleksanterin')[0].name, 'Alexandersgatan');
});

test('the exact name comes before one that merely holds it', () => {
  assert.deepEqual(
    small.search('storgatan').map(({ name }) => name),
    ['Storgatan', 'Östra Storgatan'],
  );
});

test('an address comes before a street of the same rank', () => {
  assert.deepEqual(
    small.search('storg 7').map(({ name }) => name),
    ['Storgränd', 'Storgatan', 'Östra Storgatan'],
  );
  assert.deepEqual(
    small.search('storgatan 3').map(({ kind }) => kind),
    ['address', 'street'],
  );
});

test('landmarks are found by name', () => {
  assert.deepEqual(
    small.search('lunden').map(({ kind, name }) => [kind, name]),
    [['park', 'Lunden']],
  );
});

test('nothing typed finds nothing, and no more than the limit comes', () => {
  assert.deepEqual(small.search('  '), []);
  assert.deepEqual(small.search('zzz'), []);
  assert.equal(centre.search('gatan', 5).length, 5);
});

test('near a door: its street, number and metres', () => {
  assert.deepEqual(small.near(at(2, 0)).address, { street: 'Östra Storgatan', number: '1', metres: 1 });
});

test('what nobody can read on a door is no address', () => {
  assert.equal(small.near(at(61, 0)).address?.number, '3 B');
});

test('a telling landmark beats a nearer one', () => {
  assert.equal(small.near(at(48, 12)).landmark?.kind, 'underpass');
});

test('a landmark that helps nobody is not named', () => {
  assert.equal(small.near(at(0, 1010)).landmark?.kind, 'park');
});

test('in the middle of a park the park is the place', () => {
  const spot = at(100, 1100);
  assert.equal(small.near(spot).address, null);
  assert.deepEqual(small.near(spot).park?.name, 'Lunden');
  assert.equal(small.near(at(8, 960)).park, null, 'with a door close by, no park is needed');
});

test('far from everything there is nothing to say', () => {
  assert.deepEqual(small.near(at(5000, 5000)), { address: null, landmark: null, park: null });
});

test('the real index answers with what stands there', () => {
  const { address, landmark } = centre.near({ lat: 60.16904, lon: 24.94695 });
  assert.equal(address?.street, 'Alexandersgatan');
  assert.ok(landmark && landmark.metres <= 60);
});
