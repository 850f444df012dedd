/** What is saved arrives: once, whole, and with proof, whatever the network and the server do. */
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import { summary } from '../../../app/static/js/phone/outbox.js';
import { enter, joinByCode, leave } from '../../../app/static/js/phone/session.js';
import * as store from '../../../app/static/js/phone/store.js';
import { claim, resetBackoff } from '../../../app/static/js/phone/store-queue.js';
import { onSync, startSync, syncNow, syncState } from '../../../app/static/js/phone/sync.js';
import { json, portal, problem, Server } from './server.js';
import { aPhoto, aPin, dice, freshPhone, phone, restartApp, WALK } from './setup.js';

let server = new Server();

beforeEach(async () => {
  await freshPhone();
  server = new Server().install();
  server.bundle = {
    walk: { id: WALK, title: 'Walk', state: 'open' },
    participant: { id: 'participant-1' },
    epoch: server.epoch,
    seq: 0,
    pack: null,
  };
  await enter(WALK, 'sv');
  await syncNow();
  server.calls.length = 0;
});

/** @param {number} n @param {{photos?: boolean}} [options] */
async function savePins(n, { photos = true } = {}) {
  const pins = [];
  for (let i = 0; i < n; i++) {
    const pin = await store.savePin(WALK, aPin({ text: `pin ${i}` }), { now: Date.now() - 60_000 + i });
    if (photos) await store.addPhoto(pin.id, await aPhoto(`photo ${i}`), Date.now() - 50_000 + i);
    pins.push(pin);
  }
  return pins;
}

/** Rounds until nothing waits, without waiting for back-off. @param {number} [most] */
async function syncUntilDone(most = 40) {
  for (let i = 0; i < most && (await store.listEntries()).length > 0; i++) {
    await resetBackoff(() => true);
    await syncNow();
  }
  assert.deepEqual(await store.listEntries(), []);
}

/** Phone and server agree, nothing is missing and nothing is double. @param {number} pins @param {number} photos */
async function assertConverged(pins, photos) {
  assert.equal(server.pins.size, pins);
  assert.equal(server.photos.size, photos);
  for (const item of await store.listPins(WALK)) {
    const stored = server.pins.get(item.id);
    assert.equal(item.state, 'sent');
    assert.equal(stored?.revs.at(-1)?.rev, item.rev);
    assert.equal(stored?.revs.at(-1)?.body.text, item.fields.text);
    for (const photo of item.photos) assert.ok(server.photos.has(photo.sha256) && photo.state === 'sent');
  }
}

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
  const stop = startSync();
  try {
    let saved = false;
    server.fault = async (call) => {
      if (call.kind === 'photos' && !saved) {
        saved = true;
        await store.savePin(WALK, aPin({ text: 'just now' }));
      }
      return null;
    };
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

test('a conflict closes the entry, and both versions are with the server', async () => {
  const [pin] = await savePins(1, { photos: false });
  server.pins.set(pin.id, {
    number: 1,
    withdrawn: false,
    revs: [{ rev: 1, sha256: 'other', seq: 1, body: {} }],
  });
  await syncNow();
  assert.deepEqual(await store.listEntries(), []);
  assert.equal((await store.getPin(pin.id))?.conflict, true);
});

test('an archived walk takes nothing more: it is kept and named', async () => {
  const [pin] = await savePins(1);
  server.fault = (call) => (call.method === 'PUT' ? problem(410, 'walk_archived', false) : null);
  await syncNow();
  assert.deepEqual(
    [(await store.getPin(pin.id))?.state, (await store.getPin(pin.id))?.problem?.code],
    ['help', 'walk_archived'],
  );
  assert.ok(await store.getPhoto(WALK, (await aPhoto('photo 0')).sha256));
});

test('a server restored from an old backup is healed by the phone, byte for byte', async () => {
  const pins = await savePins(4);
  await store.saveRating(WALK, { question_id: 'q', stop_id: null, score: 4, text: '' });
  await syncUntilDone();
  await store.revisePin(pins[0].id, { text: 'second thoughts' });
  await syncUntilDone();
  const before = new Map([...server.pins].map(([id, pin]) => [id, pin.revs.at(-1)?.sha256]));
  server.restoreEmpty();
  await syncNow();
  await syncUntilDone();
  assert.deepEqual(new Map([...server.pins].map(([id, pin]) => [id, pin.revs.at(-1)?.sha256])), before);
  assert.deepEqual([server.photos.size, server.ratings.size], [4, 1]);
  assert.equal((await store.getWalk(WALK))?.epoch, server.epoch);
  await assertConverged(4, 4);
});

test('healing cut off in the middle begins again', async () => {
  await savePins(3);
  await syncUntilDone();
  server.restoreEmpty();
  server.fault = (call) => (call.kind === 'missing' ? 'lost after' : null);
  await syncNow();
  assert.equal((await store.getWalk(WALK))?.epoch, 'epoch-1');
  server.fault = () => null;
  await syncNow();
  await syncUntilDone();
  await assertConverged(3, 3);
});

test('a withdrawn pin does not come back with a restored server', async () => {
  const [pin] = await savePins(1, { photos: false });
  await syncUntilDone();
  await store.withdrawPin(pin.id, Date.now() - 60_000);
  await syncUntilDone();
  server.restoreEmpty();
  await syncNow();
  await syncUntilDone();
  assert.equal(server.pins.has(pin.id), false);
  assert.deepEqual(await store.listPins(WALK), []);
});

test('the feed brings others, own numbers, and takes away what was hidden', async () => {
  const [pin] = await savePins(1, { photos: false });
  await syncUntilDone();
  const view = {
    type: 'pin',
    rev: 1,
    kind: 'problem',
    category: 'litter',
    lat: 1,
    lon: 2,
    status: 'new',
    text: null,
    photos: [],
    late: false,
  };
  server.feed = [
    { ...view, id: 'other-1', seq: 2, number: 2, mine: false },
    { ...view, id: pin.id, seq: 3, number: 7, mine: true, review: 'approved', status: 'handled' },
    { type: 'walk', seq: 4 },
  ];
  server.seq = 4;
  server.state = 'closing';
  server.backedUp = 4;
  await syncNow();
  assert.deepEqual(
    (await store.listOthers(WALK)).map((other) => other.id),
    ['other-1'],
  );
  const own = await store.getPin(pin.id);
  assert.deepEqual([own?.number, own?.review, own?.status, own?.state], [7, 'approved', 'handled', 'sent']);
  const walk = await store.getWalk(WALK);
  assert.deepEqual([walk?.after, walk?.backed_up_seq], [4, 4]);
  server.feed = [{ type: 'pin', id: 'other-1', seq: 5, gone: true }];
  server.seq = 5;
  await syncNow();
  assert.deepEqual(await store.listOthers(WALK), []);
});

test("others' pins that a restored server does not know are gone", async () => {
  const view = {
    type: 'pin',
    rev: 1,
    kind: 'problem',
    category: 'litter',
    lat: 1,
    lon: 2,
    status: 'new',
    text: null,
    photos: [],
    late: false,
  };
  server.feed = [{ ...view, id: 'other-1', seq: 1, number: 1, mine: false }];
  server.seq = 1;
  await syncNow();
  assert.equal((await store.listOthers(WALK)).length, 1);
  server.restoreEmpty();
  await syncNow();
  assert.deepEqual(await store.listOthers(WALK), []);
});

test('leaving with unsent pins loses none: they are sent, then the phone forgets the walk', async () => {
  await savePins(2);
  server.fault = () => 'lost before';
  assert.deepEqual(await leave(WALK), { unsent: 4 });
  await syncNow();
  assert.equal((await store.listPins(WALK)).length, 2);
  assert.equal(server.calls.filter((call) => call.kind === 'me').length, 0);
  server.fault = () => null;
  await syncUntilDone();
  assert.deepEqual([server.pins.size, server.photos.size], [2, 2]);
  await syncNow();
  assert.equal(server.calls.filter((call) => call.kind === 'me').length, 1);
  assert.equal(await store.getWalk(WALK), null);
});

test('nothing is sent while the sheet is open', async () => {
  const pin = await store.savePin(WALK, aPin(), { hold: true });
  await store.addPhoto(pin.id, await aPhoto('held'));
  await syncNow();
  assert.equal(server.writes.length, 0);
  await store.release(pin.id);
  await syncNow();
  await assertConverged(1, 1);
});
