/** What a resident does is kept: whole, once, and for as long as promised. */
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import * as store from '../../../app/static/js/phone/store.js';
import { HOLD_MS, UNDO_MS } from '../../../app/static/js/phone/store-body.js';
import { sweep } from '../../../app/static/js/phone/store-keep.js';
import { purgeWithdrawn } from '../../../app/static/js/phone/store-pins.js';
import { claim, recover, settle } from '../../../app/static/js/phone/store-queue.js';
import { sha256 } from '../../../app/static/js/shared/hash.js';
import { aPhoto, aPin, dice, freshPhone, OTHER_WALK, phone, restartApp, rows, WALK } from './setup.js';

/** @import {Entry} from '../../../app/static/js/phone/types' */

const NOW = Date.now();

beforeEach(freshPhone);

/** The server proves everything that waits. @param {number} [seq] */
async function proveAll(seq = 1) {
  const claimed = await claim(await store.listEntries());
  const proof = (/** @type {Entry} */ entry) => ({
    id: entry.target,
    rev: entry.rev,
    sha256: entry.sha256,
    epoch: 'e',
    seq,
    number: 1,
  });
  await settle(
    claimed.map((entry) => ({ entry, proof: proof(entry) })),
    NOW,
  );
}

/** @param {Entry} entry */
const bodyOf = (entry) => JSON.parse(entry.body ?? '');

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

test('editing before sending rewrites the waiting entry', async () => {
  const pin = await store.savePin(WALK, aPin());
  const { pin: revised, previous } = await store.revisePin(pin.id, { text: 'wet', feeling_dark: 2 });
  assert.deepEqual(previous, { text: '', feeling_dark: null });
  assert.equal(revised.fields.text, 'wet');
  const entries = await store.listEntries(WALK);
  assert.equal(entries.length, 1);
  assert.deepEqual([entries[0].rev, bodyOf(entries[0]).base_rev, bodyOf(entries[0]).text], [1, null, 'wet']);
  assert.equal(entries[0].sha256, sha256(entries[0].body ?? ''));
});

test('setting what is already so sends nothing', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'same' }));
  await proveAll();
  await store.revisePin(pin.id, { text: 'same' });
  assert.deepEqual(await store.listEntries(WALK), []);
});

test('editing what may have left makes a new revision and leaves the old one alone', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'first' }));
  const [before] = await claim(await store.listEntries());
  await store.revisePin(pin.id, { text: 'second' });
  await store.revisePin(pin.id, { text: 'third' });
  const entries = (await store.listEntries(WALK)).sort((a, b) => a.rev - b.rev);
  assert.deepEqual(
    entries.map((entry) => [entry.rev, bodyOf(entry).base_rev, bodyOf(entry).text]),
    [
      [1, null, 'first'],
      [2, 1, 'third'],
    ],
  );
  assert.equal(entries[0].body, before.body);
});

test('what may have left is never rewritten, also when it waits again', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'first' }));
  await claim(await store.listEntries());
  await recover();
  await store.revisePin(pin.id, { text: 'second' });
  const entries = (await store.listEntries(WALK)).sort((a, b) => a.rev - b.rev);
  assert.deepEqual(
    entries.map((entry) => [entry.rev, entry.state, bodyOf(entry).text]),
    [
      [1, 'waiting', 'first'],
      [2, 'waiting', 'second'],
    ],
  );
});

test('a late proof of an old revision does not pass for the new one', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'first' }));
  const [sent] = await claim(await store.listEntries());
  await store.revisePin(pin.id, { text: 'second' });
  await settle(
    [{ entry: sent, proof: { id: pin.id, rev: 1, sha256: sent.sha256, epoch: 'e', seq: 9, number: 4 } }],
    NOW,
  );
  const item = await store.getPin(pin.id);
  assert.deepEqual([item?.state, item?.acked_rev, item?.rev, item?.number], ['saved', 1, 2, 4]);
  assert.equal((await store.listEntries(WALK)).length, 1);
  await store.revisePin(pin.id, { text: 'third' });
  const [entry] = await store.listEntries(WALK);
  assert.deepEqual([entry.rev, bodyOf(entry).base_rev], [2, 1]);
});

test('a revision after proof builds on the proven one', async () => {
  const pin = await store.savePin(WALK, aPin());
  await proveAll();
  assert.equal((await store.getPin(pin.id))?.state, 'sent');
  await store.revisePin(pin.id, { text: 'later' });
  const [entry] = await store.listEntries(WALK);
  assert.deepEqual([entry.rev, bodyOf(entry).base_rev], [2, 1]);
  assert.equal((await store.getPin(pin.id))?.state, 'saved');
});

test('a refused revision is replaced by the corrected one', async () => {
  const pin = await store.savePin(WALK, aPin());
  const [entry] = await claim(await store.listEntries());
  const problem = { code: 'invalid', status: 422, title: 'No', obey: false };
  await settle([{ entry, patch: { state: 'help', problem } }], NOW);
  const refused = await store.getPin(pin.id);
  assert.deepEqual([refused?.state, refused?.problem], ['help', problem]);
  await store.revisePin(pin.id, { text: 'mended' });
  const entries = await store.listEntries(WALK);
  assert.deepEqual(
    entries.map((each) => [each.rev, each.state, bodyOf(each).base_rev]),
    [[2, 'waiting', null]],
  );
});

test('a held pin waits for its sheet, with its photos, but not for ever', async () => {
  const before = Date.now();
  const pin = await store.savePin(WALK, aPin(), { hold: true, awaitingPhoto: true });
  await store.addPhoto(pin.id, await aPhoto('held'));
  const held = await store.listEntries(WALK);
  assert.equal(held.length, 2);
  for (const entry of held) assert.ok(entry.not_before > before && entry.not_before <= Date.now() + HOLD_MS);
  await store.release(pin.id);
  assert.deepEqual(
    (await store.listEntries(WALK)).map((entry) => entry.not_before),
    [0, 0],
  );
});

test('a pin whose camera killed the page is offered its photo again', async () => {
  const pin = await store.savePin(WALK, aPin(), { hold: true, awaitingPhoto: true });
  await store.savePin(WALK, aPin());
  await restartApp();
  assert.deepEqual(
    (await store.drafts(WALK)).map((draft) => draft.id),
    [pin.id],
  );
  await store.addPhoto(pin.id, await aPhoto('late'));
  assert.deepEqual(await store.drafts(WALK), []);
  await store.setAwaitingPhoto(pin.id, true);
  assert.equal((await store.drafts(WALK)).length, 1);
});

test('a photo is stored, attached and queued together', async () => {
  const pin = await store.savePin(WALK, aPin());
  const photo = await aPhoto('tunnel');
  const item = await store.addPhoto(pin.id, { ...photo, alt: 'A tunnel', phase: 'before' });
  assert.deepEqual(
    item.photos.map(({ sha256: name, alt, order, phase, state }) => [name, alt, order, phase, state]),
    [[photo.sha256, 'A tunnel', 0, 'before', 'waiting']],
  );
  const kinds = (await store.listEntries(WALK)).map((entry) => entry.kind).sort();
  assert.deepEqual(kinds, ['photo', 'pin']);
  const stored = await store.getPhoto(WALK, photo.sha256);
  assert.deepEqual(
    new Uint8Array(await /** @type {Blob} */ (stored).arrayBuffer()),
    new Uint8Array(photo.bytes),
  );
  assert.equal((await store.getThumb(WALK, photo.sha256))?.type, 'image/jpeg');
  assert.equal(await store.getPhoto(OTHER_WALK, photo.sha256), null);
  await store.revisePhoto(pin.id, photo.sha256, { alt: 'A dark tunnel' });
  const [entry] = (await store.listEntries(WALK)).filter((each) => each.kind === 'pin');
  assert.equal(bodyOf(entry).photos[0].alt, 'A dark tunnel');
});

test('the same photo twice is one object, and leaves with the last pin that shows it', async () => {
  const [a, b] = [await store.savePin(WALK, aPin()), await store.savePin(WALK, aPin())];
  const photo = await aPhoto('both');
  await store.addPhoto(a.id, photo);
  await store.addPhoto(a.id, photo);
  await store.addPhoto(b.id, photo);
  assert.deepEqual([(await rows('photos')).length, (await rows('bytes')).length], [1, 1]);
  assert.equal((await store.listEntries(WALK)).filter((entry) => entry.kind === 'photo').length, 1);
  await store.removePhoto(a.id, photo.sha256);
  assert.ok(await store.getPhoto(WALK, photo.sha256));
  assert.equal((await store.getPin(b.id))?.photos.length, 1);
  await store.removePhoto(b.id, photo.sha256);
  assert.equal(await store.getPhoto(WALK, photo.sha256), null);
  assert.equal((await store.listEntries(WALK)).filter((entry) => entry.kind === 'photo').length, 0);
});

test('a photo the server has is not sent again for another pin', async () => {
  const [a, b] = [await store.savePin(WALK, aPin()), await store.savePin(WALK, aPin())];
  const photo = await aPhoto('known');
  await store.addPhoto(a.id, photo);
  await proveAll();
  await store.addPhoto(b.id, photo);
  assert.deepEqual(
    (await store.listEntries(WALK)).map((entry) => entry.kind),
    ['pin'],
  );
  assert.equal((await store.getPin(b.id))?.photos[0].state, 'sent');
});

test('a pin takes twelve photos', async () => {
  const pin = await store.savePin(WALK, aPin());
  for (let i = 0; i < store.MOST_PHOTOS; i++) await store.addPhoto(pin.id, await aPhoto(`nr ${i}`));
  await assert.rejects(store.addPhoto(pin.id, await aPhoto('one more')), store.TooManyPhotos);
  assert.equal((await store.getPin(pin.id))?.photos.length, store.MOST_PHOTOS);
  assert.equal((await rows('bytes')).length, store.MOST_PHOTOS);
});

test('two pins handled at once never swap photos or lose text, in 100 random orders', async () => {
  for (let seed = 1; seed <= 100; seed++) {
    await freshPhone();
    const throws = dice(seed);
    const pins = [await store.savePin(WALK, aPin()), await store.savePin(WALK, aPin())];
    const photos = await Promise.all([0, 1].map((i) => aPhoto(`image.jpg of ${i}`)));
    const steps = [0, 1].flatMap((i) => [
      () => store.addPhoto(pins[i].id, photos[i]),
      () => store.revisePin(pins[i].id, { text: `text of ${i}` }),
      () => store.revisePin(pins[i].id, { feeling_dark: i + 1 }),
      () => store.release(pins[i].id),
    ]);
    const order = steps.map((step) => ({ step, at: throws() })).sort((a, b) => a.at - b.at);
    await Promise.all(
      order.map(async ({ step }) => {
        if (throws() < 0.3) await Promise.resolve();
        await step();
      }),
    );
    for (const [i, pin] of pins.entries()) {
      const found = await store.getPin(pin.id);
      const entries = (await store.listEntries(WALK)).filter((entry) => entry.target === pin.id);
      assert.deepEqual(
        found?.photos.map((place) => place.sha256),
        [photos[i].sha256],
        `seed ${seed}`,
      );
      assert.deepEqual(
        [found?.fields.text, found?.fields.feeling_dark],
        [`text of ${i}`, i + 1],
        `seed ${seed}`,
      );
      assert.equal(entries.length, 1);
      assert.deepEqual(bodyOf(entries[0]).photos[0].sha256, photos[i].sha256);
      assert.equal(bodyOf(entries[0]).text, `text of ${i}`);
    }
  }
});

test('removing an unsent pin takes it off the phone once the undo window closes', async () => {
  const pin = await store.savePin(WALK, aPin());
  await store.addPhoto(pin.id, await aPhoto('gone'));
  const { undo_until } = await store.withdrawPin(pin.id);
  assert.deepEqual(
    [await store.listPins(WALK), await store.getPin(pin.id), await store.listEntries(WALK)],
    [[], null, []],
  );
  await purgeWithdrawn(undo_until);
  assert.equal((await rows('pins')).length, 1);
  await purgeWithdrawn(undo_until + 1);
  for (const name of ['pins', 'photos', 'bytes', 'entries']) assert.deepEqual(await rows(name), [], name);
  assert.equal(await store.undo(pin.id), false);
  await assert.rejects(store.revisePin(pin.id, { text: 'x' }), store.NotHere);
});

test('undo brings an unsent pin back whole', async () => {
  const pin = await store.savePin(WALK, aPin({ text: 'here' }));
  await store.addPhoto(pin.id, await aPhoto('back'));
  await store.withdrawPin(pin.id);
  assert.equal(await store.undo(pin.id), true);
  const item = await store.getPin(pin.id);
  assert.deepEqual(
    [item?.state, item?.fields.text, item?.photos[0].state, item?.rev],
    ['saved', 'here', 'waiting', 1],
  );
  assert.deepEqual((await store.listEntries(WALK)).map((entry) => entry.kind).sort(), ['photo', 'pin']);
  assert.equal(await store.undo(pin.id), false);
});

test('removing a sent pin withdraws it, after the undo window', async () => {
  const pin = await store.savePin(WALK, aPin());
  await proveAll();
  const { undo_until } = await store.withdrawPin(pin.id, NOW);
  const [entry] = await store.listEntries(WALK);
  assert.deepEqual(
    [entry.kind, entry.target, entry.not_before, bodyOf(entry)],
    ['withdrawal', pin.id, NOW + UNDO_MS, { rev: 2, base_rev: 1 }],
  );
  assert.equal(undo_until, NOW + UNDO_MS);
  await store.release();
  assert.equal((await store.listEntries(WALK))[0].not_before, NOW + UNDO_MS);
  assert.equal(await store.undo(pin.id, NOW + 1), true);
  assert.deepEqual(await store.listEntries(WALK), []);
  assert.equal((await store.getPin(pin.id))?.state, 'sent');
});

test('a withdrawn pin that was sent stays known after the undo window, for a restored server', async () => {
  const pin = await store.savePin(WALK, aPin());
  await proveAll();
  await store.withdrawPin(pin.id, NOW - 2 * UNDO_MS);
  await purgeWithdrawn(NOW);
  assert.deepEqual(
    (await rows('pins')).map((row) => row.id),
    [pin.id],
  );
  assert.equal((await store.listEntries(WALK)).length, 1);
});

test('a proven withdrawal leaves no text, place or photo behind', async () => {
  const pin = await store.savePin(
    WALK,
    aPin({ text: 'private', here: { lat: 1, lon: 2, accuracy_m: 3, age_s: 0 } }),
  );
  await proveAll();
  await store.withdrawPin(pin.id, NOW - UNDO_MS);
  await proveAll(2);
  const [row] = await rows('pins');
  assert.deepEqual(
    [row.fields.text, row.fields.here, row.photos, row.withdrawn, row.acked_rev],
    ['', null, [], true, 2],
  );
  assert.equal(await store.undo(pin.id, NOW - UNDO_MS), false);
});

test('a pin that may have left is sent to its end, then withdrawn', async () => {
  const pin = await store.savePin(WALK, aPin());
  await store.addPhoto(pin.id, await aPhoto('never mind'));
  await claim((await store.listEntries()).filter((entry) => entry.kind === 'pin'));
  await store.withdrawPin(pin.id);
  const entries = (await store.listEntries(WALK)).sort((a, b) => a.rev - b.rev);
  assert.deepEqual(
    entries.map((entry) => [entry.kind, entry.rev]),
    [
      ['pin', 1],
      ['withdrawal', 2],
    ],
  );
});

test('an answer is one thing however often it is changed', async () => {
  const answer = { question_id: 'q', stop_id: null, score: 3, text: '' };
  const first = await store.saveRating(WALK, answer);
  await store.saveRating(WALK, answer);
  const second = await store.saveRating(WALK, { ...answer, score: 5 });
  assert.equal(first.id, second.id);
  const [entry] = await store.listEntries(WALK);
  assert.deepEqual(
    [entry.kind, entry.rev, bodyOf(entry).score, bodyOf(entry).base_rev],
    ['rating', 1, 5, null],
  );
  await proveAll();
  await store.saveRating(WALK, { ...answer, score: 1 });
  const [again] = await store.listEntries(WALK);
  assert.deepEqual([again.rev, bodyOf(again).base_rev], [2, 1]);
  assert.deepEqual(
    (await store.listRatings(WALK)).map((row) => [row.score, row.state]),
    [[1, 'saved']],
  );
});

test('lists never load photo bytes', async () => {
  const pin = await store.savePin(WALK, aPin());
  await store.addPhoto(pin.id, await aPhoto('big'));
  const original = IDBDatabase.prototype.transaction;
  /** @type {string[]} */
  const opened = [];
  IDBDatabase.prototype.transaction = function (/** @type {any} */ names, ...rest) {
    opened.push(...[names].flat());
    return original.call(this, names, ...rest);
  };
  try {
    await store.listPins(WALK);
    await store.getPin(pin.id);
    await store.drafts(WALK);
    await store.listEntries();
    await store.listOthers(WALK);
  } finally {
    IDBDatabase.prototype.transaction = original;
  }
  assert.ok(opened.includes('pins') && !opened.includes('bytes') && !opened.includes('photos'));
});

test('pins of another walk stay apart', async () => {
  await store.savePin(WALK, aPin());
  await store.savePin(OTHER_WALK, aPin());
  assert.equal((await store.listPins(WALK)).length, 1);
  assert.equal((await store.listEntries(OTHER_WALK)).length, 1);
});

test('text is made fit for a database before it is hashed', async () => {
  const pin = await store.savePin(WALK, aPin({ text: `a\0b\ud800c\td\n${'x'.repeat(5000)}` }));
  assert.ok(pin.fields.text.startsWith('abc\td\nxxx'));
  assert.ok(pin.fields.text.length <= 4000);
  const cut = await store.savePin(WALK, aPin({ text: `${'y'.repeat(3999)}😀` }));
  assert.equal(cut.fields.text, 'y'.repeat(3999));
});

test('a clock of 1970 still makes a pin the server takes', async () => {
  const pin = await store.savePin(WALK, aPin(), { now: 1000 });
  assert.equal(pin.made_at, '2000-01-01T00:00:00.000Z');
});

test('every change is told, with whose it was', async () => {
  /** @type {string[]} */
  const told = [];
  const stop = store.onChange(({ what, walk, by }) => told.push(`${what} ${walk === WALK} ${by}`));
  await store.savePin(WALK, aPin());
  await proveAll();
  stop();
  await store.savePin(WALK, aPin());
  assert.deepEqual([...new Set(told)].sort(), [
    'entries true resident',
    'entries true sync',
    'pins true resident',
    'pins true sync',
  ]);
});

test('proven photos stay until a backup holds them, three days at most', async () => {
  const pin = await store.savePin(WALK, aPin());
  const [a, b] = [await aPhoto('a'), await aPhoto('b')];
  await store.patchWalk(WALK, {});
  await store.addPhoto(pin.id, a);
  await proveAll(5);
  await store.addPhoto(pin.id, b);
  await proveAll(9);
  const kept = async () =>
    Promise.all([a, b].map(async ({ sha256: name }) => (await store.getPhoto(WALK, name)) !== null));
  await sweep(NOW);
  assert.deepEqual(await kept(), [true, true]);
  await store.patchWalk(WALK, { backed_up_seq: 5 });
  await sweep(NOW);
  assert.deepEqual(await kept(), [false, true]);
  await sweep(NOW + 72 * 3_600_000 + 1);
  assert.deepEqual(await kept(), [false, false]);
  assert.ok(await store.getThumb(WALK, a.sha256));
});

test('an unsent photo is never swept', async () => {
  const pin = await store.savePin(WALK, aPin());
  await store.patchWalk(WALK, { backed_up_seq: 1e9 });
  const photo = await aPhoto('unsent');
  await store.addPhoto(pin.id, photo);
  await sweep(NOW + 1e12);
  assert.ok(await store.getPhoto(WALK, photo.sha256));
});

test('a walk with anything unsent cannot be forgotten', async () => {
  await store.patchWalk(WALK, {});
  await store.savePin(WALK, aPin());
  assert.equal(await store.forgetWalk(WALK), false);
  assert.equal((await store.listPins(WALK)).length, 1);
  await proveAll();
  assert.equal(await store.forgetWalk(WALK), true);
  for (const name of ['walks', 'pins', 'entries']) assert.deepEqual(await rows(name), []);
});
