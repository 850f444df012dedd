/**
 * Keeps the wall to what may still be seen: what was hidden, blacked out or rewritten at the desk meanwhile goes, or
 * changes, within half a minute. Without network the slides stay as they are. Turns no slide.
 */
import { request } from '../shared/api.js';
import { on } from '../shared/dom.js';

const EVERY_MS = 20_000;

/** @typedef {{number: number, text: string, photos: {id: string, version: string}[]}} Shown */

/** @param {ParentNode} place @returns {HTMLElement[]} */
const pinsIn = (place) => [...place.querySelectorAll(/** @type {'li'} */ ('[data-pin]'))];

/** A photo that may not be seen any more goes; one with other pixels has another address. @param {HTMLElement} pin @param {Shown} now */
function followPhotos(pin, now) {
  const addresses = new Map(now.photos.map(({ id, version }) => [id, version]));
  for (const photo of pin.querySelectorAll('img')) {
    const address = new URL(photo.src);
    const version = addresses.get(photo.dataset.photo ?? '');
    if (version === undefined) photo.remove();
    else if (address.searchParams.get('v') !== version) photo.src = `${address.pathname}?v=${version}`;
  }
}

/** @param {Shown[]} shown @returns {boolean} whether a pin went */
function follow(shown) {
  const now = new Map(shown.map((pin) => [String(pin.number), pin]));
  const gone = pinsIn(document).filter((pin) => !now.has(pin.dataset.pin ?? ''));
  for (const pin of gone) pin.remove();
  for (const pin of pinsIn(document)) {
    const next = /** @type {Shown} */ (now.get(pin.dataset.pin ?? ''));
    const words = pin.querySelector('[data-words]');
    if (words && words.textContent !== next.text) words.textContent = next.text;
    followPhotos(pin, next);
  }
  for (const kind of document.querySelectorAll('.kind')) {
    const left = pinsIn(kind).length;
    kind.querySelector('.kind__count')?.replaceChildren(String(left));
    if (left === 0) kind.remove();
  }
  return gone.length > 0;
}

/** Look again and again, and as soon as there is network again. @param {() => void} changed */
export function keepToNow(changed) {
  const path = `/api${location.pathname}/shown`;
  const look = async () => {
    const { ok, data } = await request('GET', path);
    if (ok && follow(data.pins)) changed();
  };
  setInterval(look, EVERY_MS);
  on(globalThis, 'online', () => void look());
}
