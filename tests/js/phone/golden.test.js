/** A phone that was filled by an earlier version of the app loses nothing in this one. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import test from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { Server } from './server.js';
import './setup.js';
import * as store from '../../../app/static/js/phone/store.js';
import { resetBackoff } from '../../../app/static/js/phone/store-queue.js';
import { syncNow } from '../../../app/static/js/phone/sync.js';

const FOLDER = new URL('../../golden/', import.meta.url);
const DUMPS = (await readdir(FOLDER)).filter((name) => /^indexeddb-v\d+\.json$/.test(name));

/** @param {string} _key @param {any} value */
const unpacked = (_key, value) =>
  typeof value?.base64 === 'string' ? Uint8Array.from(Buffer.from(value.base64, 'base64')).buffer : value;

/** Fill an empty phone exactly as the dump says, without the app's own code. @param {any} dump */
async function load(dump) {
  await store.closeStore();
  globalThis.indexedDB = new IDBFactory();
  const opening = indexedDB.open(dump.name, dump.version);
  opening.onupgradeneeded = () => {
    for (const [name, { keyPath, walk }] of Object.entries(
      /** @type {Record<string, any>} */ (dump.layout),
    )) {
      const made = opening.result.createObjectStore(name, { keyPath });
      if (walk) made.createIndex('walk', 'walk');
      for (const row of dump.stores[name]) made.put(row);
    }
  };
  await new Promise((resolve, reject) => {
    opening.onsuccess = resolve;
    opening.onerror = () => reject(opening.error);
  });
  opening.result.close();
}

test('there is a dump of the first version', () => {
  assert.ok(DUMPS.includes('indexeddb-v1.json'));
});

for (const name of DUMPS) {
  test(`everything in ${name} is shown and sent`, async () => {
    const dump = JSON.parse(await readFile(new URL(name, FOLDER), 'utf8'), unpacked);
    await load(dump);
    const walk = dump.stores.walks[0].id;
    const held = dump.stores.pins.filter((/** @type {any} */ pin) => !pin.withdrawn);
    const shown = await store.listPins(walk);
    assert.deepEqual(
      shown.map((pin) => pin.fields.text).sort(),
      held.map((/** @type {any} */ pin) => pin.fields.text).sort(),
    );
    assert.equal((await store.drafts(walk)).length, 1);
    assert.equal((await store.listOthers(walk)).length, 1);
    const server = new Server().install();
    server.epoch = dump.stores.walks[0].epoch;
    server.seq = 1000;
    for (const pin of held.filter((/** @type {any} */ each) => each.acked_rev > 0)) {
      server.pins.set(pin.id, {
        number: 1,
        withdrawn: false,
        revs: [{ rev: pin.acked_rev, sha256: pin.acked_sha256, seq: 1, body: null }],
      });
    }
    await store.release();
    await resetBackoff((entry) => entry.state === 'help' || entry.state === 'waiting');
    await syncNow({ force: true });
    assert.deepEqual(await store.listEntries(), []);
    assert.equal(server.pins.size, held.length);
    for (const pin of held) assert.equal(server.pins.get(pin.id)?.revs.at(-1)?.body.text, pin.fields.text);
    assert.equal(server.ratings.size, dump.stores.ratings.length);
    const unsent = dump.stores.photos.filter((/** @type {any} */ photo) => !photo.acked);
    assert.equal(server.photos.size, unsent.length);
  });
}
