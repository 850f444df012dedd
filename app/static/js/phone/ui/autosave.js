/**
 * What is typed is on the phone before the finger rests: 300 ms after the last key, and at once when the page goes.
 * Promises: patches are written in order, one after another, and none is dropped while an earlier one is being written;
 * what is not yet written is told at each key (`keep`), for a page that does not live to write it.
 */
export const PAUSE_MS = 300;

/**
 * @template {object} P
 * @param {(patch: P) => Promise<unknown>} write
 * @param {(state: 'saving' | 'saved' | 'failed') => void} tell
 * @param {(unwritten: P | null) => void} [keep]
 */
export function createAutosave(write, tell, keep = () => undefined) {
  /** @type {P | null} */
  let waiting = null;
  /** @type {P | null} */
  let unwritten = null;
  let lined = 0;
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
      lined += 1;
      line = line.then(async () => {
        lined -= 1;
        try {
          await write(patch);
          if (waiting) return;
          tell('saved');
          if (lined > 0) return;
          unwritten = null;
          keep(null);
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
      unwritten = /** @type {P} */ ({ ...unwritten, ...patch });
      keep(unwritten);
      tell('saving');
      clearTimeout(timer);
      if (soon) timer = setTimeout(flush, PAUSE_MS);
      else void flush();
    },
  };
}
