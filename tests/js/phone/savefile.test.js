/** The rescue file holds everything, as it would have been sent, and no secret. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { beforeEach } from 'node:test';
import { buildFile, saveAsFile } from '../../../app/static/js/phone/savefile.js';
import * as store from '../../../app/static/js/phone/store.js';
import { claim, settle } from '../../../app/static/js/phone/store-queue.js';
import { write } from '../../../app/static/js/phone/store-room.js';
import { sha256 } from '../../../app/static/js/shared/hash.js';
import { aPhoto, aPin, freshPhone, rows, WALK } from './setup.js';

beforeEach(freshPhone);

/** Unpack with somebody else's unzip. @param {File} file @returns {Promise<Record<string, Buffer>>} */
async function unzip(file) {
  const folder = await mkdtemp(join(tmpdir(), 'walk-'));
  try {
    await writeFile(join(folder, 'walk.zip'), Buffer.from(await file.arrayBuffer()));
    const script =
      "import sys, zipfile; z = zipfile.ZipFile('walk.zip'); assert z.testzip() is None; z.extractall('out'); print('\\n'.join(z.namelist()))";
    const names = execFileSync('python3', ['-c', script], { cwd: folder, encoding: 'utf8' })
      .trim()
      .split('\n');
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(folder, 'out', name))])),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the file says. @param {Record<string, Buffer>} files */
const told = (files) => JSON.parse(files['walk.json'].toString());

test('pins, answers and photos are all in it, with their ids and exact bodies', async () => {
  const waiting = await store.savePin(WALK, aPin({ text: 'väntar' }));
  const photo = await aPhoto('one');
  await store.addPhoto(waiting.id, photo);
  const sent = await store.savePin(WALK, aPin({ text: 'sent' }));
  const [entry] = await claim((await store.listEntries()).filter((each) => each.target === sent.id));
  await settle([{ entry, proof: { id: sent.id, rev: 1, sha256: entry.sha256, epoch: 'e', seq: 1 } }], 1);
  const gone = await store.savePin(WALK, aPin({ text: 'taken back' }));
  await store.addPhoto(gone.id, await aPhoto('taken back'));
  await store.withdrawPin(gone.id);
  await store.saveRating(WALK, { question_id: 'q', stop_id: null, score: 2, text: '' });
  const file = await buildFile(WALK, new Date('2026-11-25T18:00:00Z'));
  assert.equal(file.name, `trygga-steg-2026-11-25-${WALK.slice(0, 8)}.zip`);
  const files = await unzip(file);
  assert.deepEqual(Object.keys(files).sort(), [`photos/${photo.sha256}.jpg`, 'walk.json']);
  assert.equal(sha256(files[`photos/${photo.sha256}.jpg`]), photo.sha256);
  const held = told(files);
  assert.deepEqual([held.format, held.version, held.walk.id], ['trygga-steg-walk', 2, WALK]);
  const byId = Object.fromEntries(held.things.map((/** @type {any} */ one) => [one.id, one]));
  assert.equal(held.things.length, 3);
  assert.deepEqual([byId[sent.id].body, byId[sent.id].sha256], [entry.body, entry.sha256]);
  const queued = (await store.listEntries()).find((each) => each.target === waiting.id);
  assert.deepEqual([byId[waiting.id].body, byId[waiting.id].rev], [queued?.body, queued?.rev]);
  assert.deepEqual(held.unreadable, []);
});

test('what was saved is followed by a new revision, as if it had been sent', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'before' }));
  await buildFile(WALK);
  await store.revisePin(pin.id, { text: 'after' });
  const { things } = told(await unzip(await buildFile(WALK)));
  assert.deepEqual(
    things.map((/** @type {any} */ one) => [one.id, one.rev, JSON.parse(one.body).text]),
    [
      [pin.id, 1, 'before'],
      [pin.id, 2, 'after'],
    ],
  );
  await store.withdrawPin(pin.id);
  const [withdrawal, ...rest] = told(await unzip(await buildFile(WALK))).things;
  assert.deepEqual([withdrawal.kind, withdrawal.id, withdrawal.rev, rest], ['withdrawal', pin.id, 3, []]);
});

/** Put a row past every rule. @param {string} name @param {(row: any) => any} change */
async function damage(name, change) {
  const all = await rows(name);
  await write([name], async (tx) => {
    for (const row of all) await tx.objectStore(name).put(change(row));
  });
}

test('a broken queue gives what can be read, and says what cannot', async () => {
  const refused = await store.savePin(WALK, aPin({ text: 'refused' }));
  const photo = await aPhoto('its bytes are not what they were');
  await store.addPhoto(refused.id, photo);
  await damage('entries', (row) => ({ ...row, state: 'help', problem: { code: 'walk_gone' } }));
  await damage('bytes', (row) => ({ ...row, bytes: new Uint8Array([1, 2, 3]).buffer }));
  await damage('pins', ({ fields, photos, ...row }) => row);
  const bare = await store.savePin(WALK, aPin({ text: 'no entry, no body' }));
  await write(['pins', 'entries'], async (tx) => {
    await tx.objectStore('pins').put({ id: bare.id, walk: WALK, rev: 1, acked_rev: 0, acked_body: null });
    for (const entry of await tx.objectStore('entries').getAll())
      if (entry.target === bare.id) await tx.objectStore('entries').delete(entry.id);
  });
  const files = await unzip(await buildFile(WALK));
  const { things, unreadable } = told(files);
  assert.deepEqual(
    things.map((/** @type {any} */ one) => JSON.parse(one.body).text),
    ['refused'],
  );
  assert.deepEqual(unreadable.sort(), [`photo ${photo.sha256}`, `pin ${bare.id}`]);
  assert.deepEqual(Object.keys(files), ['walk.json']);
});

test('a row that the browser cannot give costs itself alone', async () => {
  const pins = [await store.savePin(WALK, aPin()), await store.savePin(WALK, aPin())];
  const { getAll } = IDBIndex.prototype;
  const { get } = IDBObjectStore.prototype;
  IDBIndex.prototype.getAll = function (key) {
    if (this.objectStore.name === 'pins') throw new DOMException('unreadable', 'DataError');
    return getAll.call(this, key);
  };
  IDBObjectStore.prototype.get = function (key) {
    if (key === pins[0].id) throw new DOMException('unreadable', 'DataError');
    return get.call(this, key);
  };
  try {
    const { things, unreadable } = told(await unzip(await buildFile(WALK)));
    assert.equal(things.length, 2, 'both wait in the outbox');
    assert.deepEqual(unreadable, [`pins ${pins[0].id}`]);
  } finally {
    Object.assign(IDBIndex.prototype, { getAll });
    Object.assign(IDBObjectStore.prototype, { get });
  }
});

test('it proves whose it is, with the mark that the server would make', async () => {
  const rejoin = `${'a'.repeat(32)}.rAndOm_-part.${'b'.repeat(32)}`;
  await store.patchWalk(WALK, { rejoin });
  await store.savePin(WALK, aPin());
  const files = await unzip(await buildFile(WALK));
  const proof = JSON.parse(files['proof.json'].toString());
  const key = createHash('sha256').update(rejoin).digest('hex');
  const sum = createHash('sha256').update(files['walk.json']).digest('hex');
  assert.equal(proof.mark, createHmac('sha256', key).update(sum).digest('hex'));
  assert.equal(proof.told, `${'a'.repeat(32)}.rAndOm_-part`);
});

test('no secret and no token leaves the phone in it', async () => {
  await store.patchWalk(WALK, { rejoin: 'the-capability' });
  const pin = await store.savePin(WALK, aPin());
  const [row] = await rows('pins');
  const text = Object.values(await unzip(await buildFile(WALK))).join('');
  assert.ok(text.includes(pin.id));
  assert.ok(!text.includes(row.secret) && !text.includes('the-capability'));
});

test('an empty walk makes an empty file, not an error', async () => {
  const files = await unzip(await buildFile(WALK));
  assert.deepEqual(told(files).things, []);
});

test('it goes to the share sheet, and a closed share sheet is no download', async () => {
  /** @type {any[]} */
  const shared = [];
  const abilities = /** @type {any} */ (navigator);
  abilities.canShare = () => true;
  abilities.share = async (/** @type {any} */ data) => void shared.push(data.files[0].name);
  assert.equal(await saveAsFile(WALK), 'shared');
  assert.equal(shared.length, 1);
  abilities.share = async () => {
    throw new DOMException('closed', 'AbortError');
  };
  assert.equal(await saveAsFile(WALK), 'cancelled');
  abilities.canShare = undefined;
});
