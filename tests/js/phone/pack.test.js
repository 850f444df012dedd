/** "You can lose the network now" is said only when it is true. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { beforeEach } from 'node:test';
import { getAddressIndex, getPack, prepare, readiness } from '../../../app/static/js/phone/pack.js';
import { getWalk, patchWalk } from '../../../app/static/js/phone/store.js';
import { MemoryCaches } from './cache.js';
import { freshPhone, OTHER_WALK, WALK } from './setup.js';

const MAP = 'vector tiles, many of them';
const INDEX = JSON.stringify({ streets: ['Storgatan'] });
const hash = (/** @type {string} */ text) => createHash('sha256').update(text).digest('hex');
const PACK = {
  name: 'North',
  url: '/packs/map.pmtiles',
  sha256: hash(MAP),
  bytes: MAP.length,
  index_url: '/packs/map.json',
  index_sha256: hash(INDEX),
  index_bytes: INDEX.length,
  bbox: [0, 0, 1, 1],
  minzoom: 12,
  maxzoom: 15,
};

let caches = new MemoryCaches();
/** @type {string[]} */
let fetched = [];
/** @type {(url: string) => Response} */
let answer = () => new Response();

/** @param {boolean} isActive */
function serviceWorker(isActive) {
  const registration = { active: isActive ? {} : null };
  Object.assign(navigator, {
    serviceWorker: { ready: Promise.resolve(registration), getRegistration: async () => registration },
  });
}

beforeEach(async () => {
  await freshPhone();
  caches = new MemoryCaches();
  Object.assign(globalThis, { caches });
  fetched = [];
  answer = (url) => new Response(url === PACK.url ? MAP : INDEX);
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ url) => {
      fetched.push(url);
      return answer(url);
    }
  );
  serviceWorker(true);
});

/** @param {string} [id] @param {any} [pack] */
const aWalk = (id = WALK, pack = PACK) =>
  patchWalk(id, { bundle: /** @type {any} */ ({ walk: { id }, pack }) });

test('map, index and shell together make the phone ready', async () => {
  const walk = await aWalk();
  assert.equal((await readiness(walk)).ready, false);
  /** @type {[number, number][]} */
  const progress = [];
  const found = await prepare(walk, (done, total) => progress.push([done, total]));
  const bytes = PACK.bytes + PACK.index_bytes;
  assert.deepEqual(found, { shell: true, pack: true, bytes, ready: true, problem: null });
  assert.deepEqual(progress.at(-1), [bytes, bytes]);
  assert.deepEqual((await getWalk(WALK))?.ready, { shell: true, pack: true, bytes });
  assert.equal(await (await getPack(walk))?.text(), MAP);
  assert.deepEqual(await getAddressIndex(walk), { streets: ['Storgatan'] });
  assert.equal((await readiness(walk)).ready, true);
});

test('a pack that is here is not fetched again, whichever walk it is for', async () => {
  await prepare(await aWalk());
  const other = await aWalk(OTHER_WALK, { ...PACK, url: '/packs/renamed.pmtiles' });
  assert.equal((await prepare(other)).ready, true);
  assert.deepEqual(fetched, [PACK.url, PACK.index_url]);
});

test('a pack that no walk needs is let go', async () => {
  const walk = await aWalk();
  await prepare(walk);
  const newer = await aWalk(WALK, { ...PACK, sha256: hash(`${MAP}!`), bytes: MAP.length + 1 });
  answer = () => new Response(`${MAP}!`);
  await prepare(newer);
  assert.equal(await getPack(walk), null);
  assert.equal(await (await getPack(newer))?.text(), `${MAP}!`);
});

const TROUBLE = /** @type {[string, (url: string) => Response, string][]} */ ([
  ['a login page', () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }), 'portal'],
  ['a redirect', () => Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' }), 'portal'],
  ['other bytes of the same length', () => new Response('x'.repeat(MAP.length)), 'mismatch'],
  ['half of it', () => new Response(MAP.slice(9)), 'mismatch'],
  ['more than was said', () => new Response(`${MAP}${MAP}`), 'mismatch'],
  ['an error', () => new Response('', { status: 503 }), 'network'],
  [
    'a connection that breaks',
    () => new Response(new ReadableStream({ pull: (c) => c.error(new TypeError('cut')) })),
    'network',
  ],
  [
    'no network',
    () => {
      throw new TypeError('offline');
    },
    'network',
  ],
]);
for (const [name, response, problem] of TROUBLE) {
  test(`${name} does not make the phone ready, and leaves nothing behind`, async () => {
    answer = response;
    const found = await prepare(await aWalk());
    assert.deepEqual([found.ready, found.pack, found.problem], [false, false, problem]);
    assert.deepEqual(await (await caches.open('trygga-packs')).keys(), []);
  });
}

test('a full phone and a missing worker are named', async () => {
  (await caches.open('trygga-packs')).isFull = true;
  assert.equal((await prepare(await aWalk())).problem, 'full');
  (await caches.open('trygga-packs')).isFull = false;
  serviceWorker(false);
  const found = await prepare(await aWalk());
  assert.deepEqual([found.ready, found.pack, found.shell], [false, true, false]);
});

test('a walk without a pack, or a page without caches, is never called ready', async () => {
  const walk = await aWalk(WALK, null);
  assert.deepEqual(
    [(await prepare(walk)).ready, await getPack(walk), await getAddressIndex(walk)],
    [false, null, null],
  );
  Object.assign(globalThis, { caches: undefined });
  assert.equal((await prepare(await aWalk())).problem, 'no_worker');
});
