/** A phone that has joined, a server in memory, and what tests of sending ask of both. */
import assert from 'node:assert/strict';
import { beforeEach } from 'node:test';
import { enter } from '../../../app/static/js/phone/session.js';
import * as store from '../../../app/static/js/phone/store.js';
import { resetBackoff } from '../../../app/static/js/phone/store-queue.js';
import { syncNow } from '../../../app/static/js/phone/sync.js';
import { Server } from './server.js';
import { aPhoto, aPin, freshPhone, WALK } from './setup.js';

/** This test's server; made anew for each. */
export let server = new Server();

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
export async function savePins(n, { photos = true } = {}) {
  const pins = [];
  for (let i = 0; i < n; i++) {
    const pin = await store.savePin(WALK, aPin({ text: `pin ${i}` }), { now: Date.now() - 60_000 + i });
    if (photos) await store.addPhoto(pin.id, await aPhoto(`photo ${i}`), Date.now() - 50_000 + i);
    pins.push(pin);
  }
  return pins;
}

/** Rounds until nothing waits, without waiting for back-off. @param {number} [most] */
export async function syncUntilDone(most = 40) {
  for (let i = 0; i < most && (await store.listEntries()).length > 0; i++) {
    await resetBackoff(() => true);
    await syncNow();
  }
  assert.deepEqual(await store.listEntries(), []);
}

/** Phone and server agree, nothing is missing and nothing is double. @param {number} pins @param {number} photos */
export async function assertConverged(pins, photos) {
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
