/**
 * What is typed is on the phone before the finger rests: 300 ms after the last key, and at once when the page goes.
 * Promises: patches are written in order, one after another, and none is dropped while an earlier one is being written.
 */
export const PAUSE_MS = 300;

/**
 * @template {object} P
 * @param {(patch: P) => Promise<unknown>} write
 * @param {(state: 'saving' | 'saved' | 'failed') => void} tell
 */
export function createAutosave(write, tell) {
  /** @type {P | null} */
  let waiting = null;
  /** @type {Promise<void>} */
  let line = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** Write what waits, after what is being written. @returns {Promise<void>} */
  function flush() {
    clearTimeout(timer);
    const patch = waiting;
    waiting = null;
    if (patch) {
      line = line.then(async () => {
        try {
          await write(patch);
          if (!waiting) tell('saved');
        } catch {
          // Kept for the next try: a later key, or the screen's close.
          waiting = { ...patch, ...waiting };
          tell('failed');
        }
      });
    }
    return line;
  }

  return {
    flush,
    /** @param {P} patch @param {boolean} [soon] typed text waits for a pause; a tap does not */
    set(patch, soon = false) {
      waiting = /** @type {P} */ ({ ...waiting, ...patch });
      tell('saving');
      clearTimeout(timer);
      if (soon) timer = setTimeout(flush, PAUSE_MS);
      else void flush();
    },
  };
}
