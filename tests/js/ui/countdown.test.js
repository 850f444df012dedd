/** How long until the walk opens, in at most two units. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilWords } from '../../../app/static/js/phone/ui/countdown.js';

const HOUR = 3_600_000;

test('the two largest units are told', () => {
  assert.equal(untilWords(51 * HOUR, 'en'), '2 days 3 hours');
  assert.equal(untilWords(HOUR + 61_000, 'en'), '1 hour 1 minute');
  assert.equal(untilWords(59_000, 'en'), '59 seconds');
  assert.equal(untilWords(48 * HOUR, 'sv'), '2 dygn 0 timmar');
});

test('the past is no time left', () => {
  assert.equal(untilWords(-5, 'en'), '0 seconds');
});
