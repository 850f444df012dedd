/** What a pin's history says of each revision: who did what, also where staff brought it by hand. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { sentence } from '../../../app/static/js/desk/detail-facts.js';

const revision = (/** @type {object} */ more) =>
  /** @type {any} */ ({
    by: 'participant',
    name: null,
    changed: [],
    act: null,
    conflict_copy: null,
    ...more,
  });
const byStaff = (/** @type {object} */ more) =>
  sentence(revision({ by: 'facilitator', name: 'Fatima', ...more }));

test('another version says where it came from', () => {
  const conflict_copy = { text: 'Mörkt' };
  assert.match(sentence(revision({ conflict_copy })), /came from the phone/);
  assert.match(byStaff({ conflict_copy }), /^Fatima took in another version with a phone’s file/);
});

test('what staff brought by hand is told by its fields, what they decided by the decision', () => {
  assert.match(byStaff({ changed: ['text', 'proposal'] }), /^Fatima changed Text/);
  assert.match(byStaff({ changed: ['review'], act: { review: 'approved' } }), /^Fatima: Pin – /);
});
