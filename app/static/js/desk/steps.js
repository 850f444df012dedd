/**
 * The desk's views as steps of the browser's history: a filter, a pane or an opened pin is one, moving from pin to pin
 * is none. Promises that "Back" shows the view before, and never one that looks as what is shown already.
 * Does not draw.
 */
import { readState, writeState } from './url.js';

/** @import {DeskState} from './types' */
/** @typedef {{history: Pick<History, 'pushState' | 'replaceState' | 'back' | 'forward'>, location: Pick<Location, 'pathname' | 'search'>, addEventListener: (type: 'popstate', heard: (event: {state: any}) => void) => void}} Browser */

/** @param {DeskState} state */
const filterOf = ({ shows, category, q, near }) => JSON.stringify([shows, category, q, near]);

/** @param {DeskState} before @param {DeskState} after */
export const hasSameFilter = (before, after) => filterOf(before) === filterOf(after);

/** @param {DeskState} before @param {DeskState} after */
const opensView = (before, after) =>
  !hasSameFilter(before, after) || before.pane !== after.pane || (before.pin === null && after.pin !== null);

/** @param {Browser} browser @param {(state: DeskState) => void} show what "Back" or "Forward" came to */
export function createSteps({ history, location, addEventListener }, show) {
  let at = 0;
  let shown = '';
  let isTyping = false;

  addEventListener('popstate', ({ state }) => {
    if (!state) return; // a jump within the page
    const isBack = state.at < at;
    at = state.at;
    isTyping = false;
    if (location.search === shown) isBack ? history.back() : history.forward();
    else {
      shown = location.search;
      show(readState(location.search));
    }
  });

  return {
    /** What is shown from now on. @param {DeskState} before @param {DeskState} after */
    note(before, after) {
      const types = before.q !== after.q;
      const isStep = opensView(before, after) && !(types && isTyping);
      isTyping = types;
      if (isStep) at++;
      shown = writeState(after);
      history[isStep ? 'pushState' : 'replaceState']({ at }, '', location.pathname + shown);
    },
  };
}
