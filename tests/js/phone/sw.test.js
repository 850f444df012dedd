/** The service worker: one whole, verified version, or the one before. */
import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import vm from 'node:vm';
import { MemoryCaches } from './cache.js';

const SOURCE = await readFile(new URL('../../../app/static/sw.js', import.meta.url), 'utf8');
const ORIGIN = 'https://walk.test';
const hash = (/** @type {string} */ text) => createHash('sha256').update(text).digest('hex');

/** What the server has: URL to text. @param {string} build @param {Record<string, string>} files */
const site = (build, files) => ({
  build,
  files: /** @type {Record<string, string>} */ ({
    '/app/': `<html>/static/${build}/main.js</html>`,
    ...files,
  }),
  list: Object.fromEntries(Object.entries(files).map(([url, text]) => [url, hash(text)])),
});
const ONE = site('one', { '/static/one/a.js': 'a', '/static/one/b.css': 'b' });

/** A browser that runs the worker. @param {MemoryCaches} caches */
function browser(caches = new MemoryCaches()) {
  return {
    caches,
    /** @type {string[]} */
    fetched: [],
    skipped: 0,
    claimed: 0,
    /** @type {any[]} */
    told: [],
    isDown: false,
    /** @type {(url: string) => Response | null} */
    fault: () => null,
    /** @param {ReturnType<typeof site>} deployed */
    run(deployed) {
      /** @type {Record<string, (event: any) => void>} */
      const handlers = {};
      const self = {
        addEventListener: (/** @type {string} */ type, /** @type {any} */ fn) => {
          handlers[type] = fn;
        },
        location: { origin: ORIGIN },
        skipWaiting: () => {
          this.skipped += 1;
        },
        clients: {
          claim: async () => {
            this.claimed += 1;
          },
          matchAll: async () => [{ postMessage: (/** @type {any} */ data) => this.told.push(data) }],
        },
      };
      const fetch = async (/** @type {Request} */ request) => {
        const { pathname } = new URL(request.url);
        this.fetched.push(pathname);
        if (this.isDown) throw new TypeError('offline');
        const text = deployed.files[pathname];
        const response =
          this.fault(pathname) ??
          (text === undefined ? new Response('', { status: 404 }) : new Response(text));
        return response.type === 'default'
          ? Object.defineProperty(response, 'type', { value: 'basic' })
          : response;
      };
      class OwnRequest extends Request {
        /** @param {string} url @param {any} init */
        constructor(url, init) {
          super(new URL(url, ORIGIN), init);
        }
      }
      const context = {
        self,
        caches,
        fetch,
        Request: OwnRequest,
        Response,
        URL,
        crypto: webcrypto,
        Map,
        Error,
      };
      const head = `const BUILD = ${JSON.stringify(deployed.build)}; const PRECACHE = ${JSON.stringify(deployed.list)};\n`;
      vm.runInNewContext(head + SOURCE, context);
      return {
        /** @param {string} type @param {object} [extra] */
        async fire(type, extra = {}) {
          /** @type {Promise<unknown>[]} */
          const waits = [];
          handlers[type]({ waitUntil: (/** @type {any} */ promise) => waits.push(promise), ...extra });
          await Promise.all(waits);
        },
        /** @param {string} url @param {{method?: string, mode?: string}} [init] @returns {Promise<Response | undefined>} undefined when the worker keeps out of it */
        async get(url, { method = 'GET', mode = 'cors' } = {}) {
          /** @type {Promise<Response> | undefined} */
          let answer;
          const request = { url: new URL(url, ORIGIN).href, method, mode };
          handlers.fetch({
            request,
            respondWith: (/** @type {any} */ promise) => {
              answer = promise;
            },
          });
          return answer;
        },
      };
    },
  };
}

test('after one visit the app opens without network, at any walk', async () => {
  const phone = browser();
  const worker = phone.run(ONE);
  await worker.fire('install');
  await worker.fire('activate');
  phone.isDown = true;
  phone.fetched.length = 0;
  assert.match(
    (await (await worker.get('/app/0198-never-visited?x=1', { mode: 'navigate' }))?.text()) ?? '',
    /one/,
  );
  assert.equal(await (await worker.get('/static/one/a.js'))?.text(), 'a');
  assert.deepEqual([phone.fetched, phone.claimed, phone.skipped], [[], 1, 0]);
});

test('it keeps out of the API, of writing, of other pages and of other origins', async () => {
  const phone = browser();
  const worker = phone.run(ONE);
  await worker.fire('install');
  const cases = /** @type {[string, object][]} */ ([
    ['/api/walks/1/changes', {}],
    ['/api/walks/1', { mode: 'navigate' }],
    ['/app/1', { method: 'POST', mode: 'navigate' }],
    ['/v/ABCD-EFGH', { mode: 'navigate' }],
    ['/desk/', { mode: 'navigate' }],
    ['/application', { mode: 'navigate' }],
    ['/desk/walks/1/leader', { mode: 'navigate' }],
    ['/static/two/a.js', { method: 'POST' }],
    ['https://elsewhere.test/static/one/a.js', {}],
  ]);
  for (const [url, init] of cases) assert.equal(await worker.get(url, init), undefined, url);
});

test('the page to lead by is the network’s while there is one, and the kept one without', async () => {
  const phone = browser();
  const worker = phone.run({ ...ONE, files: { ...ONE.files, '/desk/walks/1/lead': 'fresh' } });
  const open = async () => (await worker.get('/desk/walks/1/lead', { mode: 'navigate' }))?.text();
  await (await phone.caches.open('trygga-lead')).put('/desk/walks/1/lead', new Response('kept'));
  assert.equal(await open(), 'fresh');
  phone.isDown = true;
  assert.equal(await open(), 'kept');
  const other = await worker.get('/desk/walks/2/lead', { mode: 'navigate' });
  assert.equal(other?.type, 'error', 'never another walk’s');
});

const BROKEN = /** @type {[string, (url: string) => Response | null][]} */ ([
  ['one file is missing', (url) => (url.endsWith('a.js') ? new Response('', { status: 404 }) : null)],
  ['one file answers 500', (url) => (url.endsWith('b.css') ? new Response('', { status: 500 }) : null)],
  [
    'a login page stands in for a file',
    (url) => (url.endsWith('a.js') ? new Response('<html>Log in</html>') : null),
  ],
  ['a file is cut off', (url) => (url.endsWith('a.js') ? new Response('') : null)],
  [
    'a file was redirected',
    (url) =>
      url.endsWith('a.js') ? Object.defineProperty(new Response('a'), 'redirected', { value: true }) : null,
  ],
  [
    'a file comes from elsewhere',
    (url) =>
      url.endsWith('a.js') ? Object.defineProperty(new Response('a'), 'type', { value: 'cors' }) : null,
  ],
  [
    'a login page stands in for the shell',
    (url) => (url === '/app/' ? new Response('<html>Log in</html>') : null),
  ],
  [
    'the shell is of another build',
    (url) => (url === '/app/' ? new Response('<html>/static/zero/main.js</html>') : null),
  ],
]);
for (const [name, fault] of BROKEN) {
  test(`when ${name}, the version before goes on working`, async () => {
    const phone = browser();
    const before = site('zero', { '/static/zero/a.js': 'old a' });
    const old = phone.run(before);
    await old.fire('install');
    await old.fire('activate');
    phone.fault = fault;
    await assert.rejects(phone.run(ONE).fire('install'));
    assert.equal((await phone.caches.keys()).length, 1);
    phone.isDown = true;
    assert.equal(await (await old.get('/static/zero/a.js'))?.text(), 'old a');
    assert.match((await (await old.get('/app/1', { mode: 'navigate' }))?.text()) ?? '', /zero/);
  });
}

test('an update fetches what changed and copies the rest', async () => {
  const phone = browser();
  const first = phone.run(ONE);
  await first.fire('install');
  await first.fire('activate');
  phone.fetched.length = 0;
  const second = phone.run(site('two', { '/static/two/a.js': 'new a', '/static/two/b.css': 'b' }));
  await second.fire('install');
  assert.deepEqual(phone.fetched.sort(), ['/app/', '/static/two/a.js']);
  assert.equal((await phone.caches.keys()).length, 2, 'the running version keeps its files until then');
  assert.equal(await (await first.get('/static/one/a.js'))?.text(), 'a');
  await second.fire('activate');
  assert.equal((await phone.caches.keys()).length, 1);
  assert.equal(await (await second.get('/static/two/b.css'))?.text(), 'b');
});

test('map packs survive every update', async () => {
  const phone = browser();
  await (await phone.caches.open('trygga-packs')).put('/trygga-packs/1', new Response('map'));
  await (await phone.caches.open('trygga-shell-gone')).put('/x', new Response('x'));
  const worker = phone.run(ONE);
  await worker.fire('install');
  await worker.fire('activate');
  const names = await phone.caches.keys();
  assert.ok(names.includes('trygga-packs'));
  assert.equal(names.length, 2);
});

test('the same build with another list is another version', async () => {
  const phone = browser();
  const dev = (/** @type {string} */ text) => site('dev', { '/static/dev/a.js': text });
  const first = phone.run(dev('1'));
  await first.fire('install');
  const second = phone.run(dev('2'));
  await second.fire('install');
  assert.equal(await (await first.get('/static/dev/a.js'))?.text(), '1');
  assert.equal(await (await second.get('/static/dev/a.js'))?.text(), '2');
});

test('a new version waits until it is told, and tells the pages when the network is back', async () => {
  const phone = browser();
  const worker = phone.run(ONE);
  await worker.fire('message', { data: { type: 'other' } });
  await worker.fire('message', { data: null });
  assert.equal(phone.skipped, 0);
  await worker.fire('message', { data: { type: 'SKIP_WAITING' } });
  assert.equal(phone.skipped, 1);
  await worker.fire('sync', { tag: 'outbox' });
  assert.deepEqual(JSON.parse(JSON.stringify(phone.told)), [{ type: 'sync' }]);
});

test('what a page asks for ahead is fetched, also before the app is installed, and hurts nothing', async () => {
  const phone = browser();
  const worker = phone.run(ONE);
  await worker.fire('message', { data: { type: 'AHEAD', urls: ['/packs/1.pmtiles', '/packs/1.json'] } });
  assert.deepEqual(phone.fetched, ['/packs/1.pmtiles', '/packs/1.json']);
  phone.isDown = true;
  await worker.fire('message', { data: { type: 'AHEAD', urls: ['/packs/2.pmtiles'] } });
  assert.deepEqual(await phone.caches.keys(), []);
});
