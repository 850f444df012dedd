/**
 * What was done at this desk, newest last, so that it can be taken back: fifty steps, one for each act, whatever it was.
 * Promises: acts and taking back happen one after the other, in the order of the key presses; a step that could not be
 * taken back for want of contact stays. Forgotten when the page is left.
 */

/** @import {Outcome} from './acts.js' */
/** @typedef {{outcome: Outcome, problem?: string, by?: string | null}} Done */
/** @typedef {{words: string, number: number | null, back: () => Promise<Done>}} Step `words` name what was done */

export const MOST_STEPS = 50;

/** @param {() => void} [changed] called when the newest step is another one */
export function createUndo(changed = () => {}) {
  /** @type {Step[]} */
  const steps = [];
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  function inTurn(work) {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  }

  /** @param {Step} step */
  function push(step) {
    steps.push(step);
    if (steps.length > MOST_STEPS) steps.shift();
    changed();
  }

  return {
    inTurn,
    push,
    /** What would be taken back. */
    peek: () => steps.at(-1) ?? null,
    size: () => steps.length,
    /** Takes the newest step back. @returns {Promise<Done & {step: Step | null}>} */
    back: () =>
      inTurn(async () => {
        const step = steps.pop() ?? null;
        if (!step) return { outcome: 'nothing', step };
        const done = await step.back();
        if (done.outcome === 'failed') steps.push(step);
        changed();
        return { ...done, step };
      }),
  };
}

/** @typedef {ReturnType<typeof createUndo>} Undo */
