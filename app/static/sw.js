/**
 * The service worker: keeps one whole version of the app on the phone, and starts it without network.
 *
 * The server writes two constants in front of this file: BUILD, and PRECACHE, a map of URL to SHA-256.
 * Promises: a version is installed whole and verified or not at all; nothing of /api and nothing but GET is touched;
 * no answer is ever made up. Does not send anything: that is sync.js.
 */
// biome-ignore-all lint/correctness/noUndeclaredVariables: the server writes these two in front of the file

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const PREFIX = 'trygga-shell-';
const SHELL = '/app/';
const LIST = '/trygga-shell-list';

/** A version is its build and its list: in development the build id stays while files change. */
function cacheName() {
  let sum = 0;
  for (const char of JSON.stringify(PRECACHE)) sum = (Math.imul(sum, 31) + char.charCodeAt(0)) >>> 0;
  return `${PREFIX}${BUILD}-${sum.toString(16)}`;
}

/** @param {ArrayBuffer} bytes */
async function hashOf(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What earlier versions hold, by hash: an unchanged file is not fetched again. @returns {Promise<Map<string, Response>>} */
async function heldByHash() {
  const held = new Map();
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === cacheName()) continue;
    const cache = await caches.open(name);
    const list = await (await cache.match(LIST))?.json();
    for (const [url, hash] of Object.entries(list ?? {})) {
      const response = await cache.match(url);
      if (response) held.set(hash, response);
    }
  }
  return held;
}

/** Only the very file that the server listed; the browser's own copy will do if it is that. @param {string} url @param {string} hash */
async function fetchVerified(url, hash) {
  for (const cache of /** @type {RequestCache[]} */ (['default', 'reload'])) {
    const response = await fetch(new Request(url, { cache, credentials: 'same-origin' }));
    const isOurs = response.ok && !response.redirected && response.type === 'basic';
    if (isOurs && (await hashOf(await response.clone().arrayBuffer())) === hash) return response;
  }
  throw new Error(`${url}: not what was listed`);
}

/** The page itself: the same for everybody, and of the same build as the list. */
async function fetchShell() {
  const response = await fetch(new Request(SHELL, { cache: 'no-cache', credentials: 'same-origin' }));
  if (!response.ok || response.redirected || response.type !== 'basic') throw new Error('shell: not ours');
  if (!(await response.clone().text()).includes(`/${BUILD}/`)) throw new Error('shell: of another build');
  return response;
}

async function install() {
  const name = cacheName();
  try {
    const held = await heldByHash();
    const cache = await caches.open(name);
    const files = Object.entries(PRECACHE).map(async ([url, hash]) => {
      await cache.put(url, held.get(hash)?.clone() ?? (await fetchVerified(url, hash)));
    });
    await Promise.all([...files, fetchShell().then((shell) => cache.put(SHELL, shell))]);
    await cache.put(
      LIST,
      new Response(JSON.stringify(PRECACHE), { headers: { 'Content-Type': 'application/json' } }),
    );
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

/** Map packs have a cache of their own and are left alone. */
async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== cacheName());
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The key under which this request is kept, or null when it is none of ours. @param {Request} request */
function keyFor(request) {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin || url.pathname.startsWith('/api/'))
    return null;
  if (request.mode === 'navigate')
    return url.pathname === '/app' || url.pathname.startsWith(SHELL) ? SHELL : null;
  return url.pathname in PRECACHE ? url.pathname : null;
}

/** @param {string} key @param {Request} request */
async function fromCache(key, request) {
  const cache = await caches.open(cacheName());
  return (await cache.match(key)) ?? fetch(request);
}

/** The page to lead a walk by, with its files: kept by js/desk/lead.js for a time without network, and only for that. */
const LEAD = 'trygga-lead';

/** @param {Request} request */
function isOfLeader({ url, method, mode }) {
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== worker.location.origin) return false;
  return mode === 'navigate'
    ? /^\/desk\/walks\/[\w-]+\/lead$/.test(pathname)
    : pathname.startsWith('/static/');
}

/** @param {Request} request */
async function asItWas(request) {
  const kept = await (await caches.open(LEAD)).match(new URL(request.url).pathname);
  return kept ?? Response.error();
}

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const key = keyFor(event.request);
  if (key) event.respondWith(fromCache(key, event.request));
  else if (isOfLeader(event.request))
    event.respondWith(fetch(event.request).catch(() => asItWas(event.request)));
});

/**
 * Into the browser's own cache, behind everything else that is being fetched; pack.js verifies and keeps it. What is
 * begun here outlives the page that asked. @param {string[]} urls
 */
async function fetchAhead(urls) {
  for (const url of urls) {
    const response = await fetch(new Request(url, { credentials: 'same-origin', priority: 'low' }));
    await response.arrayBuffer();
  }
}

worker.addEventListener('message', (event) => {
  const { type, urls } = event.data ?? {};
  if (type === 'SKIP_WAITING') worker.skipWaiting();
  if (type === 'AHEAD') event.waitUntil(fetchAhead(urls).catch(() => undefined));
});
worker.addEventListener('sync', (event) => {
  const told = worker.clients.matchAll().then((pages) => {
    for (const page of pages) page.postMessage({ type: 'sync' });
  });
  /** @type {ExtendableEvent} */ (event).waitUntil(told);
});
