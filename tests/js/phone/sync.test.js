/** What is saved arrives: once, whole, and with proof, whatever the network and the server do. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { summary } from '../../../app/static/js/phone/outbox.js';
import * as store from '../../../app/static/js/phone/store.js';
import { onSync, syncNow, syncState } from '../../../app/static/js/phone/sync.js';
import { json, portal, problem } from './server.js';
import { aPhoto, dice, phone, WALK } from './setup.js';
import { assertConverged, savePins, server, syncUntilDone } from './sync-setup.js';

test('everything saved arrives once: words first and oldest first, then photos, newest first', async () => {
  const pins = await savePins(5);
  const report = await syncNow();
  assert.deepEqual([report.sent, report.failed, report.busy, report.stopped], [10, 0, false, null]);
  await assertConverged(5, 5);
  assert.deepEqual(
    server.writes.map((call) => call.kind),
    [...Array(5).fill('pins'), ...Array(5).fill('photos')],
  );
  assert.deepEqual(
    server.writes.slice(0, 5).map((call) => call.target),
    pins.map((pin) => pin.id),
  );
  const newestFirst = (await store.listPins(WALK)).map((pin) => pin.photos[0].sha256);
  assert.equal(server.writes[5].target, newestFirst[0]);
  assert.equal(server.writes[9].target, newestFirst[4]);
  assert.equal(summary(await store.listEntries()).word, 'done');
  assert.ok((syncState().lastSentAt ?? 0) > 0);
  await syncNow();
  assert.equal(server.writes.length, 10, 'nothing is sent twice');
});

test('a pin is sent within 20 kB before any photo', async () => {
  await savePins(3);
  await syncNow();
  for (const call of server.writes.slice(0, 3))
    assert.ok(call.text.length <= 2000, `${call.text.length} bytes`);
});

test('progress is honest', async () => {
  await savePins(4);
  /** @type {[number, number][]} */
  const seen = [];
  const stop = onSync(({ running, i, n }) => running && i > 0 && seen.push([i, n]));
  await syncNow();
  stop();
  assert.deepEqual([...new Set(seen.map(([, n]) => n))], [8]);
  const steps = seen.map(([i]) => i);
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
  );
  assert.equal(steps.at(-1), 8);
});

test('that it may be sent is on disk before the first byte leaves', async () => {
  await savePins(1);
  /** @type {boolean[]} */
  const noted = [];
  server.fault = async (call) => {
    if (call.method === 'PUT')
      noted.push(
        ...(await store.listEntries())
          .filter((entry) => entry.target === call.target)
          .map((entry) => entry.maybe_sent),
      );
    return null;
  };
  await syncNow();
  assert.deepEqual(noted, [true, true]);
});

test('an answer lost after commit makes no second row', async () => {
  await savePins(1);
  let lost = 0;
  server.fault = (call) => (call.method === 'PUT' && lost++ < 5 ? 'lost after' : null);
  await syncUntilDone();
  assert.ok(lost > 5);
  await assertConverged(1, 1);
});

for (let seed = 1; seed <= 12; seed++) {
  test(`a bad network and a sick server only delay it (${seed})`, async () => {
    await savePins(8);
    const throws = dice(seed * 977);
    server.fault = () => {
      const x = throws();
      if (x < 0.15) return 'lost before';
      if (x < 0.3) return 'lost after';
      if (x < 0.4) return problem(503, 'busy', true);
      if (x < 0.45) return portal();
      if (x < 0.5)
        return new Response('<h1>Bad gateway</h1>', {
          status: 502,
          headers: { 'Content-Type': 'text/html' },
        });
      return x < 0.55 ? json(200, {}) : null;
    };
    await syncUntilDone(200);
    server.fault = () => null;
    await syncNow();
    await assertConverged(8, 8);
    for (const pin of server.pins.values()) assert.equal(pin.revs.length, 1);
  });
}

const IMPOSTORS = /** @type {[string, (call: import('./server.js').Call) => Response][]} */ ([
  ['a login page', () => portal()],
  ['511', () => problem(511, 'login', true)],
  ['an empty 200', () => new Response('', { status: 200 })],
  ['{}', () => json(200, {})],
  [
    'the proof of another pin',
    ({ body }) => json(200, { id: 'x', rev: body?.rev ?? 1, sha256: 'y', epoch: 'e', seq: 1 }),
  ],
  [
    'the right id with the wrong hash',
    ({ target, body }) => json(200, { id: target, rev: body?.rev ?? 1, sha256: 'y', epoch: 'e', seq: 1 }),
  ],
  [
    'a cut-off answer',
    () => new Response('{"id": "abc', { headers: { 'Content-Type': 'application/json' } }),
  ],
  ['a redirect', () => Response.redirect('https://login.test/', 302)],
]);
for (const [name, answer] of IMPOSTORS) {
  test(`${name} is not proof: it stays on the phone, unsent`, async () => {
    const [pin] = await savePins(1);
    server.fault = (call) => (call.method === 'PUT' ? answer(call) : null);
    await syncNow();
    assert.equal((await store.listEntries()).length, 2);
    assert.equal((await store.getPin(pin.id))?.state, 'saved');
    assert.ok(await store.getPhoto(WALK, (await aPhoto('photo 0')).sha256));
    server.fault = () => null;
    await syncUntilDone();
    await assertConverged(1, 1);
  });
}

test('a network that wants a login is named', async () => {
  await savePins(2);
  server.fault = () => portal();
  const report = await syncNow();
  assert.equal(report.stopped, 'portal');
  assert.equal(summary(await store.listEntries(), syncState()).word, 'portal');
});

test('one poisoned pin and one damaged photo cost nobody else anything', async () => {
  const pins = await savePins(10);
  server.fault = (call) => (call.target === pins[2].id ? problem(422, 'invalid', false) : null);
  await damage((await aPhoto('photo 4')).sha256);
  await syncNow();
  const left = await store.listEntries();
  assert.deepEqual(left.map((entry) => [entry.state, entry.problem?.code]).sort(), [
    ['help', 'invalid'],
    ['help', 'photo_unreadable'],
  ]);
  assert.deepEqual([server.pins.size, server.photos.size], [9, 9]);
  assert.equal((await store.getPin(pins[2].id))?.state, 'help');
  assert.equal((await store.getPin(pins[4].id))?.photos[0].state, 'help');
  assert.equal(summary(left).word, 'help');
  server.fault = () => null;
  await syncNow();
  assert.equal(server.pins.size, 9, 'not tried again by itself');
  await syncNow({ force: true });
  assert.equal(server.pins.size, 10, 'tried again by the button');
});

/** @param {string} sha256 */
async function damage(sha256) {
  const db = await new Promise((resolve) => {
    const opening = indexedDB.open('trygga-steg');
    opening.onsuccess = () => resolve(opening.result);
  });
  const tx = db.transaction('bytes', 'readwrite');
  tx.objectStore('bytes').put({ walk: WALK, sha256, bytes: new ArrayBuffer(3) });
  await new Promise((resolve) => {
    tx.oncomplete = resolve;
  });
  db.close();
}

test('three poisoned pins in front do not stop the others for long', async () => {
  const pins = await savePins(8, { photos: false });
  const bad = new Set(pins.slice(0, 3).map((pin) => pin.id));
  server.fault = (call) => (bad.has(call.target) ? problem(500, 'server_error', true) : null);
  await syncNow();
  await syncNow();
  assert.equal(server.pins.size, 5);
  assert.equal((await store.listEntries()).length, 3);
});

test('a sick server is not hammered', async () => {
  await savePins(20, { photos: false });
  server.fault = () => problem(503, 'busy', true);
  const report = await syncNow();
  assert.equal(report.stopped, 'server');
  assert.ok(server.writes.length <= 6, `${server.writes.length} requests`);
});

test('when a server that was restarting is back, nothing waits for its back-off', async () => {
  await savePins(4, { photos: false });
  server.fault = () =>
    new Response('<h1>502</h1>', { status: 502, headers: { 'Content-Type': 'text/html' } });
  for (let round = 0; round < 3; round++) await syncNow();
  assert.equal(server.writes.length, 1, 'while nobody is home, only the feed is asked');
  assert.ok((await store.listEntries()).some((entry) => entry.next_at > Date.now()));
  server.fault = () => null;
  const report = await syncNow();
  assert.equal(report.sent, 4);
});

test('a poisoned pin keeps its own back-off when the server answers all else', async () => {
  await savePins(2, { photos: false });
  let bad = '';
  server.fault = (call) => {
    if (call.method !== 'PUT' || (bad && bad !== call.target)) return null;
    bad = call.target;
    return problem(500, 'server_error', true);
  };
  for (let round = 0; round < 4; round++) await syncNow();
  assert.equal(server.writes.filter((call) => call.target === bad).length, 1);
});

test('without network at most one thing is marked as perhaps sent, and the rest is as it was', async () => {
  await savePins(6);
  server.fault = () => 'lost before';
  await syncNow();
  await syncNow();
  const entries = await store.listEntries();
  assert.equal(entries.filter((entry) => entry.maybe_sent).length, 1);
  assert.ok(entries.every((entry) => entry.state === 'waiting'));
});

test('a phone that says it is offline is asked, not believed', async () => {
  await savePins(2);
  phone.onLine = false;
  await syncNow();
  await assertConverged(2, 2);
});

test('offline for sure, nothing is marked as sent', async () => {
  phone.onLine = false;
  server.fault = () => 'lost before';
  const [pin] = await savePins(1);
  await syncNow();
  assert.ok((await store.listEntries()).every((entry) => !entry.maybe_sent));
  await store.withdrawPin(pin.id);
  assert.deepEqual(await store.listEntries(), [], 'what never left needs no withdrawal');
});

test('the network fails in the middle: what was not begun stays untouched', async () => {
  await savePins(12, { photos: false });
  server.fault = (call, n) => (call.method === 'PUT' && n > 5 ? 'lost before' : null);
  await syncNow();
  const entries = await store.listEntries();
  assert.ok(entries.length >= 7);
  assert.ok(entries.filter((entry) => entry.maybe_sent).length <= 3);
  server.fault = () => null;
  await syncUntilDone();
  await assertConverged(12, 0);
});
