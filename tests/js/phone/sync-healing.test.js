/** Conflicts, restored servers, the feed, and leaving: both sides end up agreeing. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { leave } from '../../../app/static/js/phone/session.js';
import * as store from '../../../app/static/js/phone/store.js';
import { syncNow } from '../../../app/static/js/phone/sync.js';
import { problem } from './server.js';
import { aPhoto, aPin, OTHER_WALK, WALK } from './setup.js';
import { assertConverged, savePins, server, syncUntilDone } from './sync-setup.js';

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

test('what a server asks for again is told from what was never sent', async () => {
  await savePins(1);
  await syncUntilDone();
  server.restoreEmpty();
  server.fault = (call) => (call.method === 'PUT' ? problem(503, 'busy', true) : null);
  await syncNow();
  await savePins(1, { photos: false });
  const told = (await store.listEntries()).map(({ kind, again }) => [kind, again === true]);
  assert.deepEqual(told.sort(), [
    ['photo', true],
    ['pin', false],
    ['pin', true],
  ]);
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

/** A pin in a walk that is not in front. */
async function saveElsewhere() {
  await store.patchWalk(OTHER_WALK, { epoch: server.epoch, rejoin: 'capability-1' });
  return store.savePin(OTHER_WALK, aPin({ text: 'last year' }), { now: Date.now() - 60_000 });
}

test('a walk that nobody opens again is healed too, at once when a resident asks', async () => {
  const here = await savePins(1);
  const elsewhere = await saveElsewhere();
  await syncUntilDone();
  for (const ask of [{}, { force: true }]) {
    server.restoreEmpty();
    await syncNow(ask);
    await syncUntilDone();
    assert.deepEqual(new Set(server.pins.keys()), new Set([here[0].id, elsewhere.id]));
  }
  server.calls.length = 0;
  await syncNow();
  assert.deepEqual(
    server.calls.filter(({ path }) => path.includes(OTHER_WALK)),
    [],
    'it need not be asked every minute',
  );
});

test('a clock that is set back keeps no walk from being read', async (t) => {
  await saveElsewhere();
  await syncUntilDone();
  await syncNow(); // nothing was sent there: it is read as one of the others
  const reads = () => server.calls.filter(({ path }) => path.includes(`${OTHER_WALK}/changes`)).length;
  const now = performance.now();
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() - 86_400_000 });
  t.mock.method(performance, 'now', () => now + 11 * 60_000);
  const before = reads();
  await syncNow();
  assert.equal(reads(), before + 1);
});

test('a walk elsewhere that gives no good answer holds nothing up', async () => {
  await saveElsewhere();
  await syncUntilDone();
  server.fault = ({ path }) => (path.includes(OTHER_WALK) ? problem(500, 'server_error', true) : null);
  await savePins(2);
  const { stopped } = await syncNow({ force: true });
  assert.equal(stopped, null);
  await assertConverged(3, 2);
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

test('when nothing waits any more there is a receipt of what the server has counted', async () => {
  await savePins(2);
  server.fault = (call) => (call.kind === 'photos' ? 'lost before' : null);
  await syncNow();
  assert.equal((await store.getWalk(WALK))?.receipt ?? null, null);
  server.fault = () => null;
  await syncUntilDone();
  const receipt = { code: 'K4D7T-9QX2M', pins: 2, photos: 2, epoch: 'epoch-1' };
  assert.deepEqual((await store.getWalk(WALK))?.receipt, receipt);
  const asked = () => server.calls.filter((call) => call.kind === 'receipt').length;
  const before = asked();
  await syncNow();
  assert.equal(asked(), before, 'nothing new, nothing asked');
});

test('a restored server gives its receipt anew, once it has everything again', async () => {
  await savePins(2);
  await syncUntilDone();
  server.restoreEmpty();
  server.fault = (call) => (call.kind === 'receipt' ? 'lost after' : null);
  await syncNow();
  await syncUntilDone();
  const walk = await store.getWalk(WALK);
  assert.notEqual(walk?.receipt?.epoch, walk?.epoch);
  server.fault = () => null;
  await syncNow();
  const after = await store.getWalk(WALK);
  assert.deepEqual([after?.receipt?.epoch, after?.receipt?.pins], [server.epoch, 2]);
});
