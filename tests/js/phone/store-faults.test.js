/** Storage that is full, lost, refused, or shared with another version of the app. */
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import * as store from '../../../app/static/js/phone/store.js';
import { claim, settle } from '../../../app/static/js/phone/store-queue.js';
import { aPhoto, aPin, freshPhone, restartApp, rows, WALK } from './setup.js';

beforeEach(freshPhone);

/** @param {(value: any) => boolean} isTooMuch @param {() => Promise<void>} fn */
async function withFullPhone(isTooMuch, fn) {
  const proto = IDBObjectStore.prototype;
  const { put } = proto;
  proto.put = function (/** @type {any} */ value) {
    if (isTooMuch(value)) throw new DOMException('full', 'QuotaExceededError');
    return put.call(this, value);
  };
  try {
    await fn();
  } finally {
    proto.put = put;
  }
}

test('on a full phone the pin is kept, the photo is not, and both are said', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'kept' }), { awaitingPhoto: true });
  const photo = await aPhoto('too big');
  await withFullPhone(
    (value) => 'bytes' in value,
    async () => {
      await assert.rejects(store.addPhoto(pin.id, photo), store.StorageFull);
      const other = await store.savePin(WALK, aPin({ text: 'words only' }));
      assert.equal(other.state, 'saved');
    },
  );
  const item = await store.getPin(pin.id);
  assert.deepEqual(
    [item?.photo_lost, item?.awaiting_photo, item?.photos, item?.fields.text],
    [true, false, [], 'kept'],
  );
  assert.deepEqual([await rows('photos'), await rows('bytes')], [[], []]);
  await store.addPhoto(pin.id, photo);
  assert.equal((await store.getPin(pin.id))?.photo_lost, false);
});

test('photos the server has make room for a new one', async () => {
  const pin = await store.savePin(WALK, aPin());
  const [old, young] = [await aPhoto('old'), await aPhoto('young')];
  await store.addPhoto(pin.id, old);
  const claimed = await claim(await store.listEntries());
  const proof = { epoch: 'e', seq: 1 };
  await settle(
    claimed.map((entry) => ({
      entry,
      proof: { ...proof, id: entry.target, rev: entry.rev, sha256: entry.sha256 },
    })),
    1,
  );
  let room = 0;
  const original = IDBObjectStore.prototype.delete;
  IDBObjectStore.prototype.delete = function (/** @type {any} */ key) {
    if (this.name === 'bytes') room += 1;
    return original.call(this, key);
  };
  try {
    await withFullPhone(
      (value) => 'bytes' in value && room === 0,
      async () => {
        await store.addPhoto(pin.id, young);
      },
    );
  } finally {
    IDBObjectStore.prototype.delete = original;
  }
  assert.equal(await store.getPhoto(WALK, old.sha256), null);
  assert.ok(await store.getThumb(WALK, old.sha256));
  assert.ok(await store.getPhoto(WALK, young.sha256));
});

test('a transaction that fails only at its end is not called saved', async () => {
  const original = IDBDatabase.prototype.transaction;
  let aborted = 0;
  IDBDatabase.prototype.transaction = function (/** @type {any} */ ...args) {
    const tx = original.apply(this, /** @type {any} */ (args));
    if (args[1] === 'readwrite') {
      tx.commit = () => {
        aborted += 1;
        tx.abort();
      };
    }
    return tx;
  };
  try {
    await assert.rejects(store.savePin(WALK, aPin()));
  } finally {
    IDBDatabase.prototype.transaction = original;
  }
  assert.equal(aborted, 2, 'tried once more on a fresh connection');
  assert.deepEqual([await rows('pins'), await rows('entries')], [[], []]);
});

/** The connections that were opened, to be killed like Safari does. */
async function connections() {
  /** @type {IDBDatabase[]} */
  const opened = [];
  const original = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (/** @type {any} */ ...args) {
    if (!opened.includes(this)) opened.push(this);
    return original.apply(this, /** @type {any} */ (args));
  };
  await store.listWalks();
  IDBDatabase.prototype.transaction = original;
  return opened;
}

test('a lost connection is reopened, and the save goes through', async () => {
  for (const db of await connections()) db.close();
  const pin = await store.savePin(WALK, aPin());
  assert.equal((await store.getPin(pin.id))?.state, 'saved');
});

test('a newer version in another tab is let in, and this tab says that it must be reloaded', async () => {
  await store.savePin(WALK, aPin());
  /** @type {boolean[]} */
  const told = [];
  const stop = store.onChange(({ what }) => what === 'mode' && told.push(store.storeMode().outdated));
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open('trygga-steg', 2);
    opening.onsuccess = () => {
      opening.result.close();
      resolve(null);
    };
    opening.onblocked = () => reject(new Error('blocked'));
    opening.onerror = () => reject(opening.error);
  });
  stop();
  assert.ok(told.includes(true));
});

test('a rolled-back app still works on the newer store', async () => {
  await store.savePin(WALK, aPin({ text: 'from before' }));
  await store.closeStore();
  await new Promise((resolve) => {
    const opening = indexedDB.open('trygga-steg', 7);
    opening.onsuccess = () => {
      opening.result.close();
      resolve(null);
    };
  });
  await restartApp();
  assert.deepEqual([store.storeMode().memory, store.storeMode().reason], [false, 'newer']);
  assert.equal((await store.listPins(WALK))[0].fields.text, 'from before');
  await store.savePin(WALK, aPin());
  assert.equal((await store.listEntries(WALK)).length, 2);
});

/** @param {(n: number) => boolean} fails @param {() => Promise<void>} fn */
async function withFailingOpen(fails, fn) {
  const { open } = indexedDB;
  let calls = 0;
  indexedDB.open = function (/** @type {any} */ ...args) {
    calls += 1;
    if (fails(calls)) throw new DOMException('no', 'UnknownError');
    return open.apply(this, /** @type {any} */ (args));
  };
  try {
    await store.closeStore();
    await fn();
  } finally {
    indexedDB.open = open;
  }
}

test('where IndexedDB refuses, everything works in memory and says so', async () => {
  await withFailingOpen(
    () => true,
    async () => {
      assert.deepEqual(await store.openStore(), {
        ...store.storeMode(),
        memory: true,
        reason: 'UnknownError',
      });
      const pin = await store.savePin(WALK, aPin(), { hold: true });
      const photo = await aPhoto('volatile');
      await store.addPhoto(pin.id, photo);
      await store.revisePin(pin.id, { text: 'here' });
      await store.saveRating(WALK, { question_id: 'q', stop_id: null, score: 1, text: '' });
      assert.deepEqual(
        (await store.listPins(WALK)).map((item) => [item.fields.text, item.photos.length]),
        [['here', 1]],
      );
      const entries = await store.listEntries(WALK);
      assert.deepEqual(
        entries.map((entry) => entry.not_before),
        [0, 0, 0],
        'nothing is held back that only memory keeps',
      );
      assert.ok(await store.getPhoto(WALK, photo.sha256));
      await store.withdrawPin(pin.id);
      assert.equal(await store.undo(pin.id), true);
      await assert.rejects(store.revisePin('nobody', { text: 'x' }), store.NotHere);
      assert.equal((await store.listPins(WALK))[0].fields.text, 'here');
    },
  );
  await store.closeStore();
});

test('in memory, too, two changes at once are both kept', async () => {
  await withFailingOpen(
    () => true,
    async () => {
      const pin = await store.savePin(WALK, aPin());
      await Promise.all([
        store.revisePin(pin.id, { text: 'a' }),
        store.revisePin(pin.id, { feeling_dark: 2 }),
        store.addPhoto(pin.id, await aPhoto('c')),
      ]);
      const found = await store.getPin(pin.id);
      assert.deepEqual([found?.fields.text, found?.fields.feeling_dark, found?.photos.length], ['a', 2, 1]);
    },
  );
  await store.closeStore();
});

test('whichever opening fails, nothing hangs and what was saved on disk is still there', async () => {
  for (let n = 1; n <= 4; n++) {
    await freshPhone();
    await store.savePin(WALK, aPin({ text: 'on disk' }));
    await withFailingOpen(
      (call) => call === n,
      async () => {
        await store.openStore();
        assert.equal(store.storeMode().memory, false, 'one refusal is tried again');
        assert.equal((await store.listPins(WALK))[0].fields.text, 'on disk');
      },
    );
  }
});

test('a browser without IndexedDB is no reason to stop', async () => {
  const factory = indexedDB;
  await store.closeStore();
  Reflect.deleteProperty(globalThis, 'indexedDB');
  try {
    assert.equal((await store.openStore()).memory, true);
    await store.savePin(WALK, aPin());
    assert.equal((await store.listPins(WALK)).length, 1);
  } finally {
    await store.closeStore();
    globalThis.indexedDB = factory;
  }
});
