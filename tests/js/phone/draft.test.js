/** What was typed and never written is there at the next start, whatever it was typed on. */
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import { answerKey, applyDrafts, createDraft, photoKey } from '../../../app/static/js/phone/draft.js';
import * as store from '../../../app/static/js/phone/store.js';
import { aPhoto, aPin, freshPhone, WALK } from './setup.js';

/** @type {Map<string, string>} */
const kept = new Map();
const asStorage = {
  getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
  setItem: (/** @type {string} */ name, /** @type {string} */ value) => void kept.set(name, value),
  removeItem: (/** @type {string} */ name) => void kept.delete(name),
};
Object.assign(globalThis, { localStorage: asStorage });

beforeEach(async () => {
  kept.clear();
  await freshPhone();
});

test('a description typed as the page went is on the photo at the next start', async () => {
  const pin = await store.savePin(WALK, aPin());
  const photo = await aPhoto('bench');
  await store.addPhoto(pin.id, { ...photo, alt: 'Bench, 18.42' });
  const key = photoKey(pin.id, photo.sha256);
  createDraft(key, { alt: 'Bench, 18.42' }).keep({ alt: 'A broken bench' });
  await applyDrafts();
  assert.equal((await store.getPin(pin.id))?.photos[0].alt, 'A broken bench');
  assert.equal(kept.size, 0);
});

test('an answer typed as the page went is there at the next start, beside its score', async () => {
  await store.saveRating(WALK, { question_id: 'q1', stop_id: 's1', score: 4, text: '' });
  createDraft(answerKey(WALK, 'q1', 's1'), { text: '' }).keep({ text: 'Too dark' });
  createDraft(answerKey(WALK, 'q2', null), { text: '' }).keep({ text: 'Thank you' });
  await applyDrafts();
  const found = (await store.listRatings(WALK)).map(({ question_id, stop_id, score, text }) => [
    ...[question_id, stop_id, score, text],
  ]);
  assert.deepEqual(found.sort(), [
    ['q1', 's1', 4, 'Too dark'],
    ['q2', null, null, 'Thank you'],
  ]);
});

test('a draft gives way to what was written after it, and goes with what it belonged to', async () => {
  const rating = { question_id: 'q1', stop_id: null, score: null, text: 'newest' };
  await store.saveRating(WALK, rating);
  createDraft(answerKey(WALK, 'q1', null), { text: 'older' }).keep({ text: 'old' });
  createDraft(photoKey('gone', 'ab'), { alt: '' }).keep({ alt: 'nowhere' });
  await applyDrafts();
  assert.equal((await store.listRatings(WALK))[0].text, 'newest');
  assert.equal(kept.size, 0);
});
