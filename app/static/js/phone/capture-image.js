/**
 * Picture in, small upright JPEG out. The same steps in the worker and, where there is none, on the page.
 * Drawing anew leaves every metadata block behind: no place, no camera, no embedded thumbnail.
 */
/** @import {PreparedPhoto} from './types' */
import { digest } from '../shared/hash.js';

export const LONG_EDGE = 1600;
export const QUALITY = 0.8;
const THUMB_EDGE = 320;
const THUMB_QUALITY = 0.7;
const JPEG = 'image/jpeg';

/**
 * @typedef {{longEdge?: number, quality?: number}} Shape
 * @typedef {OffscreenCanvas | HTMLCanvasElement} Canvas
 */

/** The browser cannot open this picture, or cannot write JPEG. */
export class Undecodable extends Error {
  code = 'undecodable';
}

/**
 * @param {Blob | ImageBitmap} source @param {Shape} [shape] @returns {Promise<PreparedPhoto>}
 * Raises Undecodable.
 */
export async function shrink(source, { longEdge = LONG_EDGE, quality = QUALITY } = {}) {
  const bitmap = await decode(source);
  try {
    const photo = draw(bitmap, longEdge);
    const bytes = await encode(photo, quality);
    const thumb = await encode(draw(photo, THUMB_EDGE), THUMB_QUALITY);
    const { width, height } = photo;
    return { type: JPEG, bytes, thumb, sha256: await digest(bytes), width, height, raw: false };
  } finally {
    bitmap.close();
  }
}

/** @param {Blob | ImageBitmap} source @returns {Promise<ImageBitmap>} */
async function decode(source) {
  if (!(source instanceof Blob)) return source;
  try {
    return await createImageBitmap(source, { imageOrientation: 'from-image' });
  } catch (error) {
    throw new Undecodable('the picture cannot be opened', { cause: error });
  }
}

/**
 * Width and height after shrinking to a long edge; never larger, never nothing.
 * @param {number} width @param {number} height @param {number} longEdge
 */
export function fit(width, height, longEdge) {
  const scale = Math.min(1, longEdge / Math.max(width, height));
  const side = (/** @type {number} */ length) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}

/** @param {ImageBitmap | Canvas} image @param {number} longEdge @returns {Canvas} */
function draw(image, longEdge) {
  const { width, height } = fit(image.width, image.height, longEdge);
  const canvas = newCanvas(width, height);
  const context = /** @type {CanvasRenderingContext2D | null} */ (canvas.getContext('2d', { alpha: false }));
  if (!context) throw new Undecodable('no canvas');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  return canvas;
}

/** @param {number} width @param {number} height @returns {Canvas} */
function newCanvas(width, height) {
  if (globalThis.OffscreenCanvas) return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

/** @param {Canvas} canvas @param {number} quality @returns {Promise<ArrayBuffer>} */
async function encode(canvas, quality) {
  const blob = await toBlob(canvas, quality);
  if (blob?.type !== JPEG) throw new Undecodable('no JPEG'); // browsers answer an unknown type with PNG, silently
  return blob.arrayBuffer();
}

/** @param {Canvas} canvas @param {number} quality @returns {Promise<Blob | null>} */
function toBlob(canvas, quality) {
  if ('convertToBlob' in canvas) return canvas.convertToBlob({ type: JPEG, quality });
  return new Promise((resolve) => canvas.toBlob(resolve, JPEG, quality));
}
