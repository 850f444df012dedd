/**
 * Keeps the wall to what may still be seen: what was hidden, blacked out or rewritten at the desk meanwhile goes, or
 * changes, within half a minute. Without network the slides stay as they are. Turns no slide.
 */
import { on } from '../shared/dom.js';

const EVERY_MS = 20_000;

/** The page as it would be opened now; null without network, or logged out. */
async function fetched() {
  const { pathname } = location;
  const answer = await fetch(pathname, { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok || new URL(answer.url).pathname !== pathname) return null;
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

/** @param {ParentNode} place @returns {HTMLElement[]} */
const pinsIn = (place) => [...place.querySelectorAll(/** @type {'li'} */ ('[data-pin]'))];

/** Let every pin that is shown be as it is now, or go. @param {Document} now @returns {boolean} whether anything changed */
function follow(now) {
  const kept = new Map(pinsIn(now).map((pin) => [pin.dataset.pin, pin]));
  const shown = pinsIn(document);
  for (const pin of shown) {
    const next = kept.get(pin.dataset.pin);
    if (!next) pin.remove();
    else if (next.outerHTML !== pin.outerHTML) pin.replaceWith(document.importNode(next, true));
  }
  for (const kind of document.querySelectorAll('.kind')) {
    const left = pinsIn(kind).length;
    kind.querySelector('.kind__count')?.replaceChildren(String(left));
    if (left === 0) kind.remove();
  }
  return shown.some((pin) => !pin.isConnected);
}

/** Look again and again, and as soon as there is network again. @param {() => void} changed */
export function keepToNow(changed) {
  const look = async () => {
    const now = await fetched();
    if (now && follow(now)) changed();
  };
  setInterval(look, EVERY_MS);
  on(globalThis, 'online', () => void look());
}
