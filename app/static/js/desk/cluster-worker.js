/**
 * Groups pins off the page's thread: takes the pins, then answers what a view shows. Questions are answered in order;
 * what they mean is grouping.js.
 */
import { Grouping } from './grouping.js';

const grouping = new Grouping();

addEventListener('message', ({ data: { turn, what, args } }) => {
  const answer = /** @type {any} */ (grouping)[what](...args);
  postMessage({ turn, answer });
});
