/** Whichever call to storage or network fails, and it alone, everything arrives once and whole. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as store from '../../../app/static/js/phone/store.js';
import { syncNow } from '../../../app/static/js/phone/sync.js';
import { portal, problem } from './server.js';
import { aPhoto, aPin, rows, WALK } from './setup.js';
import { assertConverged, server, syncUntilDone } from './sync-setup.js';

const MOST = 150;
const CALLS = /** @type {const} */ (['put', 'add', 'get', 'getAll', 'delete', 'openCursor', 'index']);

/** The nth call to any object store fails, once. @param {number} n @param {() => Promise<void>} fn */
async function withFailingCall(n, fn) {
  const proto = /** @type {any} */ (IDBObjectStore.prototype);
  const originals = CALLS.map((name) => proto[name]);
  let calls = 0;
  for (const [i, name] of CALLS.entries())
    proto[name] = function (/** @type {any[]} */ ...args) {
      calls += 1;
      if (calls === n) throw new DOMException('the storage is broken', 'UnknownError');
      return originals[i].apply(this, args);
    };
  try {
    await fn();
  } finally {
    for (const [i, name] of CALLS.entries()) proto[name] = originals[i];
  }
  return calls >= n;
}

/** What a person does when it says that it could not be done. @template T @param {() => Promise<T>} act */
async function orAgain(act) {
  try {
    return await act();
  } catch {
    return act();
  }
}

/** A pin, its photo, a second thought, and all of it sent. @param {number} n */
async function story(n) {
  const photo = await aPhoto(`photo ${n}`);
  const pin = await orAgain(() => store.savePin(WALK, aPin({ text: 'first' })));
  await orAgain(() => store.addPhoto(pin.id, photo));
  await orAgain(() => store.revisePin(pin.id, { text: `pin ${n}` }));
  await orAgain(syncNow);
}

async function assertWhole() {
  const pins = new Set((await rows('pins')).map((pin) => pin.id));
  for (const entry of await store.listEntries())
    if (entry.kind === 'pin') assert.ok(pins.has(entry.target), 'an entry of a pin that is not there');
}

test('whichever call to storage fails, the pin arrives once with its photo', async () => {
  let n = 1;
  for (; n < MOST; n++) {
    const failed = await withFailingCall(n, () => story(n));
    await assertWhole();
    await syncUntilDone();
    await assertConverged(n, n);
    if (!failed) break;
  }
  assert.ok(n > 20 && n < MOST, `${n} calls`);
});

const FAULTS = /** @type {[string, () => any][]} */ ([
  ['is lost on its way', () => 'lost before'],
  ['is done and its answer lost', () => 'lost after'],
  ['meets a portal', portal],
  ['meets a server that is down', () => problem(503, 'busy', true)],
  ['meets a full server', () => problem(507, 'storage_full', true)],
  ['breaks the server', () => problem(500, 'server_error', true)],
]);

for (const [what, fault] of FAULTS)
  test(`whichever request ${what}, the pin arrives once with its photo`, async () => {
    let n = 1;
    for (; n < MOST; n++) {
      let calls = 0;
      server.fault = () => {
        calls += 1;
        return calls === n ? fault() : null;
      };
      await story(n);
      await syncUntilDone();
      await assertConverged(n, n);
      if (calls < n) break;
    }
    assert.ok(n > 3 && n < MOST, `${n} requests`);
  });
