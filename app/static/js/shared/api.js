/**
 * One way to talk to the server. Never throws; says apart "no answer", "somebody else answered" and "the server says no".
 * A redirect is never followed: what a resident sends must not end up at a login page.
 */
/** @import {ApiResult, ProblemData} from '../phone/types' */

const TIMEOUT = 30_000;
const NETWORK_LOGIN = 511;

/**
 * @param {string} method
 * @param {string} path
 * @param {{body?: string | ArrayBuffer | Blob | object, headers?: Record<string, string>, signal?: AbortSignal, timeout?: number}} [options]
 *   a plain object is sent as JSON; timeout in ms
 * @returns {Promise<ApiResult>}
 */
export async function request(method, path, options = {}) {
  const { body, type } = wireBody(options.body);
  /** @type {Record<string, string>} */
  const headers = {
    Accept: 'application/json',
    ...(type ? { 'Content-Type': type } : {}),
    ...options.headers,
  };
  const timeout = AbortSignal.timeout(options.timeout ?? TIMEOUT);
  const signal = options.signal ? either(options.signal, timeout) : timeout;
  try {
    const response = await fetch(path, {
      method,
      headers,
      body,
      signal,
      credentials: 'same-origin',
      redirect: 'manual',
      cache: method === 'GET' ? 'no-cache' : 'no-store',
    });
    return await read(response);
  } catch {
    return answer({ network: true });
  }
}

/** @param {Partial<ApiResult>} parts @returns {ApiResult} */
function answer(parts) {
  return {
    ok: false,
    status: 0,
    data: null,
    problem: null,
    network: false,
    portal: false,
    retryAfter: null,
    ...parts,
  };
}

/** @param {string | ArrayBuffer | Blob | object | undefined} body @returns {{body: BodyInit | undefined, type: string | null}} */
function wireBody(body) {
  if (body === undefined) return { body, type: null };
  if (body instanceof ArrayBuffer || body instanceof Blob) return { body, type: null };
  return { body: typeof body === 'string' ? body : JSON.stringify(body), type: 'application/json' };
}

/** Aborts with the first of two signals (AbortSignal.any is too young). @param {AbortSignal} a @param {AbortSignal} b */
function either(a, b) {
  const controller = new AbortController();
  for (const signal of [a, b]) {
    if (signal.aborted) controller.abort();
    signal.addEventListener('abort', () => controller.abort(), { once: true, signal: controller.signal });
  }
  return controller.signal;
}

/** @param {Response} response @returns {Promise<ApiResult>} */
async function read(response) {
  const { status } = response;
  if (
    response.type === 'opaqueredirect' ||
    response.redirected ||
    (status >= 300 && status < 400 && status !== 304)
  ) {
    return answer({ status, portal: true });
  }
  const isJson = /^application\/([\w.-]+\+)?json\b/.test(response.headers.get('Content-Type') ?? '');
  const isGood = status >= 200 && status < 300;
  const text = await response.text();
  if (isGood && status === 204) return answer({ ok: true, status });
  if (status === NETWORK_LOGIN || (isGood && !isJson)) return answer({ status, portal: true });
  const retryAfter = response.headers.get('Retry-After');
  const data = isJson ? parsed(text) : undefined;
  if (isGood) return answer({ ok: data !== undefined, status, data: data ?? null });
  return answer({ status, retryAfter, problem: isRecord(data) ? data : null });
}

/**
 * A good answer in JSON that is none of our server's: a network's own page may be JSON, too.
 * @param {ApiResult} result @returns {ApiResult}
 */
export const asForeign = (result) => (result.ok ? { ...result, ok: false, portal: true } : result);

/** @param {string} text @returns {unknown} undefined when it is not JSON after all */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {unknown} data @returns {data is ProblemData} */
const isRecord = (data) => typeof data === 'object' && data !== null && !Array.isArray(data);
