/** Joining, entering, leaving: a walk once entered opens without network, and nothing unsent is lost. */
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import {
  currentWalk,
  enter,
  joinByCode,
  leave,
  refresh,
  rejoin,
  unsent,
  walkIdFrom,
} from '../../../app/static/js/phone/session.js';
import * as store from '../../../app/static/js/phone/store.js';
import { json, portal, problem, Server } from './server.js';
import { aPin, freshPhone, OTHER_WALK, restartApp, WALK } from './setup.js';

let server = new Server();

const bundle = (/** @type {string} */ id, participant = 'participant-1') => ({
  walk: { id, title: 'Walk', state: 'open' },
  participant: { id: participant },
  epoch: 'epoch-1',
  seq: 0,
  pack: null,
});

beforeEach(async () => {
  await freshPhone();
  server = new Server().install();
  server.bundle = bundle(WALK);
});

test('the walk is read off the address', () => {
  assert.equal(walkIdFrom(`/app/${WALK}`), WALK);
  assert.equal(walkIdFrom(`/app/${WALK}/`), WALK);
  for (const path of ['/app/', '/app', '/app/x', `/app/${WALK}/x`, `/v/${WALK}`])
    assert.equal(walkIdFrom(path), null, path);
});

test('entering keeps the bundle and mints the capability to come back', async () => {
  const entered = await enter(WALK, 'sv');
  assert.deepEqual(
    [entered.ok, entered.walk?.rejoin, entered.walk?.participant_id, entered.walk?.epoch],
    [true, 'capability-1', 'participant-1', 'epoch-1'],
  );
  assert.match(server.calls[0].path, /\?lang=sv$/);
  await enter(WALK, 'en');
  assert.equal(server.calls.filter((call) => call.kind === 'capability').length, 1);
  assert.equal((await store.getWalk(WALK))?.lang, 'en');
});

test('a capability that was not answered is asked for again', async () => {
  server.fault = (call) => (call.kind === 'capability' ? 'lost before' : null);
  assert.equal((await enter(WALK, 'sv')).walk?.rejoin, null);
  server.fault = () => null;
  assert.equal((await enter(WALK, 'sv')).walk?.rejoin, 'capability-1');
});

test('a newcomer on the same phone gets a capability of their own when there is no way back', async () => {
  await enter(WALK, 'sv');
  await store.patchWalk(WALK, { rejoin: 'of the first' });
  server.bundle = bundle(WALK, 'participant-9');
  server.rejoin = 'refused';
  const { walk } = await enter(WALK, 'sv');
  assert.deepEqual([walk?.rejoin, walk?.joined_anew], ['capability-1', true]);
});

test('who joins by code without a way back is a newcomer, and the phone knows it', async () => {
  await enter(WALK, 'sv');
  await store.patchWalk(WALK, { rejoin: null });
  server.bundle = bundle(WALK, 'participant-2');
  const { walk } = await joinByCode('ABCD-EFGH', 'sv');
  assert.deepEqual([walk?.participant_id, walk?.joined_anew], ['participant-2', true]);
});

test('a phone that scans again goes back to who it was, and waits with that where there is no network', async () => {
  await enter(WALK, 'sv');
  server.bundle = bundle(WALK, 'participant-9');
  server.fault = (call) => (call.kind === 'rejoin' ? 'lost before' : null);
  assert.equal((await enter(WALK, 'sv')).walk?.participant_id, 'participant-1');
  server.fault = (call) => {
    if (call.kind === 'rejoin') server.bundle = bundle(WALK);
    return null;
  };
  const { walk } = await enter(WALK, 'sv');
  assert.deepEqual([walk?.participant_id, walk?.joined_anew], ['participant-1', undefined]);
  assert.equal(server.calls.filter((call) => call.kind === 'capability').length, 1, 'no second one');
});

test('a walk once entered opens without network, after a restart', async () => {
  await enter(WALK, 'sv');
  await restartApp();
  server.fault = () => 'lost before';
  const entered = await enter(WALK, 'sv');
  assert.deepEqual(
    [entered.ok, entered.walk?.bundle?.walk.title, entered.result?.network],
    [true, 'Walk', true],
  );
  assert.equal((await currentWalk())?.id, WALK);
});

test('behind a login page, too, and behind one that speaks JSON', async () => {
  await enter(WALK, 'sv');
  for (const answer of [portal, () => json(200, {}), () => json(200, bundle(OTHER_WALK))]) {
    server.fault = answer;
    const entered = await enter(WALK, 'sv');
    assert.deepEqual([entered.ok, entered.walk?.bundle?.walk.id], [true, WALK]);
    assert.equal(await refresh(WALK), false);
  }
});

test('a walk that was never entered cannot be opened without network', async () => {
  server.fault = () => 'lost before';
  const entered = await enter(WALK, 'sv');
  assert.deepEqual([entered.ok, entered.walk], [false, null]);
  assert.equal(await currentWalk(), null);
});

test('an ended token is renewed on the way in; a revoked one says so and keeps everything', async () => {
  await enter(WALK, 'sv');
  await store.savePin(WALK, aPin());
  server.token = false;
  assert.equal((await enter(WALK, 'sv')).ok, true);
  server.token = false;
  server.rejoin = 'refused';
  const entered = await enter(WALK, 'sv');
  assert.deepEqual(
    [entered.ok, entered.walk?.parked, entered.walk?.bundle?.walk.id],
    [false, 'rejoin', WALK],
  );
  assert.equal(await unsent(WALK), 1);
});

test('renewing tells a refusal from a bad network', async () => {
  assert.equal(await rejoin(WALK), 'refused', 'nothing to renew with');
  await enter(WALK, 'sv');
  for (const [fault, expected] of /** @type {[any, string][]} */ ([
    ['lost before', 'later'],
    [portal(), 'later'],
    [problem(503, 'busy', true), 'later'],
    [json(200, {}), 'later'],
    [problem(401, 'not_joined', false), 'refused'],
  ])) {
    server.fault = () => fault;
    assert.equal(await rejoin(WALK), expected);
  }
});

test('a wrong code joins nothing, a right one enters', async () => {
  server.fault = (call) => (call.kind === 'join' ? problem(404, 'code_unknown', false) : null);
  const wrong = await joinByCode('XXXX-XXXX', 'sv');
  assert.deepEqual([wrong.ok, wrong.walk, wrong.result?.problem?.code], [false, null, 'code_unknown']);
  assert.deepEqual(await store.listWalks(), []);
  server.fault = () => null;
  const right = await joinByCode('ABCD-EFGH', 'sv');
  assert.deepEqual([right.ok, right.walk?.id], [true, WALK]);
  assert.deepEqual(server.calls.find((call) => call.kind === 'join')?.body, { code: 'XXXX-XXXX' });
});

test('leaving says what is unsent, and keeps it', async () => {
  await enter(WALK, 'sv');
  await store.savePin(WALK, aPin());
  assert.deepEqual(await leave(WALK), { unsent: 1 });
  assert.equal(await currentWalk(), null);
  assert.equal((await store.listPins(WALK)).length, 1);
  assert.equal((await enter(WALK, 'sv')).walk?.left, null, 'coming back is possible');
});
