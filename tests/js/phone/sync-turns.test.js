/** One sender at a time, in the right order, with a token that may be renewed. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { summary } from '../../../app/static/js/phone/outbox.js';
import { joinByCode } from '../../../app/static/js/phone/session.js';
import * as store from '../../../app/static/js/phone/store.js';
import { claim } from '../../../app/static/js/phone/store-queue.js';
import { onSync, startSync, syncNow, syncState } from '../../../app/static/js/phone/sync.js';
import { problem } from './server.js';
import { aPin, phone, restartApp, WALK } from './setup.js';
import { assertConverged, savePins, server, syncUntilDone } from './sync-setup.js';

test('a tab that died while sending leaves nothing stuck', async () => {
  await savePins(3);
  await claim(await store.listEntries());
  await restartApp();
  await syncNow();
  await assertConverged(3, 3);
});

test('while one tab sends, another one waits', async () => {
  await savePins(2);
  const lock = withResolvers();
  const other = navigator.locks.request('trygga-steg-sync', { ifAvailable: true }, () => lock.promise);
  assert.equal((await syncNow()).busy, true);
  assert.equal(server.writes.length, 0);
  lock.resolve(null);
  await other;
  await syncNow();
  await assertConverged(2, 2);
});

function withResolvers() {
  /** @type {any} */
  const made = {};
  made.promise = new Promise((resolve) => {
    made.resolve = resolve;
  });
  return made;
}

test('ten impatient taps are one sending', async () => {
  await savePins(3);
  await Promise.all(Array.from({ length: 10 }, () => syncNow({ force: true })));
  assert.equal(server.writes.length, 6);
  await assertConverged(3, 3);
});

test('an edit made while its pin is on the way is sent after it', async () => {
  const [pin] = await savePins(1, { photos: false });
  server.fault = async (call) => {
    if (call.kind === 'pins' && call.body.rev === 1)
      await store.revisePin(pin.id, { text: 'edited under way' });
    return null;
  };
  await syncUntilDone();
  assert.deepEqual(
    server.pins.get(pin.id)?.revs.map((each) => [each.rev, each.body.base_rev, each.body.text]),
    [
      [1, null, 'pin 0'],
      [2, 1, 'edited under way'],
    ],
  );
  await assertConverged(1, 0);
});

test('a pin removed while on the way is withdrawn there', async () => {
  const [pin] = await savePins(1, { photos: false });
  server.fault = async (call) => {
    if (call.kind === 'pins') await store.withdrawPin(pin.id, Date.now() - 60_000);
    return null;
  };
  await syncUntilDone();
  assert.equal(server.pins.get(pin.id)?.withdrawn, true);
  assert.deepEqual(await store.listPins(WALK), []);
});

test('words saved meanwhile go before the next photo', async () => {
  await savePins(4);
  let saved = false;
  server.fault = async (call) => {
    if (call.kind === 'photos' && !saved) {
      saved = true;
      await store.savePin(WALK, aPin({ text: 'just now' }));
    }
    return null;
  };
  const stop = await begun();
  try {
    await syncUntilDone();
  } finally {
    stop();
  }
  const kinds = server.writes.map((call) => call.kind);
  const late = server.writes.findIndex((call) => call.body?.text === 'just now');
  assert.ok(late > 0 && kinds.slice(late + 1).filter((kind) => kind === 'photos').length >= 2, kinds.join());
});

test('an expired token is renewed once, quietly', async () => {
  await savePins(3);
  server.token = false;
  await syncUntilDone();
  assert.equal(server.calls.filter((call) => call.kind === 'rejoin').length, 1);
  assert.equal((await store.getWalk(WALK))?.rejoin, 'capability-2');
  await assertConverged(3, 3);
});

test('a revoked token parks the queue, and the code on the poster sets it free', async () => {
  await savePins(3);
  server.token = false;
  server.rejoin = 'refused';
  await syncNow();
  assert.equal((await store.listEntries()).length, 6);
  assert.deepEqual(syncState().parked, [WALK]);
  assert.equal(summary(await store.listEntries()).word, 'rejoin');
  server.calls.length = 0;
  await syncNow();
  assert.equal(server.writes.length, 0, 'a parked queue asks nobody');
  server.token = true;
  assert.equal((await joinByCode('ABCD-EFGH', 'sv')).ok, true);
  await syncUntilDone();
  await assertConverged(3, 3);
});

test('no network while renewing the token is not a refusal', async () => {
  await savePins(1);
  server.token = false;
  server.fault = (call) => (call.kind === 'rejoin' ? 'lost before' : null);
  await syncNow();
  assert.equal((await store.getWalk(WALK))?.parked, null);
  server.fault = () => null;
  await syncUntilDone();
  await assertConverged(1, 1);
});

test('a full server disk pauses photos, and pins go on', async () => {
  await savePins(3);
  server.fault = (call) => (call.kind === 'photos' ? problem(507, 'storage_full', true) : null);
  await syncNow();
  assert.deepEqual([server.pins.size, server.photos.size], [3, 0]);
  assert.equal(server.writes.filter((call) => call.kind === 'photos').length, 1);
  assert.equal(summary(await store.listEntries()).word, 'photos');
  server.fault = () => null;
  await syncUntilDone();
  await assertConverged(3, 3);
});

test('a named time is kept even when the resident presses the button', async () => {
  await savePins(1, { photos: false });
  server.fault = () => problem(429, 'too_fast', true, {}, { 'Retry-After': '600' });
  await syncNow();
  server.fault = () => null;
  await syncNow({ force: true });
  assert.equal(server.pins.size, 0);
  const [entry] = await store.listEntries();
  assert.ok(entry.next_at > Date.now() + 500_000);
});

test('a photo that stays too large needs help, its pin is sent', async () => {
  const [pin] = await savePins(1);
  server.fault = (call) => (call.kind === 'photos' ? problem(413, 'too_large', false) : null);
  await syncNow();
  const [entry] = await store.listEntries();
  assert.deepEqual([entry.kind, entry.state, entry.problem?.code], ['photo', 'help', 'too_large']);
  assert.equal((await store.getPin(pin.id))?.state, 'sent');
  assert.ok(await store.getPhoto(WALK, entry.target), 'the bytes stay');
});

test('two revisions of one pin go in one round, in order', async () => {
  const [pin] = await savePins(1, { photos: false });
  await claim(await store.listEntries());
  await store.revisePin(pin.id, { text: 'second' });
  assert.equal((await syncNow()).sent, 2);
  assert.deepEqual(
    server.pins.get(pin.id)?.revs.map((each) => each.rev),
    [1, 2],
  );
});

test('the note that a pin may be sent is as durable as the pin', async () => {
  await savePins(1);
  const original = IDBDatabase.prototype.transaction;
  /** @type {(string | undefined)[]} */
  const durabilities = [];
  IDBDatabase.prototype.transaction = function (/** @type {any} */ names, mode, options) {
    if (mode === 'readwrite' && [names].flat().join() === 'entries') durabilities.push(options?.durability);
    return original.call(this, names, mode, options);
  };
  try {
    await syncNow();
  } finally {
    IDBDatabase.prototype.transaction = original;
  }
  assert.deepEqual(durabilities, ['strict', 'relaxed'], 'first the pin, then its photo');
});

test('no server for long, and nobody says when it is back: it is asked four times a minute', async () => {
  const { setTimeout: later } = globalThis;
  const stop = await begun();
  try {
    phone.onLine = false;
    server.fault = () => 'lost before';
    await savePins(1);
    for (let round = 0; round < 8; round++) await Promise.all([roundOver(), syncNow()]);
    phone.onLine = true; // no event tells of it
    const asleep = new Promise((heard) => {
      globalThis.setTimeout = /** @type {any} */ (
        (/** @type {() => void} */ run, /** @type {number} */ ms) => {
          if (ms >= 15_000) heard(ms);
          return later(run, ms);
        }
      );
    });
    await syncNow();
    assert.equal(await asleep, 15_000);
  } finally {
    globalThis.setTimeout = later;
    stop();
  }
});

/** The first round is over: nothing of the beginning reaches into what follows. @returns {Promise<() => void>} stop */
async function begun() {
  const over = roundOver();
  const stop = startSync();
  await over;
  return stop;
}

/** The next end of a round, whoever asked for it. */
const roundOver = () =>
  new Promise((over) => {
    let hasBegun = false;
    const stop = onSync(({ running }) => {
      if (hasBegun && !running) {
        stop();
        over(null);
      }
      hasBegun ||= running;
    });
  });
