/**
 * Pins, groups of them and stops on the map: real buttons with names, one roving tab stop for all of them, west to east.
 * Promises: setting the same list again touches nothing; a spot that stays keeps its element and so its focus; of
 * hundreds of new ones the page draws the nearest at once and the others bit by bit, free for a tap in between.
 * Keys within the group: arrows, Home and End move, Enter and Space open (a button's own doing), Escape goes back to
 * the map. Drawing is symbols.js; what happens on a tap is the page's.
 */
import { footOf, PIN_SIZE, pinSymbol, stopSymbol } from './symbols.js';

/** @typedef {import('./symbols.js').PinLook} PinLook */
/** Something else that looks its own way. @typedef {{draw: (item: any) => SVGSVGElement, [fact: string]: any}} OwnLook */
/** @typedef {{id: string, lat: number, lon: number, label: string}} Spot `label` is the whole accessible name */
/** @typedef {Spot & (PinLook | OwnLook)} MapPin */
/** @typedef {Spot & {order: number, current?: boolean, done?: boolean}} MapStop */
/** @typedef {'pin' | 'stop'} Sort */
/** @typedef {{sort: Sort, id: string, marker: L.Marker, button: HTMLButtonElement, lon: number, drawn: string}} Shown */

/** New spots that are drawn at once, and in each step after that. */
const AT_ONCE = 60;
const STEP = 20;
const BETWEEN_MS = 16;

/** What makes a spot look the way it does, to see whether it must be drawn again. @param {Record<string, any>} item */
const look = ({ lat, lon, ...rest }) => JSON.stringify(rest);

/** @param {Sort} sort @param {any} item @returns {SVGSVGElement} */
function draw(sort, item) {
  if (sort === 'stop') return stopSymbol(item);
  return item.draw ? item.draw(item) : pinSymbol(item);
}

/** How far down the symbol the place is: a drop stands on its tip. @param {Sort} sort @param {any} item */
const foot = (sort, item) =>
  sort === 'pin' && 'kind' in item ? footOf(item.kind, item.group) : PIN_SIZE.hit / 2;

/** @param {Sort} sort @param {string} id */
const keyOf = (sort, id) => `${sort} ${id}`;

/** Where a key leads in a row that goes round; null for any other key. @param {string} key @param {number} at @param {number} length */
export function nextAt(key, at, length) {
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  if (key === 'ArrowRight' || key === 'ArrowDown') return (at + 1) % length;
  if (key === 'ArrowLeft' || key === 'ArrowUp') return (at - 1 + length) % length;
  return null;
}

export class Spots {
  #L;
  #leaflet;
  #pane;
  /** @type {Map<string, Shown>} */
  #shown = new Map();
  /** @type {Record<Sort, Set<(id: string) => void>>} */
  #listeners = { pin: new Set(), stop: new Set() };
  /** The one in the tab order. @type {string | null} */
  #turn = null;
  /** @type {string | null} */
  #selected = null;
  /** @type {MapPin[]} */
  #pins = [];
  /** Not drawn yet, the next one first. @type {{sort: Sort, item: any}[]} */
  #waiting = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {typeof import('leaflet')} L @param {L.Map} leaflet @param {string} label */
  constructor(L, leaflet, label) {
    this.#L = L;
    this.#leaflet = leaflet;
    this.#pane = /** @type {HTMLElement} */ (leaflet.getPane('markerPane'));
    this.#pane.setAttribute('role', 'group');
    this.#pane.setAttribute('aria-label', label);
  }

  /** @param {MapPin[]} list */
  setPins(list) {
    this.#pins = list;
    this.#set('pin', list);
  }

  /** @param {MapStop[]} list */
  setStops(list) {
    this.#set('stop', list);
  }

  /** @param {string | null} id */
  select(id) {
    this.#selected = id;
    this.#set('pin', this.#pins);
  }

  /** @param {string} id @returns {boolean} false when the pin is not on the map */
  focus(id) {
    const at = this.#waiting.findIndex(({ sort, item }) => sort === 'pin' && item.id === id);
    if (at >= 0) this.#draw(this.#waiting.splice(at, 1));
    const spot = this.#shown.get(keyOf('pin', id));
    if (spot) this.#step(spot);
    return Boolean(spot);
  }

  /** @param {Sort} sort @param {(id: string) => void} listener */
  on(sort, listener) {
    this.#listeners[sort].add(listener);
    return () => void this.#listeners[sort].delete(listener);
  }

  /** @param {Sort} sort @param {any[]} list */
  #set(sort, list) {
    const wanted = new Set(list.map((item) => keyOf(sort, item.id)));
    for (const [key, spot] of this.#shown) {
      if (spot.sort === sort && !wanted.has(key)) this.#drop(key, spot);
    }
    this.#waiting = this.#waiting.filter((one) => one.sort !== sort);
    const fresh = [];
    for (const item of list) {
      const spot = this.#shown.get(keyOf(sort, item.id));
      if (spot) this.#update(spot, item);
      else fresh.push({ sort, item });
    }
    if (fresh.length > AT_ONCE) fresh.sort(this.#nearest());
    this.#waiting.push(...fresh.splice(AT_ONCE));
    this.#draw(fresh);
  }

  /** Which of two comes first: the selected one, then what is nearer to the middle of the view. */
  #nearest() {
    const { lat, lng } = this.#leaflet.getCenter();
    const narrow = Math.cos((lat * Math.PI) / 180);
    const rank = (/** @type {any} */ item) =>
      item.id === this.#selected ? -1 : (item.lat - lat) ** 2 + ((item.lon - lng) * narrow) ** 2;
    return (/** @type {{item: any}} */ a, /** @type {{item: any}} */ b) => rank(a.item) - rank(b.item);
  }

  /** Draw these, and the others soon. @param {{sort: Sort, item: any}[]} fresh */
  #draw(fresh) {
    for (const { sort, item } of fresh) this.#update(this.#add(sort, item), item);
    const row = this.#westToEast();
    this.#order(row);
    if (this.#turn === null || !this.#shown.has(this.#turn)) this.#giveTurn(row[0] ?? null);
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0)
      this.#timer = setTimeout(() => this.#draw(this.#waiting.splice(0, STEP)), BETWEEN_MS);
  }

  /** The map goes away. */
  stop() {
    clearTimeout(this.#timer);
  }

  /** @param {string} key @param {Shown} spot */
  #drop(key, spot) {
    if (spot.button === document.activeElement) this.#leaflet.getContainer().focus();
    spot.marker.remove();
    this.#shown.delete(key);
  }

  /** @param {Sort} sort @param {any} item */
  #add(sort, item) {
    const button = document.createElement('button');
    button.type = 'button';
    button.tabIndex = -1;
    const icon = new this.#L.DivIcon({
      className: 'map-spot',
      html: button,
      iconSize: [PIN_SIZE.hit, PIN_SIZE.hit],
    });
    const marker = new this.#L.Marker([item.lat, item.lon], { icon, interactive: false, keyboard: false });
    /** @type {Shown} */
    const spot = { sort, id: item.id, marker, button, lon: item.lon, drawn: '' };
    button.addEventListener('focus', () => this.#giveTurn(spot));
    button.addEventListener('keydown', (event) => this.#key(spot, event));
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      if (this.#wasDragged()) return;
      for (const listener of this.#listeners[sort]) listener(spot.id);
    });
    marker.addTo(this.#leaflet);
    this.#shown.set(keyOf(sort, item.id), spot);
    return spot;
  }

  /** A drag that begins and ends on a pin is no tap. */
  #wasDragged() {
    return /** @type {any} */ (this.#leaflet.dragging).moved();
  }

  /** @param {Shown} spot @param {any} item */
  #update(spot, item) {
    const selected = spot.sort === 'pin' && item.id === this.#selected;
    if (spot.lon !== item.lon || spot.marker.getLatLng().lat !== item.lat)
      spot.marker.setLatLng([item.lat, item.lon]);
    spot.lon = item.lon;
    const drawn = look({ ...item, selected });
    if (spot.drawn === drawn) return;
    spot.drawn = drawn;
    spot.button.setAttribute('aria-label', item.label);
    spot.button.className = `map-spot-button map-${spot.sort}`;
    if (selected) spot.button.setAttribute('aria-current', 'true');
    else spot.button.removeAttribute('aria-current');
    spot.marker.setZIndexOffset(selected ? 1000 : 0);
    const box = spot.marker.getElement();
    if (box) box.style.marginTop = `${-foot(spot.sort, item)}px`;
    spot.button.replaceChildren(draw(spot.sort, { ...item, selected }));
  }

  #westToEast() {
    return [...this.#shown.values()].sort((a, b) => a.lon - b.lon);
  }

  /** Reading order follows west to east too, without moving an element that has focus. @param {Shown[]} row */
  #order(row) {
    const boxes = row.map((spot) => /** @type {HTMLElement} */ (spot.marker.getElement()));
    for (let i = boxes.length - 2; i >= 0; i--) {
      if (boxes[i].nextElementSibling === boxes[i + 1] || boxes[i].contains(document.activeElement)) continue;
      this.#pane.insertBefore(boxes[i], boxes[i + 1]);
    }
  }

  /** @param {Shown | null} spot */
  #giveTurn(spot) {
    const before = this.#turn === null ? undefined : this.#shown.get(this.#turn);
    if (before) before.button.tabIndex = -1;
    this.#turn = spot && keyOf(spot.sort, spot.id);
    if (spot) spot.button.tabIndex = 0;
  }

  /** @param {Shown} spot */
  #step(spot) {
    const padding = /** @type {[number, number]} */ ([PIN_SIZE.hit, PIN_SIZE.hit]);
    this.#leaflet.panInside(spot.marker.getLatLng(), { padding, animate: false });
    spot.button.focus({ preventScroll: true });
  }

  /** @param {Shown} spot @param {KeyboardEvent} event */
  #key(spot, event) {
    const row = this.#westToEast();
    const to = nextAt(event.key, row.indexOf(spot), row.length);
    if (event.key === 'Escape') this.#leaflet.getContainer().focus();
    else if (to === null) return;
    else this.#step(row[to]);
    event.preventDefault();
    event.stopPropagation();
  }
}
