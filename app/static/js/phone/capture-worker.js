/**
 * Shrinks pictures off the page's thread, one at a time, in the order they come.
 * Message in: {id, source, shape}. Message out: {id, photo} or {id, error}.
 */
import { shrink, Undecodable } from './capture-image.js';

let last = Promise.resolve();

self.onmessage = ({ data }) => {
  last = last.then(() => work(data));
};

/** @param {{id: number, source: Blob | ImageBitmap, shape: import('./capture-image.js').Shape}} job */
async function work({ id, source, shape }) {
  try {
    const photo = await shrink(source, shape);
    const transfer = photo.thumb ? [photo.bytes, photo.thumb] : [photo.bytes];
    self.postMessage({ id, photo }, { transfer });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Undecodable ? 'undecodable' : 'failed' });
  }
}
