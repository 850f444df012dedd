/** The rescue file holds everything, as it would have been sent, and no secret. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { beforeEach } from 'node:test';
import { buildFile, saveAsFile } from '../../../app/static/js/phone/savefile.js';
import * as store from '../../../app/static/js/phone/store.js';
import { claim, settle } from '../../../app/static/js/phone/store-queue.js';
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
  const held = JSON.parse(files['walk.json'].toString());
  assert.deepEqual([held.format, held.version, held.walk.id], ['trygga-steg-walk', 1, WALK]);
  const byId = Object.fromEntries(held.pins.map((/** @type {any} */ pin) => [pin.id, pin]));
  assert.deepEqual(Object.keys(byId).sort(), [waiting.id, sent.id].sort());
  assert.deepEqual([byId[waiting.id].is_sent, byId[sent.id].is_sent], [false, true]);
  assert.equal(byId[sent.id].body, entry.body);
  const queued = (await store.listEntries()).find((each) => each.target === waiting.id);
  assert.equal(byId[waiting.id].body, queued?.body);
  assert.equal(held.ratings.length, 1);
});

test('no secret and no token leaves the phone in it', async () => {
  await store.patchWalk(WALK, { rejoin: 'the-capability' });
  const pin = await store.savePin(WALK, aPin());
  const [row] = await rows('pins');
  const text = (await unzip(await buildFile(WALK)))['walk.json'].toString();
  assert.ok(text.includes(pin.id));
  assert.ok(!text.includes(row.secret) && !text.includes('the-capability'));
});

test('an empty walk makes an empty file, not an error', async () => {
  const files = await unzip(await buildFile(WALK));
  assert.deepEqual(JSON.parse(files['walk.json'].toString()).pins, []);
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
