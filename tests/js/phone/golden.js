/**
 * Writes tests/golden/indexeddb-v1.json: what a phone of this version holds, made by the app's own code.
 * Run once per released store version (`node tests/js/phone/golden.js`); a dump is never rewritten afterwards.
 */
import { writeFile } from 'node:fs/promises';
import { enter } from '../../../app/static/js/phone/session.js';
import * as store from '../../../app/static/js/phone/store.js';
import { STORES } from '../../../app/static/js/phone/store-db.js';
import { claim, settle } from '../../../app/static/js/phone/store-queue.js';
import { syncNow } from '../../../app/static/js/phone/sync.js';
import { Server } from './server.js';
import { aPhoto, aPin, freshPhone, rows } from './setup.js';

const WALK = '019e0000-0000-7000-8000-000000000001';

/** Bytes do not fit JSON. @param {string} _key @param {unknown} value */
const packed = (_key, value) =>
  value instanceof ArrayBuffer ? { base64: Buffer.from(value).toString('base64') } : value;

async function fill() {
  await freshPhone();
  const server = new Server().install();
  server.bundle = {
    walk: { id: WALK, title: 'Vandring', state: 'open' },
    participant: { id: 'participant-1' },
    epoch: server.epoch,
    seq: 0,
    pack: null,
  };
  await enter(WALK, 'sv');
  const sent = await store.savePin(WALK, aPin({ text: 'Sent with a photo' }));
  await store.addPhoto(sent.id, await aPhoto('sent'));
  server.feed = [
    {
      type: 'pin',
      id: '019e0000-0000-7000-8000-000000000002',
      seq: 1,
      rev: 1,
      number: 9,
      kind: 'positive',
      category: 'good_place',
      lat: 56,
      lon: 12.7,
      mine: false,
      status: 'new',
      text: null,
      photos: [],
      late: false,
    },
  ];
  await syncNow();
  await store.revisePin(sent.id, { text: 'Sent, then revised' });
  const waiting = await store.savePin(WALK, aPin({ text: 'Waiting with a photo', feeling_dark: 2 }));
  await store.addPhoto(waiting.id, { ...(await aPhoto('waiting')), alt: 'A waiting photo' });
  const halfway = await store.savePin(WALK, aPin({ text: 'Perhaps sent', category: 'litter' }));
  await claim((await store.listEntries()).filter((entry) => entry.target === halfway.id));
  const refused = await store.savePin(WALK, aPin({ text: 'Needs help' }));
  const [entry] = await claim((await store.listEntries()).filter((each) => each.target === refused.id));
  const problem = {
    code: 'invalid',
    status: 422,
    title: 'Something in the message has the wrong form.',
    obey: false,
  };
  await settle([{ entry, patch: { state: 'help', problem } }], Date.now());
  await store.savePin(WALK, aPin({ text: 'The camera was open' }), { hold: true, awaitingPhoto: true });
  await store.saveRating(WALK, {
    question_id: '019e0000-0000-7000-8000-000000000003',
    stop_id: null,
    score: 4,
    text: '',
  });
  const gone = await store.savePin(WALK, aPin({ text: 'Taken back before it was sent' }));
  await store.withdrawPin(gone.id);
}

await fill();
const stores = Object.fromEntries(
  await Promise.all(Object.keys(STORES).map(async (name) => [name, await rows(name)])),
);
const dump = { name: 'trygga-steg', version: 1, layout: STORES, stores };
await writeFile(
  new URL('../../golden/indexeddb-v1.json', import.meta.url),
  `${JSON.stringify(dump, packed, 1)}\n`,
  { flag: 'wx' },
);
await store.closeStore();
