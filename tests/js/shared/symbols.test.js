import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  footOf,
  GROUPS,
  icon,
  PIN_SIZE,
  pinSymbol,
  shapeOf,
  stopSymbol,
} from '../../../app/static/js/shared/symbols.js';
import { contrast } from './colour.js';
import { all, byClass, icons, text } from './dom.js';

const LAMP = { group: 'light_sight', kind: 'problem', icon: 'lightbulb-off' };
const categories = JSON.parse(readFileSync('app/data/categories.json', 'utf8'));

test('form tells the kind: drop, circle, rounded square', () => {
  assert.equal(shapeOf('problem', 'order').name, 'drop');
  assert.equal(shapeOf('positive', 'order').name, 'circle');
  assert.equal(shapeOf('idea', 'other').name, 'square');
  assert.equal(shapeOf('problem', 'good_place').name, 'circle', 'a good place is never a drop');
});

test('a drop stands on its tip, other forms on their middle', () => {
  assert.equal(footOf('problem', 'order'), PIN_SIZE.tip);
  assert.equal(footOf('positive', 'order'), PIN_SIZE.hit / 2);
});

test('a pin shows its category icon in the fill of its group', () => {
  const pin = pinSymbol(LAMP);
  assert.deepEqual(icons(pin), ['lightbulb-off']);
  assert.equal(byClass(pin, 'pin-fill')?.attributes.fill, GROUPS.light_sight.fill);
});

test('an unknown group still gets a pin', () => {
  assert.equal(
    byClass(pinSymbol({ ...LAMP, group: 'from_tomorrow' }), 'pin-fill')?.attributes.fill,
    GROUPS.other.fill,
  );
});

test('status is a badge by form, and a new pin has none', () => {
  for (const [status, badge] of Object.entries({
    reviewed: 'hourglass',
    assigned: 'hourglass',
    planned: 'calendar-clock',
    in_progress: 'calendar-clock',
    done: 'check',
    verified: 'check',
    declined: 'slash',
    by_design: 'slash',
  })) {
    assert.deepEqual(icons(pinSymbol({ ...LAMP, status })), ['lightbulb-off', badge], status);
  }
  assert.deepEqual(icons(pinSymbol({ ...LAMP, status: 'new' })), ['lightbulb-off']);
});

test('an unsent pin has a dashed outline and a cloud', () => {
  const sent = pinSymbol(LAMP);
  const unsent = pinSymbol({ ...LAMP, unsent: true });
  assert.equal(byClass(sent, 'pin-line')?.attributes['stroke-dasharray'], undefined);
  assert.ok(byClass(unsent, 'pin-line')?.attributes['stroke-dasharray']);
  assert.deepEqual(icons(unsent), ['lightbulb-off', 'cloud-upload']);
});

test('merged pins say how many', () => {
  assert.equal(text(pinSymbol({ ...LAMP, count: 4 })), '×4');
  assert.equal(text(pinSymbol({ ...LAMP, count: 1 })), '');
});

test('a selected pin has a ring', () => {
  assert.ok(byClass(pinSymbol({ ...LAMP, selected: true }), 'pin-ring'));
  assert.equal(byClass(pinSymbol(LAMP), 'pin-ring'), undefined);
});

test('every pin has a white halo and an ink outline', () => {
  const pin = pinSymbol(LAMP);
  assert.equal(byClass(pin, 'pin-halo')?.attributes.stroke, '#FFFFFF');
  assert.equal(byClass(pin, 'pin-line')?.attributes.stroke, '#0F1A1F');
});

test('icons stand out from their fill', () => {
  for (const [group, { fill, icon: colour }] of Object.entries(GROUPS)) {
    assert.ok(contrast(fill, colour) >= 4.5, `${group} ${contrast(fill, colour)}`);
  }
});

test('every category has a group with a fill', () => {
  for (const { code, symbol_group } of categories.categories) assert.ok(symbol_group in GROUPS, code);
});

test('fills are those of the stylesheet', () => {
  const css = readFileSync('app/static/css/tokens.css', 'utf8');
  const token = {
    light_sight: 'light',
    order: 'order',
    traffic: 'traffic',
    feeling: 'feeling',
    good_place: 'good',
    other: 'other',
  };
  for (const [group, name] of Object.entries(token)) {
    const found = new RegExp(`--g-${name}:\\s*(#[0-9a-f]{6})`, 'i').exec(css);
    assert.equal(
      found?.[1].toLowerCase(),
      GROUPS[/** @type {keyof typeof token} */ (group)].fill.toLowerCase(),
      group,
    );
  }
});

test('a stop says its number, and a tick when done', () => {
  assert.equal(text(stopSymbol({ order: 3 })), '3');
  assert.deepEqual(icons(stopSymbol({ order: 3, done: true })), ['check']);
});

test('symbols are hidden from readers: the button around them has the name', () => {
  for (const el of [pinSymbol(LAMP), stopSymbol({ order: 1 }), icon('map')]) {
    assert.equal(all(el)[0].attributes['aria-hidden'], 'true');
  }
});
