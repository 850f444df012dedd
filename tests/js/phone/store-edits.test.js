/** Revisions and photos: what may have left is never rewritten, and photos find their pin. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as store from '../../../app/static/js/phone/store.js';
import { HOLD_MS } from '../../../app/static/js/phone/store-body.js';
import { claim, recover, settle } from '../../../app/static/js/phone/store-queue.js';
import { sha256 } from '../../../app/static/js/shared/hash.js';
import { aPhoto, aPin, dice, freshPhone, OTHER_WALK, restartApp, rows, WALK } from './setup.js';
import { bodyOf, NOW, proveAll } from './store-setup.js';

/** @import {Entry} from '../../../app/static/js/phone/types' */

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
