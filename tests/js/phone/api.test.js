/** "No answer", "somebody else answered" and "the server says no" are three different things. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { request } from '../../../app/static/js/shared/api.js';

/** @type {any} */
let sent = null;
/** @param {(path: string, init: any) => Response | Promise<Response>} answer */
function serve(answer) {
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ path, /** @type {any} */ init) => {
      sent = { path, ...init };
      return answer(path, init);
    }
  );
}
const html = (status = 200) => new Response('<html>', { status, headers: { 'Content-Type': 'text/html' } });
/** @param {any} parts */
const flags = ({ ok, status, network, portal }) => ({ ok, status, network, portal });

test('a JSON answer is good', async () => {
  serve(() => Response.json({ a: 1 }, { status: 201 }));
  const result = await request('PUT', '/api/x', { body: { b: 2 } });
  assert.deepEqual(flags(result), { ok: true, status: 201, network: false, portal: false });
  assert.deepEqual(result.data, { a: 1 });
  assert.deepEqual(
    [sent.body, sent.headers['Content-Type'], sent.redirect, sent.credentials],
    ['{"b":2}', 'application/json', 'manual', 'same-origin'],
  );
});

test('text is sent as it is, bytes keep their type', async () => {
  serve(() => Response.json({}));
  await request('PUT', '/x', { body: '{"verbatim":  1}' });
  assert.equal(sent.body, '{"verbatim":  1}');
  await request('PUT', '/x', { body: new ArrayBuffer(3), headers: { 'Content-Type': 'image/jpeg' } });
  assert.deepEqual([sent.body.byteLength, sent.headers['Content-Type']], [3, 'image/jpeg']);
});

test('a problem is handed on', async () => {
  const body = JSON.stringify({ code: 'too_fast', retry: true });
  serve(
    () =>
      new Response(body, {
        status: 429,
        headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '7' },
      }),
  );
  const result = await request('GET', '/x');
  assert.deepEqual(
    [result.ok, result.status, result.problem?.code, result.retryAfter],
    [false, 429, 'too_fast', '7'],
  );
});

test('who answers instead of the server is a portal', async () => {
  const opaque = () => Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' });
  const cases = /** @type {[string, () => Response][]} */ ([
    ['200 with a page', () => html()],
    ['200 without a type', () => new Response('ok')],
    ['redirect', () => Response.redirect('https://login.test/')],
    ['redirect, unseen', opaque],
    ['511', () => html(511)],
    ['redirected', () => Object.defineProperty(Response.json({}), 'redirected', { value: true })],
  ]);
  for (const [name, answer] of cases) {
    serve(answer);
    const result = await request('GET', '/x');
    assert.deepEqual(
      [result.ok, result.portal, result.network, result.data],
      [false, true, false, null],
      name,
    );
  }
});

test('an error page is neither a portal nor a problem', async () => {
  serve(() => html(502));
  assert.deepEqual(flags(await request('GET', '/x')), {
    ok: false,
    status: 502,
    network: false,
    portal: false,
  });
  serve(() => new Response('[1]', { status: 500, headers: { 'Content-Type': 'application/json' } }));
  assert.equal((await request('GET', '/x')).problem, null);
});

test('half an answer is no answer', async () => {
  serve(() => new Response('{"a":', { headers: { 'Content-Type': 'application/json' } }));
  assert.deepEqual(flags(await request('GET', '/x')), {
    ok: false,
    status: 200,
    network: false,
    portal: false,
  });
  const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError('cut')) });
  serve(() => new Response(broken, { headers: { 'Content-Type': 'application/json' } }));
  assert.equal((await request('GET', '/x')).network, true);
});

test('nothing to say is said with 204', async () => {
  serve(() => new Response(null, { status: 204 }));
  assert.deepEqual(flags(await request('DELETE', '/x')), {
    ok: true,
    status: 204,
    network: false,
    portal: false,
  });
});

test('no network, a time-out and an abort are no answer, and nothing throws', async () => {
  serve(() => {
    throw new TypeError('offline');
  });
  assert.equal((await request('GET', '/x')).network, true);
  /** @param {string} _path @param {any} init @returns {Promise<Response>} */
  const never = (_path, { signal }) =>
    new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  serve(never);
  assert.equal((await request('GET', '/x', { timeout: 5 })).network, true);
  const controller = new AbortController();
  const going = request('GET', '/x', { signal: controller.signal });
  controller.abort();
  assert.equal((await going).network, true);
});
