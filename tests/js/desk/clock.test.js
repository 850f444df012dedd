/** What the desk says of a phone's clock: only what cannot be otherwise. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { clockWords } from '../../../app/static/js/desk/detail-facts.js';

const bundle = { walk: { created_at: '2026-11-01T09:00:00+00:00', starts_at: '2026-11-12T16:00:00+00:00' } };
const AT = '2026-11-12T18:00:00+00:00';
const said = (/** @type {string} */ made_at, received_at = AT) =>
  clockWords({ made_at, received_at }, bundle);

test('a pin that waited hours on its phone says nothing of the clock', () => {
  assert.equal(said('2026-11-12T16:30:00+00:00'), '');
  assert.equal(said('2026-11-12T18:01:30+00:00'), '');
});

test('a pin made after it arrived, or before its walk was, tells by how much at least', () => {
  assert.match(said('2026-11-12T21:20:00+00:00'), /^At least 3 hours ahead/);
  assert.match(said('2026-11-12T18:05:00+00:00'), /^At least 5 minutes ahead/);
  assert.match(said('2021-11-12T16:30:00+00:00'), /^At least 1,814 days behind/);
});

test('a walk that is written down afterwards is no proof against its pins', () => {
  const late = { walk: { ...bundle.walk, created_at: '2026-12-01T09:00:00+00:00' } };
  assert.equal(clockWords({ made_at: '2026-11-12T16:30:00+00:00', received_at: AT }, late), '');
});
