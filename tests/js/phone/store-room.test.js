/** A full phone: photos wait for room, words always have it until it is honestly used up. */
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import * as store from '../../../app/static/js/phone/store.js';
import { applyFeed } from '../../../app/static/js/phone/store-feed.js';
import { layBallast, regainRoom } from '../../../app/static/js/phone/store-room.js';
import { aPhoto, aPin, freshPhone, rows, WALK } from './setup.js';
import { proveAll } from './store-setup.js';

beforeEach(freshPhone);

const BALLAST = 262_144 + 1_048_576;

/** @param {any} value */
const sizeOf = (value) =>
  JSON.stringify(value, (_key, part) => (part?.byteLength === undefined ? part : 'x'.repeat(part.byteLength)))
    .length;

/**
 * A phone with room for so many bytes; what was put before counts nothing.
 * @param {number} quota @param {(phone: {fill: () => void}) => Promise<void>} fn
 */
async function withQuota(quota, fn) {
  let most = quota;
  const proto = /** @type {any} */ (IDBObjectStore.prototype);
  const { put, delete: drop } = proto;
  /** @type {Map<string, number>} */
  const sizes = new Map();
  const used = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const name = (/** @type {any} */ table, /** @type {any} */ key) => `${table.name} ${JSON.stringify(key)}`;
  proto.put = function (/** @type {any} */ value) {
    const path = [this.keyPath].flat();
    const key = name(this, path.length > 1 ? path.map((part) => value[part]) : value[path[0]]);
    const before = sizes.get(key) ?? 0;
    if (used() - before + sizeOf(value) > most) throw new DOMException('full', 'QuotaExceededError');
    sizes.set(key, sizeOf(value));
    this.transaction.addEventListener('abort', () => sizes.set(key, before));
    return put.call(this, value);
  };
  proto.delete = function (/** @type {any} */ key) {
    sizes.delete(name(this, key));
    return drop.call(this, key);
  };
  try {
    await fn({
      fill() {
        most = used();
      },
    });
  } finally {
    Object.assign(proto, { put, delete: drop });
  }
}

const hasBallast = async () => (await rows('meta')).some(({ name }) => name === 'ballast-words');

/** Pins with a photo of this size until one photo is refused; that pin's id. @param {number} size */
async function fillWithPhotos(size) {
  for (let n = 0; n < 100; n++) {
    const { id } = await store.savePin(WALK, aPin());
    try {
      await store.addPhoto(id, await aPhoto(String(n).padEnd(size)));
    } catch (error) {
      assert.ok(error instanceof store.StorageFull);
      return id;
    }
  }
  throw new Error('never full');
}

test('photos end before the room of words does, and words are saved long after', async () => {
  await withQuota(BALLAST + 340_000, async ({ fill }) => {
    const lost = await fillWithPhotos(50_000);
    assert.equal((await store.getPin(lost))?.photo_lost, true);
    assert.equal(await hasBallast(), true);
    const photos = (await rows('photos')).length;
    fill();
    for (let n = 0; n < 50; n++) await store.savePin(WALK, aPin({ text: `words ${n}` }));
    assert.equal(await hasBallast(), false);
    const other = await store.savePin(WALK, aPin());
    await assert.rejects(store.addPhoto(other.id, await aPhoto('tiny')), store.StorageFull);
    await store.revisePin(other.id, { text: 'seen' });
    await store.saveRating(WALK, { question_id: 'q', stop_id: null, score: 1, text: '' });
    await store.withdrawPin(other.id);
    assert.equal(await store.undo(other.id), true);
    assert.ok((await rows('photos')).length >= photos);
    assert.equal((await store.listPins(WALK)).filter((pin) => /^words/.test(pin.fields.text)).length, 50);
  });
});

test('when even the room of words is used up, it is said, and what was saved is whole', async () => {
  await withQuota(BALLAST + 60_000, async () => {
    await fillWithPhotos(20_000);
    let saved = (await store.listPins(WALK)).length;
    const fill = async () => {
      for (;;) {
        await store.savePin(WALK, aPin({ text: 'x'.repeat(2000) }));
        saved += 1;
      }
    };
    await assert.rejects(fill(), store.StorageFull);
    assert.ok(saved > 30);
    assert.deepEqual(
      [
        (await store.listPins(WALK)).length,
        (await rows('entries')).filter(({ kind }) => kind === 'pin').length,
      ],
      [saved, saved],
    );
  });
});

test('what is proven gives its room back, and the photo that did not fit is asked for', async () => {
  await withQuota(BALLAST + 200_000, async () => {
    const lost = await fillWithPhotos(50_000);
    await regainRoom();
    assert.equal((await store.getPin(lost))?.awaiting_photo, false, 'nothing has arrived yet');
    await proveAll();
    await regainRoom();
    assert.deepEqual(
      (await store.drafts(WALK)).map(({ id }) => id),
      [lost],
    );
    await store.addPhoto(lost, await aPhoto('late'.padEnd(50_000)));
    const pin = await store.getPin(lost);
    assert.deepEqual([pin?.photos.length, pin?.photo_lost, pin?.awaiting_photo], [1, false, false]);
    assert.equal(await hasBallast(), true);
  });
});

test('a photo that is offered again and not wanted is asked for no more', async () => {
  await withQuota(BALLAST + 200_000, async () => {
    const lost = await fillWithPhotos(50_000);
    await store.setAwaitingPhoto(lost, false);
    assert.equal((await store.getPin(lost))?.photo_lost, true, 'the camera closing is no answer');
    await proveAll();
    await regainRoom();
    await store.setAwaitingPhoto(lost, false);
    await regainRoom();
    assert.deepEqual([await store.drafts(WALK), (await store.getPin(lost))?.photo_lost], [[], false]);
  });
});

test('a phone that was full lays the ballast again when there is room', async () => {
  await withQuota(BALLAST - 1000, async () => {
    await store.savePin(WALK, aPin());
    assert.equal(await layBallast(), null);
  });
  assert.equal(await hasBallast(), false);
  await layBallast();
  assert.equal(await hasBallast(), true);
});

test('what others pinned does not take the room of words', async () => {
  await store.patchWalk(WALK, {});
  await layBallast();
  const base = {
    type: /** @type {const} */ ('pin'),
    number: 1,
    kind: 'problem',
    category: 'litter',
    lat: 1,
    lon: 1,
  };
  const items = Array.from({ length: 40 }, (_, i) => ({
    ...base,
    id: `other-${i}`,
    seq: i,
    text: 'x'.repeat(500),
  }));
  const answer = /** @type {any} */ ({ epoch: 'e', seq: 40, backed_up_seq: 0, walk_state: 'live', items });
  await withQuota(10_000, async () => {
    assert.equal((await applyFeed(WALK, answer, false)).noRoom, true);
  });
  assert.deepEqual([await hasBallast(), await store.listOthers(WALK)], [true, []]);
  assert.equal((await applyFeed(WALK, answer, false)).noRoom, false);
});
