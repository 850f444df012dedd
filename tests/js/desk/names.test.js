/** What a pin is called: the same at the desk as on the phone, for every category and kind. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fromView } from '../../../app/static/js/desk/pins.js';
import { labelOf, namesOf } from '../../../app/static/js/desk/row.js';
import { nameOf } from '../../../app/static/js/phone/ui/words.js';
import { aView } from './made.js';

const FILE = new URL('../../../app/data/categories.json', import.meta.url);
/** As the server's bundles have them in Swedish. @type {any[]} */
const categories = JSON.parse(readFileSync(FILE, 'utf8')).categories.map((/** @type {any} */ one) => ({
  ...one,
  label: one.sv,
  tile: one.tile_sv,
  label_positive: one.sv_positive,
}));
const known = new Map(categories.map((one) => [one.code, one]));
/** @param {string} category @param {string} kind */
const aPin = (category, kind) => fromView(aView(1, { category, kind }));

for (const kind of ['problem', 'positive', 'idea'])
  test(`desk and phone call a ${kind} the same`, () => {
    for (const one of categories)
      assert.equal(labelOf(aPin(one.code, kind), known), nameOf(one, kind), one.code);
  });

test('a search reads the category’s whole name too', () => {
  const names = namesOf(aPin('litter', 'problem'), known);
  assert.match(names, /Skräp/);
  assert.match(names, /Nedskräpning/);
});
