/** What a resident does is kept: whole, once, and for as long as promised. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as store from '../../../app/static/js/phone/store.js';
import { sha256 } from '../../../app/static/js/shared/hash.js';
import { aPhoto, aPin, freshPhone, phone, restartApp, rows, WALK } from './setup.js';
import { bodyOf } from './store-setup.js';

/** @import {Entry} from '../../../app/static/js/phone/types' */

test('a saved pin is there after a restart, with the entry that will send it', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'dark' }));
  assert.equal(pin.state, 'saved');
  await restartApp();
  const [found] = await store.listPins(WALK);
  const [entry] = await store.listEntries(WALK);
  assert.equal(found.fields.text, 'dark');
  assert.equal(entry.target, pin.id);
  assert.equal(entry.sha256, sha256(entry.body ?? ''));
  const { made_at, client, secret_sha256, ...body } = bodyOf(entry);
  assert.match(client, /^web\//);
  assert.match(secret_sha256, /^[0-9a-f]{64}$/);
  assert.equal(made_at, pin.made_at);
  assert.deepEqual(body, {
    schema: 1,
    rev: 1,
    base_rev: null,
    secondary: null,
    place_type: null,
    here: null,
    source: 'crosshair',
    stop_id: null,
    address: null,
    text: 'dark',
    text_lang: null,
    severity: null,
    acute: false,
    feeling_day: null,
    feeling_dark: null,
    avoids: null,
    when: [],
    affected: [],
    proposal: '',
    voice: null,
    group: null,
    staff_only: false,
    kind: 'problem',
    category: 'lighting',
    there: { lat: 56.05, lon: 12.7 },
    photos: [],
  });
});

test('pin and entry are one transaction, and it is a strict one', async () => {
  const original = IDBDatabase.prototype.transaction;
  /** @type {[string[], string, any][]} */
  const seen = [];
  IDBDatabase.prototype.transaction = function (/** @type {any} */ names, mode, options) {
    if (mode === 'readwrite') seen.push([[...names].sort(), mode, options]);
    return original.call(this, names, mode, options);
  };
  try {
    await store.savePin(WALK, aPin());
  } finally {
    IDBDatabase.prototype.transaction = original;
  }
  assert.deepEqual(seen, [[['entries', 'pins'], 'readwrite', { durability: 'strict' }]]);
});

test('"saved" is said only when the transaction is complete', async () => {
  let complete = false;
  const original = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (/** @type {any} */ ...args) {
    const tx = original.apply(this, /** @type {any} */ (args));
    if (args[1] === 'readwrite')
      tx.addEventListener('complete', () => {
        complete = true;
      });
    return tx;
  };
  try {
    await store.savePin(WALK, aPin());
    assert.equal(complete, true);
  } finally {
    IDBDatabase.prototype.transaction = original;
  }
});

test('the phone is asked for lasting storage before the first pin', () => {
  assert.equal(phone.persistAsked, 1);
});

/**
 * Let the n-th call of these kinds on an object store fail.
 * @param {number} n @param {string} name of the DOMException @param {string[]} kinds @param {() => Promise<unknown>} fn
 * @returns {Promise<{hit: boolean, error: any}>}
 */
async function failingCall(n, name, kinds, fn) {
  const proto = /** @type {any} */ (IDBObjectStore.prototype);
  const originals = Object.fromEntries(kinds.map((kind) => [kind, proto[kind]]));
  let calls = 0;
  for (const kind of kinds) {
    proto[kind] = function (/** @type {any[]} */ ...args) {
      calls += 1;
      if (calls === n) throw new DOMException('injected', name);
      return originals[kind].apply(this, args);
    };
  }
  try {
    return await fn().then(
      () => ({ hit: calls >= n, error: null }),
      (error) => ({ hit: calls >= n, error }),
    );
  } finally {
    Object.assign(proto, originals);
  }
}

/** @type {[string, string[]][]} */
const FAILURES = [
  ['DataError', ['put', 'get', 'delete']],
  ['UnknownError', ['put', 'get', 'delete']],
  ['QuotaExceededError', ['put']],
];

/** No half things: every pin on the phone has its entry or its proof, every photo its bytes and its pin. */
async function assertWhole() {
  const [pins, entries, photos, bytes] = await Promise.all(['pins', 'entries', 'photos', 'bytes'].map(rows));
  for (const pin of pins.filter((each) => !each.withdrawn)) {
    const newest = entries
      .filter((entry) => entry.target === pin.id && entry.kind === 'pin')
      .sort((a, b) => b.rev - a.rev)[0];
    assert.ok(newest ? newest.rev === pin.rev : pin.acked_rev === pin.rev, 'a pin without its entry');
    if (newest)
      assert.deepEqual(bodyOf(newest).photos, pin.photos, 'an entry that says something else than the pin');
    for (const place of pin.photos)
      assert.ok(
        photos.some((photo) => photo.sha256 === place.sha256),
        'a pin without its photo',
      );
  }
  for (const entry of entries.filter((each) => each.kind === 'pin')) {
    assert.ok(
      pins.some((pin) => pin.id === entry.target),
      'an entry without its pin',
    );
  }
  for (const photo of photos)
    assert.equal(
      bytes.some((each) => each.sha256 === photo.sha256),
      photo.has_bytes,
      'a photo without its bytes',
    );
}

for (const [name, kinds] of FAILURES) {
  test(`whichever storage call fails with ${name}, nothing is half saved`, async () => {
    const photo = await aPhoto('one');
    let pinsSaved = 0;
    for (let n = 1; ; n++) {
      await freshPhone();
      const { hit, error } = await failingCall(n, name, kinds, async () => {
        const pin = await store.savePin(WALK, aPin());
        await store.addPhoto(pin.id, photo);
        await store.revisePin(pin.id, { text: 'more' });
        await store.removePhoto(pin.id, photo.sha256);
        await store.withdrawPin(pin.id);
        await store.undo(pin.id);
      });
      await assertWhole();
      pinsSaved += (await rows('pins')).length;
      if (!hit) {
        assert.equal(error, null);
        assert.ok(n > 12, `only ${n} calls were failed`);
        break;
      }
      if (name === 'UnknownError') assert.equal(error, null, 'a lost connection is reopened once');
      if (name === 'QuotaExceededError' && error) assert.equal(error.code, 'store_full');
    }
    assert.ok(pinsSaved > 10);
  });
}
