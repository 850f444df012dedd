/**
 * SHA-256, the name of every photo and the proof of every sending.
 *
 * `sha256` answers at once, because an IndexedDB transaction would be over before the browser's own digest answers;
 * it is meant for texts of a few kB. `digest` is for photos and falls back to the former where the page has no
 * secure context (a plain-http trial on a local network).
 */

/** @param {number} n @returns {boolean} */
const isPrime = (n) => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
};
/** The first 32 bits of a number's fraction. @param {number} x */
const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;

const PRIMES = Array.from({ length: 310 }, (_, i) => i + 2).filter(isPrime);
const START = Int32Array.from(PRIMES.slice(0, 8), (p) => fraction(Math.sqrt(p)));
const ROUND = Int32Array.from(PRIMES.slice(0, 64), (p) => fraction(Math.cbrt(p)));

/** @param {number} x @param {number} n */
const rotate = (x, n) => (x >>> n) | (x << (32 - n));

/** @param {Int32Array} state @param {DataView} view @param {number} at @param {Int32Array} w */
function block(state, view, at, w) {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >>> 3);
    const s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] + value) | 0;
}

/**
 * At once, for small texts inside a transaction.
 * @param {string | Uint8Array} data
 * @returns {string} hex
 */
export function sha256(data) {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor((bytes.length * 8) / 2 ** 32));
  view.setUint32(padded.length - 4, (bytes.length * 8) >>> 0);
  const state = START.slice();
  const w = new Int32Array(64);
  for (let at = 0; at < padded.length; at += 64) block(state, view, at, w);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/**
 * HMAC-SHA-256 of a short text.
 * @param {string} key 64 ASCII characters, such as a hash
 * @param {string} text ASCII
 * @returns {string} hex
 */
export function hmac(key, text) {
  /** @param {number} pad @param {number[]} rest */
  const keyed = (pad, rest) =>
    sha256(Uint8Array.from([...Array.from(key, (c) => c.charCodeAt(0) ^ pad), ...rest]));
  const inner = keyed(
    0x36,
    Array.from(text, (c) => c.charCodeAt(0)),
  );
  return keyed(
    0x5c,
    Array.from({ length: 32 }, (_, i) => Number.parseInt(inner.slice(2 * i, 2 * i + 2), 16)),
  );
}

/**
 * For photos: the browser's own digest, where it has one.
 * @param {ArrayBuffer} data
 * @returns {Promise<string>} hex
 */
export async function digest(data) {
  if (!globalThis.crypto?.subtle) return sha256(new Uint8Array(data));
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
