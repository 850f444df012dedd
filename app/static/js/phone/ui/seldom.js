/**
 * Drawing that keeps up with a queue being sent, which tells of a change many times a second. Owns nothing.
 */
import { syncState } from '../sync.js';

const REDRAW_MS = 250;
/** While a queue is being sent; counts are drawn at each step by themselves. */
const SENDING_REDRAW_MS = 1000;

/**
 * At once, then one at a time with a pause between.
 * @param {() => Promise<void>} draw
 */
export function seldom(draw) {
  let isQueued = false;
  let isDrawing = false;
  const start = async () => {
    isQueued = false;
    isDrawing = true;
    try {
      await draw();
    } finally {
      const rest = syncState().n > 1 ? SENDING_REDRAW_MS : REDRAW_MS;
      setTimeout(() => {
        isDrawing = false;
        if (isQueued) void start();
      }, rest);
    }
  };
  return () => {
    if (isQueued) return;
    isQueued = true;
    if (!isDrawing) queueMicrotask(start);
  };
}
