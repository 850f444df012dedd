/** The outbox's rules, case by case. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  afterFailure,
  afterSuccess,
  backoffMs,
  LONGEST_WAIT_MS,
  next,
  ready,
  retryAfterMs,
  summary,
  wakeAt,
} from '../../../app/static/js/phone/outbox.js';
import { entryFor } from '../../../app/static/js/phone/store-body.js';
import { dice } from './setup.js';

/** @import {ApiResult, Entry, EntryKind} from '../../../app/static/js/phone/types' */

const NOW = Date.UTC(2026, 10, 25, 18);
const half = () => 0.5;

/** @param {EntryKind} kind @param {string} target @param {Partial<Entry>} [more] @returns {Entry} */
const entry = (kind, target, more = {}) => ({
  ...entryFor('walk', kind, target, more.rev ?? 1, kind === 'photo' ? null : '{}', NOW),
  ...more,
});
/** @param {Partial<ApiResult>} parts @returns {ApiResult} */
const result = (parts) => ({
  ok: false,
  status: 0,
  data: null,
  problem: null,
  network: false,
  portal: false,
  retryAfter: null,
  ...parts,
});
/** @param {Entry[]} entries @param {number} [now] */
const order = (entries, now = NOW) => ready(entries, now).map((each) => each.target);

test('it sends words oldest first, then photos newest first', () => {
  const entries = [
    entry('photo', 'old photo', { created_at: NOW - 9000 }),
    entry('photo', 'new photo', { created_at: NOW - 1000 }),
    entry('pin', 'young', { created_at: NOW - 10 }),
    entry('rating', 'middle', { created_at: NOW - 20 }),
    entry('withdrawal', 'eldest', { created_at: NOW - 30, rev: 2 }),
  ];
  assert.deepEqual(order(entries), ['eldest', 'middle', 'young', 'new photo', 'old photo']);
  assert.equal(next(entries, NOW)?.target, 'eldest');
  assert.equal(next([], NOW), null);
});

test('it waits for an open sheet and for back-off', () => {
  const held = entry('pin', 'held', { not_before: NOW + 1 });
  const late = entry('pin', 'late', { next_at: NOW + 5000 });
  assert.deepEqual(order([held, late]), []);
  assert.deepEqual(order([held, late], NOW + 1), ['held']);
  assert.equal(wakeAt([held, late], NOW), NOW + 1);
  assert.equal(wakeAt([late], NOW + 6000), NOW + 6000);
  assert.equal(wakeAt([], NOW), null);
});

test('what a page that is gone was sending is looked after soon', () => {
  const at = wakeAt([entry('pin', 'p', { state: 'sending' })], NOW);
  assert.ok(at !== null && at <= NOW);
  assert.equal(wakeAt([entry('pin', 'p', { state: 'help' })], NOW), null);
});

test('a clock that was moved back keeps nothing waiting', () => {
  const year = 365 * 86_400_000;
  assert.deepEqual(
    order([entry('pin', 'a', { next_at: NOW + year }), entry('pin', 'b', { not_before: NOW + year })]),
    ['a', 'b'],
  );
});

test('revisions of one pin go in order, the withdrawal last', () => {
  const revs = [
    entry('withdrawal', 'p', { rev: 3 }),
    entry('pin', 'p', { rev: 2 }),
    entry('pin', 'p', { rev: 1, next_at: NOW + 1000 }),
  ];
  assert.deepEqual(ready(revs, NOW), []);
  assert.deepEqual(
    ready(revs, NOW + 1000).map((each) => each.rev),
    [1],
  );
  assert.deepEqual(
    ready(revs.slice(0, 2), NOW).map((each) => each.rev),
    [2],
  );
  const sending = entry('pin', 'p', { rev: 1, state: 'sending' });
  assert.deepEqual(ready([sending, ...revs.slice(0, 2)], NOW), []);
});

test('what needs help blocks nothing, not even its own next revision', () => {
  const refused = entry('pin', 'p', { rev: 1, state: 'help' });
  assert.deepEqual(order([refused, entry('pin', 'q'), entry('pin', 'p', { rev: 2 })]), ['q', 'p']);
});

test('back-off doubles from 2 to 300 seconds, give or take 30 %', () => {
  const at = (/** @type {number} */ tries, /** @type {number} */ x) => backoffMs(tries, () => x) / 1000;
  assert.deepEqual(
    [0, 1, 2, 6, 7, 50].map((tries) => at(tries, 0.5)),
    [2, 4, 8, 128, 256, 300],
  );
  const throws = dice(7);
  for (let i = 0; i < 500; i++) {
    const seconds = backoffMs(i % 12, throws) / 1000;
    const base = Math.min(2 ** ((i % 12) + 1), 300);
    assert.ok(seconds >= base * 0.7 && seconds <= base * 1.3, `${seconds} for ${base}`);
  }
});

test('Retry-After is obeyed in seconds and as a date, and capped; nonsense says nothing', () => {
  const cases = /** @type {[string | null, number | null][]} */ ([
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['1000000000', LONGEST_WAIT_MS],
    ['99999999999999999999999', LONGEST_WAIT_MS],
    [new Date(NOW + 30_000).toUTCString(), 30_000],
    [new Date(NOW - 30_000).toUTCString(), 0],
    ['Fri, 31 Dec 2999 23:59:59 GMT', LONGEST_WAIT_MS],
    ['soon', null],
    ['', null],
    [null, null],
    ['-5', null],
    ['1e3', null],
    ['7.5', null],
    ['2026', LONGEST_WAIT_MS],
    ['Xyz, 99 Abc 2026 99:99:99 GMT', null],
  ]);
  for (const [header, expected] of cases) assert.equal(retryAfterMs(header, NOW), expected, String(header));
});

test('only a full echo is proof', () => {
  const sent = entry('pin', 'id-1', { rev: 2 });
  const proof = { id: 'id-1', rev: 2, sha256: sent.sha256, epoch: 'e', seq: 4 };
  const answers = /** @type {[string, Partial<ApiResult>, string][]} */ ([
    ['full', { ok: true, status: 201, data: { ...proof, number: 3 } }, 'proven'],
    ['again', { ok: true, status: 200, data: proof }, 'proven'],
    ['login page', { portal: true, status: 200 }, 'portal'],
    ['empty object', { ok: true, status: 200, data: {} }, 'portal'],
    ['nothing', { ok: true, status: 204 }, 'portal'],
    ['list', { ok: true, status: 200, data: [] }, 'portal'],
    ['other id', { ok: true, status: 200, data: { ...proof, id: 'id-2' } }, 'portal'],
    ['old revision', { ok: true, status: 200, data: { ...proof, rev: 1 } }, 'unproven'],
    ['revision as text', { ok: true, status: 200, data: { ...proof, rev: '2' } }, 'unproven'],
    ['other bytes', { ok: true, status: 200, data: { ...proof, sha256: '0'.repeat(64) } }, 'unproven'],
    ['no epoch', { ok: true, status: 200, data: { ...proof, epoch: undefined } }, 'unproven'],
    ['no place in the feed', { ok: true, status: 200, data: { ...proof, seq: null } }, 'unproven'],
    ['proof in an error', { ok: false, status: 500, data: proof }, 'unproven'],
  ]);
  for (const [name, parts, expected] of answers)
    assert.equal(afterSuccess(sent, result(parts)), expected, name);
});

test('every refusal has its effect, and none of them deletes', () => {
  const refuse = (
    /** @type {number} */ status,
    /** @type {string} */ code,
    /** @type {boolean} */ retry,
    more = {},
  ) => result({ status, problem: { code, retry, title: code, ...more } });
  const [pin, photo, withdrawal] = [
    entry('pin', 'p'),
    entry('photo', 'f'),
    entry('withdrawal', 'p', { rev: 2 }),
  ];
  const cases = /** @type {[string, Entry, ApiResult, string, string][]} */ ([
    ['no network', pin, result({ network: true }), 'retry', 'round'],
    ['login page', pin, result({ portal: true, status: 200 }), 'retry', 'round'],
    ['token gone', pin, refuse(401, 'not_joined', false), 'rejoin', 'walk'],
    [
      'both kept',
      pin,
      refuse(409, 'pin_conflict', false, { stored: true, kept: { rev: 1, sha256: 'x' } }),
      'conflict',
      'none',
    ],
    ['id taken', pin, refuse(409, 'id_taken', false), 'help', 'none'],
    ['walk gone', pin, refuse(410, 'walk_archived', false), 'help', 'none'],
    ['unreadable', pin, refuse(422, 'invalid', false), 'help', 'none'],
    ['nothing to withdraw', withdrawal, refuse(404, 'not_found', false), 'gone', 'none'],
    ['pin not found', pin, refuse(404, 'not_found', false), 'help', 'none'],
    ['photo too large', photo, refuse(413, 'too_large', false), 'recompress', 'none'],
    ['still too large', { ...photo, recompressed: true }, refuse(413, 'too_large', false), 'help', 'none'],
    ['pin too large', pin, refuse(413, 'too_large', false), 'help', 'none'],
    ['photo changed on its way', photo, refuse(422, 'hash_mismatch', true), 'retry', 'none'],
    ['disk full', photo, refuse(507, 'storage_full', true), 'retry', 'photos'],
    ['too fast', pin, refuse(429, 'too_fast', true), 'retry', 'none'],
    ['unknown code that may pass', pin, refuse(418, 'from_the_future', true), 'retry', 'none'],
    ['a page of some proxy', pin, result({ status: 404 }), 'retry', 'none'],
    ['problem without the flag', pin, result({ status: 400, problem: { code: 'odd' } }), 'retry', 'none'],
    ['server error', pin, refuse(500, 'server_error', true), 'retry', 'none'],
    ['a bare 500', pin, result({ status: 500 }), 'retry', 'none'],
    ['gateway', pin, result({ status: 502 }), 'retry', 'round'],
    ["a network's own JSON", pin, result({ ok: true, status: 200, data: {} }), 'retry', 'round'],
    ['200 without proof', pin, result({ ok: true, status: 200, data: { id: 'p' } }), 'retry', 'none'],
  ]);
  for (const [name, sent, answer, effect, stop] of cases) {
    const decision = afterFailure(sent, answer, NOW, half);
    assert.equal(decision.effect, effect, name);
    assert.equal(decision.stop, stop, name);
    if (effect === 'retry')
      assert.ok((decision.patch.next_at ?? 0) > NOW && decision.patch.state === 'waiting', name);
    if (effect === 'help') assert.equal(decision.patch.state, 'help', name);
    assert.equal('maybe_sent' in decision.patch, false, `${name}: what may have left may have left`);
  }
});

test('a server that names a time is obeyed, back-off or not', () => {
  const busy = result({ status: 503, retryAfter: '120', problem: { code: 'busy', retry: true } });
  const { patch } = afterFailure(entry('pin', 'p', { tries: 9 }), busy, NOW, half);
  assert.equal(patch.next_at, NOW + 120_000);
  assert.equal(patch.problem?.obey, true);
  const plain = afterFailure(entry('pin', 'p'), result({ status: 503 }), NOW, half);
  assert.equal(plain.patch.problem?.obey, false);
});

test('the summary says done only when nothing is left', () => {
  const pin = entry('pin', 'p');
  const photo = entry('photo', 'f');
  const help = entry('pin', 'h', { state: 'help' });
  const parked = entry('pin', 'x', {
    problem: { code: 'not_joined', status: 401, title: null, obey: false },
  });
  assert.equal(summary([]).word, 'done');
  assert.deepEqual(summary([pin, entry('pin', 'p', { rev: 2 }), photo]), {
    waiting: 1,
    photos: 1,
    help: 0,
    total: 3,
    word: 'waiting',
  });
  assert.equal(summary([photo]).word, 'photos');
  assert.equal(summary([help]).word, 'help');
  assert.equal(summary([help, pin]).word, 'waiting');
  assert.equal(summary([pin], { lastError: 'portal' }).word, 'portal');
  assert.equal(summary([parked, pin], { lastError: 'portal' }).word, 'rejoin');
  assert.equal(summary([], { lastError: 'portal' }).word, 'done');
});
