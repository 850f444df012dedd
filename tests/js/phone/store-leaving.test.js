/** Taking away, forgetting and sweeping: only what is proven or unsent by choice ever goes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as store from '../../../app/static/js/phone/store.js';
import { KEEP_REMOVED_MS, UNDO_MS } from '../../../app/static/js/phone/store-body.js';
import { sweep } from '../../../app/static/js/phone/store-keep.js';
import { claim } from '../../../app/static/js/phone/store-queue.js';
import { purgeWithdrawn } from '../../../app/static/js/phone/store-room.js';
import { aPhoto, aPin, OTHER_WALK, rows, WALK } from './setup.js';
import { bodyOf, NOW, proveAll } from './store-setup.js';

/** @import {Entry} from '../../../app/static/js/phone/types' */

test('removing an unsent pin takes it off the phone when a walk is over that nobody undid it in', async () => {
  const pin = await store.savePin(WALK, aPin());
  await store.addPhoto(pin.id, await aPhoto('gone'));
  const { undo_until } = await store.withdrawPin(pin.id);
  assert.deepEqual(
    [await store.listPins(WALK), await store.getPin(pin.id), await store.listEntries(WALK)],
    [[], null, []],
  );
  await purgeWithdrawn(undo_until + KEEP_REMOVED_MS);
  assert.equal((await rows('pins')).length, 1);
  await purgeWithdrawn(undo_until + KEEP_REMOVED_MS + 1);
  for (const name of ['pins', 'photos', 'bytes', 'entries']) assert.deepEqual(await rows(name), [], name);
  assert.equal(await store.undo(pin.id), false);
  await assert.rejects(store.revisePin(pin.id, { text: 'x' }), store.NotHere);
});

test('undo brings an unsent pin back whole', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'here' }));
  await store.addPhoto(pin.id, await aPhoto('back'));
  await store.withdrawPin(pin.id);
  assert.equal(await store.undo(pin.id), true);
  const item = await store.getPin(pin.id);
  assert.deepEqual(
    [item?.state, item?.fields.text, item?.photos[0].state, item?.rev],
    ['saved', 'here', 'waiting', 1],
  );
  assert.deepEqual((await store.listEntries(WALK)).map((entry) => entry.kind).sort(), ['photo', 'pin']);
  assert.equal(await store.undo(pin.id), false);
});

test('removing a sent pin withdraws it, after the undo window', async () => {
  const pin = await store.savePin(WALK, aPin());
  await proveAll();
  const { undo_until } = await store.withdrawPin(pin.id, NOW);
  const [entry] = await store.listEntries(WALK);
  assert.deepEqual(
    [entry.kind, entry.target, entry.not_before, bodyOf(entry)],
    ['withdrawal', pin.id, NOW + UNDO_MS, { rev: 2, base_rev: 1 }],
  );
  assert.equal(undo_until, NOW + UNDO_MS);
  await store.release();
  assert.equal((await store.listEntries(WALK))[0].not_before, NOW + UNDO_MS);
  assert.equal(await store.undo(pin.id, NOW + 1), true);
  assert.deepEqual(await store.listEntries(WALK), []);
  assert.equal((await store.getPin(pin.id))?.state, 'sent');
});

test('a withdrawn pin that was sent stays known after the undo window, for a restored server', async () => {
  const pin = await store.savePin(WALK, aPin());
  await proveAll();
  await store.withdrawPin(pin.id, NOW - 2 * UNDO_MS);
  await purgeWithdrawn(NOW);
  assert.deepEqual(
    (await rows('pins')).map((row) => row.id),
    [pin.id],
  );
  assert.equal((await store.listEntries(WALK)).length, 1);
});

test('of a proven withdrawal no text, place or photo stays longer than a walk', async () => {
  const here = { lat: 1, lon: 2, accuracy_m: 3, age_s: 0 };
  const pin = await store.savePin(WALK, aPin({ text: 'private', here }));
  await proveAll();
  await store.withdrawPin(pin.id, NOW - UNDO_MS);
  await proveAll(2);
  assert.deepEqual(
    (await store.listRemoved(WALK)).map(({ id }) => id),
    [pin.id],
  );
  await purgeWithdrawn(NOW + KEEP_REMOVED_MS + 1);
  const [row] = await rows('pins');
  assert.deepEqual(
    [row.fields.text, row.fields.here, row.photos, row.withdrawn, row.acked_rev],
    ['', null, [], true, 2],
  );
  assert.deepEqual(await store.listRemoved(WALK), []);
  assert.equal(await store.undo(pin.id), false);
});

test('a pin whose withdrawal has arrived comes back as a new one, with its photo', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'after all' }));
  await store.addPhoto(pin.id, await aPhoto('again'));
  await proveAll();
  await store.withdrawPin(pin.id, NOW - UNDO_MS);
  await proveAll(2);
  assert.equal(await store.undo(pin.id), true);
  const [item, ...more] = await store.listPins(WALK);
  assert.deepEqual(more, []);
  assert.notEqual(item.id, pin.id);
  assert.deepEqual(
    [item.fields.text, item.made_at, item.state, item.photos.length, item.photos[0].state, item.number],
    ['after all', pin.made_at, 'saved', 1, 'waiting', null],
  );
  assert.equal(await store.undo(pin.id), false, 'once');
});

test('a pin that may have left is sent to its end, then withdrawn', async () => {
  const pin = await store.savePin(WALK, aPin());
  await store.addPhoto(pin.id, await aPhoto('never mind'));
  await claim((await store.listEntries()).filter((entry) => entry.kind === 'pin'));
  await store.withdrawPin(pin.id);
  const entries = (await store.listEntries(WALK)).sort((a, b) => a.rev - b.rev);
  assert.deepEqual(
    entries.map((entry) => [entry.kind, entry.rev]),
    [
      ['pin', 1],
      ['withdrawal', 2],
    ],
  );
});

test('an answer is one thing however often it is changed', async () => {
  const answer = { question_id: 'q', stop_id: null, score: 3, text: '' };
  const first = await store.saveRating(WALK, answer);
  await store.saveRating(WALK, answer);
  const second = await store.saveRating(WALK, { ...answer, score: 5 });
  assert.equal(first.id, second.id);
  const [entry] = await store.listEntries(WALK);
  assert.deepEqual(
    [entry.kind, entry.rev, bodyOf(entry).score, bodyOf(entry).base_rev],
    ['rating', 1, 5, null],
  );
  await proveAll();
  await store.saveRating(WALK, { ...answer, score: 1 });
  const [again] = await store.listEntries(WALK);
  assert.deepEqual([again.rev, bodyOf(again).base_rev], [2, 1]);
  assert.deepEqual(
    (await store.listRatings(WALK)).map((row) => [row.score, row.state]),
    [[1, 'saved']],
  );
});

test('lists never load photo bytes', async () => {
  const pin = await store.savePin(WALK, aPin());
  await store.addPhoto(pin.id, await aPhoto('big'));
  const original = IDBDatabase.prototype.transaction;
  /** @type {string[]} */
  const opened = [];
  IDBDatabase.prototype.transaction = function (/** @type {any} */ names, ...rest) {
    opened.push(...[names].flat());
    return original.call(this, names, ...rest);
  };
  try {
    await store.listPins(WALK);
    await store.getPin(pin.id);
    await store.drafts(WALK);
    await store.listEntries();
    await store.listOthers(WALK);
  } finally {
    IDBDatabase.prototype.transaction = original;
  }
  assert.ok(opened.includes('pins') && !opened.includes('bytes') && !opened.includes('photos'));
});

test('pins of another walk stay apart', async () => {
  await store.savePin(WALK, aPin());
  await store.savePin(OTHER_WALK, aPin());
  assert.equal((await store.listPins(WALK)).length, 1);
  assert.equal((await store.listEntries(OTHER_WALK)).length, 1);
});

test('text is made fit for a database before it is hashed', async () => {
  const pin = await store.savePin(WALK, aPin({ text: `a\0b\ud800c\td\n${'x'.repeat(5000)}` }));
  assert.ok(pin.fields.text.startsWith('abc\td\nxxx'));
  assert.ok(pin.fields.text.length <= 4000);
  const cut = await store.savePin(WALK, aPin({ text: `${'y'.repeat(3999)}😀` }));
  assert.equal(cut.fields.text, 'y'.repeat(3999));
});

test('a clock of 1970 still makes a pin the server takes', async () => {
  const pin = await store.savePin(WALK, aPin(), { now: 1000 });
  assert.equal(pin.made_at, '2000-01-01T00:00:00.000Z');
});

test('every change is told, with whose it was', async () => {
  /** @type {string[]} */
  const told = [];
  const stop = store.onChange(({ what, walk, by }) => told.push(`${what} ${walk === WALK} ${by}`));
  await store.savePin(WALK, aPin());
  await proveAll();
  stop();
  await store.savePin(WALK, aPin());
  assert.deepEqual([...new Set(told)].sort(), [
    'entries true resident',
    'entries true sync',
    'pins true resident',
    'pins true sync',
  ]);
});

test('proven photos stay until a backup holds them, three days at most', async () => {
  const pin = await store.savePin(WALK, aPin());
  const [a, b] = [await aPhoto('a'), await aPhoto('b')];
  await store.patchWalk(WALK, {});
  await store.addPhoto(pin.id, a);
  await proveAll(5);
  await store.addPhoto(pin.id, b);
  await proveAll(9);
  const kept = async () =>
    Promise.all([a, b].map(async ({ sha256: name }) => (await store.getPhoto(WALK, name)) !== null));
  await sweep(NOW);
  assert.deepEqual(await kept(), [true, true]);
  await store.patchWalk(WALK, { backed_up_seq: 5 });
  await sweep(NOW);
  assert.deepEqual(await kept(), [false, true]);
  await sweep(NOW + 72 * 3_600_000 + 1);
  assert.deepEqual(await kept(), [false, false]);
  assert.ok(await store.getThumb(WALK, a.sha256));
});

test('an unsent photo is never swept', async () => {
  const pin = await store.savePin(WALK, aPin());
  await store.patchWalk(WALK, { backed_up_seq: 1e9 });
  const photo = await aPhoto('unsent');
  await store.addPhoto(pin.id, photo);
  await sweep(NOW + 1e12);
  assert.ok(await store.getPhoto(WALK, photo.sha256));
});

test('a walk with anything unsent cannot be forgotten', async () => {
  await store.patchWalk(WALK, {});
  await store.savePin(WALK, aPin());
  assert.equal(await store.forgetWalk(WALK), false);
  assert.equal((await store.listPins(WALK)).length, 1);
  await proveAll();
  assert.equal(await store.forgetWalk(WALK), true);
  for (const name of ['walks', 'pins', 'entries']) assert.deepEqual(await rows(name), []);
});
