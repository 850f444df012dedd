/**
 * From camera or file to a photo worth storing: upright, at most 1600 px, JPEG, without metadata, with thumbnail and
 * hash. Works in a worker; where there is none, or it dies, on the page.
 *
 * A picture this phone cannot open (HEIC on some, or a large one while memory is short) is kept as it is, and says so
 * (`raw`); what is too large to be sent so is made smaller when its turn comes (sync-round.js).
 */
/** @import {PreparedPhoto} from './types' */
/** @import {Shape} from './capture-image.js' */
import { digest } from '../shared/hash.js';
import { shrink, Undecodable } from './capture-image.js';

export { openCamera } from './camera.js';

/** No camera makes a larger picture. */
const LARGEST_RAW = 64_000_000;
/** What a photo becomes when the server found it too large. */
const SMALLER = { longEdge: 1200, quality: 0.7 };
const PATIENCE_MS = 20_000;

/** The file cannot be opened here, and is no picture or too large to be kept. */
export class PhotoUnusable extends Error {
  code = 'photo_unusable';
}

/**
 * @param {Blob | ImageBitmap} source a file, or a frame of the camera (which is used up)
 * @param {Shape} [shape]
 * @returns {Promise<PreparedPhoto>}
 */
export async function preparePhoto(source, shape = {}) {
  try {
    return await inWorker(source, shape);
  } catch (error) {
    if (!(error instanceof Undecodable)) return onPage(source, shape);
    return asItIs(source);
  }
}

/** @param {Blob | ImageBitmap} source @param {Shape} shape */
async function onPage(source, shape) {
  try {
    return await shrink(source, shape);
  } catch {
    return asItIs(source);
  }
}

/** Begins like JPEG, PNG, WebP, HEIC, HEIF or AVIF. @param {ArrayBuffer} bytes */
function isPicture(bytes) {
  const head = String.fromCharCode(...new Uint8Array(bytes.slice(0, 12)));
  return /^(\xff\xd8\xff|\x89PNG|RIFF....WEBP|....ftyp(he[iv][cmsx]|m[is]f1|avi[fs]))/s.test(head);
}

/** @param {Blob | ImageBitmap} source @returns {Promise<PreparedPhoto>} */
async function asItIs(source) {
  if (!(source instanceof Blob) || source.size === 0 || source.size > LARGEST_RAW) throw new PhotoUnusable();
  const bytes = await source.arrayBuffer();
  if (!isPicture(bytes)) throw new PhotoUnusable();
  const type = source.type || 'application/octet-stream';
  return { type, bytes, thumb: null, sha256: await digest(bytes), width: null, height: null, raw: true };
}

/** The server found this one too large. @param {Blob} photo @returns {Promise<PreparedPhoto>} */
export async function recompress(photo) {
  const smaller = await preparePhoto(photo, SMALLER);
  if (smaller.raw || smaller.bytes.byteLength >= photo.size) throw new PhotoUnusable();
  return smaller;
}

// ---------------------------------------------------------------- the worker
/** @type {Worker | null} */
let worker = null;
let jobs = 0;

/** @param {Blob | ImageBitmap} source @param {Shape} shape @returns {Promise<PreparedPhoto>} */
function inWorker(source, shape) {
  const used = theWorker();
  const id = ++jobs;
  return new Promise((resolve, reject) => {
    /** @param {Error} error */
    const giveUp = (error) => {
      stop();
      if (worker === used) worker = null;
      used.terminate();
      reject(error);
    };
    const timer = setTimeout(() => giveUp(new Error('the worker does not answer')), PATIENCE_MS);
    const onError = () => giveUp(new Error('the worker died'));
    const onMessage = (/** @type {MessageEvent} */ { data }) => {
      if (data.id !== id) return;
      stop();
      if (data.photo) resolve(data.photo);
      else reject(data.error === 'undecodable' ? new Undecodable() : new Error(data.error));
    };
    const stop = () => {
      clearTimeout(timer);
      used.removeEventListener('message', onMessage);
      used.removeEventListener('error', onError);
    };
    used.addEventListener('message', onMessage);
    used.addEventListener('error', onError);
    used.postMessage({ id, source, shape }); // copied, not moved: the page must be able to take over
  });
}

function theWorker() {
  worker ??= new Worker(new URL('./capture-worker.js', import.meta.url), { type: 'module' });
  return worker;
}
