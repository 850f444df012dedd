/** The words of sending: what waits, what was refused, and where it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  againWords,
  countWords,
  goneWords,
  isAskedToWait,
  isExplained,
  photoWords,
  pillWords,
  portalWords,
  rejoinWords,
  stateWords,
  sumWords,
  troubles,
  waitsWords,
  whereWords,
  wholeState,
  whyWords,
} from '../../../app/static/js/phone/ui/status.js';

/** @param {Partial<import('../../../app/static/js/phone/types').QueueSummary>} parts */
const sum = (parts) => ({
  waiting: 0,
  photos: 0,
  help: 0,
  total: 0,
  word: /** @type {const} */ ('done'),
  ...parts,
});
/** @param {Partial<import('../../../app/static/js/phone/types').SyncState>} parts */
const sync = (parts = {}) => ({
  running: false,
  i: 0,
  n: 0,
  lastError: null,
  lastSentAt: null,
  parked: [],
  ...parts,
});
const problem = (/** @type {string} */ code, title = null) => ({ code, status: 400, title, obey: false });
/** @type {import('../../../app/static/js/phone/types').SyncState['lastError'][]} */
const ERRORS = [null, 'network', 'portal', 'rejoin', 'server', 'storage', 'full'];
/** @type {import('../../../app/static/js/phone/types').QueueSummary['word'][]} */
const WORDS = ['done', 'photos', 'waiting', 'help', 'rejoin', 'gone', 'portal'];
const CODES = [
  'network',
  'portal',
  'not_joined',
  'walk_gone',
  'pin_conflict',
  'too_large',
  'photo_not_image',
  'unsupported_type',
  'storage_full',
  'server_error',
  'server',
];
const SERVER = /** @type {any} */ ('What you saved is still on your phone.');

/** Every sentence that may be said of what waits. @param {boolean} isKept @returns {string[]} */
function allWords(isKept) {
  const sums = WORDS.flatMap((word) => [
    sum({ word, waiting: 2, photos: 1, help: word === 'help' ? 1 : 0 }),
    sum({ word, photos: 1 }),
  ]);
  const syncs = ERRORS.flatMap((lastError) => [
    sync({ lastError }),
    sync({ lastError, running: true, i: 1, n: 3 }),
  ]);
  const heads = sums.flatMap((one) =>
    syncs.flatMap((now) => [sumWords(one, now, isKept).text, pillWords(one, now, isKept).text]),
  );
  const problems = CODES.map((code) => problem(code, /_/.test(code) ? SERVER : null));
  const reasons = problems.flatMap((one) => [
    waitsWords(one, isKept),
    ...troubles({
      state: 'help',
      problem: one,
      photos: /** @type {any[]} */ ([{ state: 'help', problem: one }]),
    }),
  ]);
  const states = /** @type {const} */ (['saved', 'sending', 'sent', 'help']);
  return [
    ...heads,
    ...reasons,
    ...states.map((state) => stateWords({ state }, isKept).text),
    ...[goneWords, portalWords, rejoinWords, whereWords].map((words) => words(isKept)),
  ];
}

test('where nothing is kept, nothing is said to be', () => {
  for (const text of allWords(false)) assert.doesNotMatch(text, /on (your|the|this) phone|saved/i);
});

test('no sentence is said twice in one text', () => {
  for (const text of [...allWords(true), ...allWords(false)]) {
    const sentences = text.split(/(?<=[.!?]) /);
    assert.deepEqual(sentences, [...new Set(sentences)]);
    assert.ok((text.match(/phone\./g) ?? []).length < 2, text);
  }
});

test('with a fault it is said once where things are', () => {
  for (const lastError of /** @type {const} */ (['portal', 'server', 'storage', 'full'])) {
    const waits = sum({ waiting: 2, word: 'waiting' });
    assert.match(sumWords(waits, sync({ lastError }), true).text, /What is saved stays on your phone\.$/);
    assert.match(sumWords(waits, sync({ lastError }), false).text, /on this page only. Do not close it\.$/);
  }
  assert.doesNotMatch(sumWords(sum({}), sync({ lastError: 'portal' }), false).text, /this page/);
});

test('what is being sent now counts for more than what failed last', () => {
  const waits = sum({ waiting: 2, word: 'portal' });
  const now = sync({ running: true, i: 0, n: 2, lastError: 'portal' });
  for (const [through, words] of ['Sending 1 of 2', 'Sending 2 of 2', 'Sending 2 of 2'].entries())
    assert.equal(sumWords(waits, { ...now, i: through }, true).text, words);
  assert.match(sumWords(waits, { ...now, n: 0 }, true).text, /needs a login/);
});

test('what is not sent is counted by its kind, and a picture on two pins once', () => {
  const photo = (/** @type {string} */ sha256) => ({ sha256 });
  /** @type {any[]} */
  const pins = [{ photos: [photo('a'), photo('b')] }, { photos: [photo('a')] }, { photos: [] }];
  const entry = (/** @type {any} */ kind, /** @type {string} */ target) => ({ kind, target });
  assert.equal(countWords([], pins), 'In all 3 pins, 2 photos');
  assert.equal(countWords([], []), '');
  const two = [entry('pin', '1'), entry('pin', '1'), entry('pin', '2'), entry('photo', 'a')];
  assert.equal(countWords(two, pins), 'Not sent yet: 2 pins, 1 photo · in all 3 pins, 2 photos');
  const all = [...two, entry('pin', '3'), entry('photo', 'b')];
  assert.equal(countWords(all, pins), 'Not sent yet: 3 pins, 2 photos');
  const rest = [entry('rating', 'x'), entry('withdrawal', '9'), entry('pin', '9')];
  assert.equal(countWords(rest, []), 'Not sent yet: 1 answer, 1 removal');
});

test('a pin needs help when a photo of it does', () => {
  const photos = /** @type {any[]} */ ([{ state: 'sent' }, { state: 'help' }]);
  assert.equal(wholeState({ state: 'saved', photos }), 'help');
  assert.equal(wholeState({ state: 'saved', photos: photos.slice(0, 1) }), 'saved');
});

test('a row gives no older reason where the sentence on top gives the present one', () => {
  const waits = sum({ waiting: 1, word: 'waiting' });
  const known = ERRORS.filter((error) => isExplained(waits, error));
  assert.deepEqual(known, ['portal', 'rejoin', 'server', 'storage', 'full']);
  assert.ok(isExplained(sum({ word: 'gone' }), null));
});

test('a time the server named is told until it has come', () => {
  /** @type {any[]} */
  const entries = [
    { problem: { obey: true }, next_at: 50 },
    { problem: { obey: false }, next_at: 500 },
  ];
  assert.equal(isAskedToWait(entries, 49), true);
  assert.equal(isAskedToWait(entries, 50), false);
});

test('the pill never says sent while something waits', () => {
  assert.equal(pillWords(sum({}), sync(), true).text, 'All sent');
  for (const waiting of [sum({ waiting: 1, word: 'waiting' }), sum({ photos: 1, word: 'photos' })]) {
    for (const state of [sync(), sync({ running: true }), sync({ lastError: 'network' })]) {
      assert.doesNotMatch(pillWords(waiting, state, true).text, /sent/);
      assert.doesNotMatch(sumWords(waiting, state, true).text, /Everything/);
    }
  }
});

test('help and a forgotten phone come before all other words', () => {
  const both = sum({ waiting: 3, help: 1, word: 'help' });
  assert.equal(pillWords(both, sync({ running: true }), true).tone, 'error');
  assert.match(sumWords(both, sync({ lastError: 'portal' }), true).text, /^1 could not be sent/);
  assert.equal(pillWords(sum({ word: 'rejoin', waiting: 2 }), sync(), true).icon, 'qr-code');
});

test('a sent pin with a waiting photo says both', () => {
  assert.match(
    sumWords(sum({ photos: 1, word: 'photos' }), sync(), true).text,
    /The pin is sent. The photo will follow/,
  );
  const photos = /** @type {any[]} */ ([{ state: 'sent' }, { state: 'waiting' }]);
  assert.equal(photoWords({ photos, photo_lost: false, awaiting_photo: false }), '1 of 2 photos sent');
  const lost = { photos: [], photo_lost: true };
  assert.equal(photoWords({ ...lost, awaiting_photo: false }), 'the photo did not fit');
  assert.equal(photoWords({ ...lost, awaiting_photo: true }), 'there is room for its photo now');
  assert.equal(photoWords({ photos: [], photo_lost: false, awaiting_photo: false }), '');
});

test('every reason is a sentence, known or not', () => {
  assert.match(whyWords(problem('network')), /no network/);
  assert.equal(
    whyWords(problem('something_new', /** @type {any} */ ('The server explains.'))),
    'The server explains.',
  );
  assert.match(whyWords(problem('something_new')), /^Something went wrong on our side.$/);
  assert.match(whyWords(null), /not been tried/);
});

test('what is refused for good is not said to be tried again, and what helps is said', () => {
  const refused = sumWords(sum({ help: 1, word: 'help' }), sync(), true).text;
  assert.doesNotMatch(refused, /try again/);
  assert.match(refused, /see why/);
  const archived = problem('walk_archived', /** @type {any} */ ('The walk is archived.'));
  const photos = /** @type {any[]} */ ([
    { state: 'sent', problem: null },
    { state: 'help', problem: problem('photo_not_image') },
  ]);
  const [pin, photo, ...more] = troubles({ state: 'help', problem: archived, photos });
  assert.match(pin, /^The walk is archived. It is not tried again by itself. .*file.*remove the pin/);
  assert.match(photo, /^The file is not a picture .*file.*remove the photo/);
  assert.deepEqual(more, []);
  assert.deepEqual(troubles({ state: 'saved', problem: problem('network'), photos: [] }), []);
});

test('what had arrived and is sent again is explained, and nothing else is', () => {
  const [first, asked] = [{ state: /** @type {const} */ ('waiting') }, { again: true }];
  assert.equal(againWords([], 'done'), '');
  assert.equal(againWords([first, { ...first, again: false }], 'waiting'), '');
  const said = againWords([first, { ...first, ...asked }], 'waiting');
  assert.match(said, /lost something that had arrived.*sends it again/);
  assert.equal(againWords([first, { ...asked, state: 'help' }], 'help'), '', 'refused: not by itself');
  for (const word of /** @type {const} */ (['gone', 'rejoin']))
    assert.equal(againWords([{ ...first, ...asked }], word), '');
});
