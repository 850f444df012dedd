/**
 * Pins, clusters and stops on the map: real buttons with names, one roving tab stop for all of them, west to east.
 * Promises: setting the same list again touches nothing; a spot that stays keeps its element and so its focus.
 * Keys within the group: arrows, Home and End move, Enter and Space open (a button's own doing), Escape goes back to
 * the map. Drawing is symbols.js; what happens on a tap is the page's.
 */
import { clusterSymbol, footOf, PIN_SIZE, pinSymbol, stopSymbol } from './symbols.js';

/** @typedef {import('./symbols.js').PinLook} PinLook */
/** @typedef {import('./symbols.js').ClusterLook} ClusterLook */
/** @typedef {{id: string, lat: number, lon: number, label: string}} Spot `label` is the whole accessible name */
/** @typedef {Spot & (PinLook | ClusterLook)} MapPin */
/** @typedef {Spot & {order: number, current?: boolean, done?: boolean}} MapStop */
/** @typedef {'pin' | 'stop'} Sort */
/** @typedef {{sort: Sort, id: string, marker: L.Marker, button: HTMLButtonElement, lon: number, drawn: string}} Shown */

/** What makes a spot look the way it does, to see whether it must be drawn again. @param {Record<string, any>} item */
const look = ({ lat, lon, ...rest }) => JSON.stringify(rest);

/** @param {Sort} sort @param {any} item @returns {SVGSVGElement} */
function draw(sort, item) {
  if (sort === 'stop') return stopSymbol(item);
  return 'shares' in item ? clusterSymbol(item) : pinSymbol(item);
}

/** How far down the symbol the place is: a drop stands on its tip. @param {Sort} sort @param {any} item */
const foot = (sort, item) =>
  sort === 'pin' && 'kind' in item ? footOf(item.kind, item.group) : PIN_SIZE.hit / 2;

/**
 * @param {typeof import('leaflet')} L
 * @param {L.Map} leaflet
 * @param {string} label
 */
export function createSpots(L, leaflet, label) {
  const pane = /** @type {HTMLElement} */ (leaflet.getPane('markerPane'));
  pane.setAttribute('role', 'group');
  pane.setAttribute('aria-label', label);
  /** @type {Map<string, Shown>} */
  const shown = new Map();
  const listeners = { pin: new Set(), stop: new Set() };
  /** The one in the tab order. @type {string | null} */
  let turn = null;
  /** @type {string | null} */
  let selected = null;

  const westToEast = () => [...shown.values()].sort((a, b) => a.lon - b.lon);

  /** @param {string | null} key */
  function giveTurn(key) {
    if (turn !== null) shown.get(turn)?.button.setAttribute('tabindex', '-1');
    turn = key;
    if (key !== null) shown.get(key)?.button.setAttribute('tabindex', '0');
  }

  /** @param {Shown} spot */
  function step(spot) {
    leaflet.panInside(spot.marker.getLatLng(), { padding: [PIN_SIZE.hit, PIN_SIZE.hit], animate: false });
    spot.button.focus({ preventScroll: true });
  }

  /** @param {Shown} spot @param {KeyboardEvent} event */
  function key(spot, event) {
    const row = westToEast();
    const at = row.indexOf(spot);
    const to = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: row.length - 1,
    }[event.key];
    if (event.key === 'Escape') leaflet.getContainer().focus();
    else if (to === undefined) return;
    else step(row[(to + row.length) % row.length]);
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Sort} sort @param {any} item */
  function add(sort, item) {
    const button = document.createElement('button');
    button.type = 'button';
    button.tabIndex = -1;
    const icon = new L.DivIcon({
      className: 'map-spot',
      html: button,
      iconSize: [PIN_SIZE.hit, PIN_SIZE.hit],
    });
    const marker = new L.Marker([item.lat, item.lon], { icon, interactive: false, keyboard: false });
    /** @type {Shown} */
    const spot = { sort, id: item.id, marker, button, lon: item.lon, drawn: '' };
    const name = `${sort} ${item.id}`;
    button.addEventListener('focus', () => giveTurn(name));
    button.addEventListener('keydown', (event) => key(spot, event));
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      if (/** @type {any} */ (leaflet.dragging).moved()) return;
      for (const listener of listeners[sort]) listener(spot.id);
    });
    marker.addTo(leaflet);
    shown.set(name, spot);
    return spot;
  }

  /** @param {Shown} spot @param {any} item */
  function update(spot, item) {
    const isSelected = spot.sort === 'pin' && item.id === selected;
    const drawn = look({ ...item, isSelected });
    if (spot.lon !== item.lon || spot.marker.getLatLng().lat !== item.lat)
      spot.marker.setLatLng([item.lat, item.lon]);
    spot.lon = item.lon;
    if (spot.drawn === drawn) return;
    spot.drawn = drawn;
    spot.button.setAttribute('aria-label', item.label);
    spot.button.className = `map-spot-button map-${spot.sort}`;
    if (isSelected) spot.button.setAttribute('aria-current', 'true');
    else spot.button.removeAttribute('aria-current');
    spot.marker.setZIndexOffset(isSelected ? 1000 : 0);
    const box = spot.marker.getElement();
    if (box) box.style.marginTop = `${-foot(spot.sort, item)}px`;
    spot.button.replaceChildren(draw(spot.sort, { ...item, selected: isSelected }));
  }

  /** Reading order follows west to east too, without moving an element that has focus. */
  function order() {
    const boxes = westToEast().map((spot) => /** @type {HTMLElement} */ (spot.marker.getElement()));
    for (let i = boxes.length - 2; i >= 0; i--) {
      if (boxes[i].nextElementSibling === boxes[i + 1] || boxes[i].contains(document.activeElement)) continue;
      pane.insertBefore(boxes[i], boxes[i + 1]);
    }
  }

  /** @param {Sort} sort @param {any[]} list */
  function set(sort, list) {
    const wanted = new Set(list.map((item) => `${sort} ${item.id}`));
    for (const [name, spot] of shown) {
      if (spot.sort !== sort || wanted.has(name)) continue;
      if (spot.button === document.activeElement) leaflet.getContainer().focus();
      spot.marker.remove();
      shown.delete(name);
    }
    for (const item of list) update(shown.get(`${sort} ${item.id}`) ?? add(sort, item), item);
    order();
    if (turn === null || !shown.has(turn)) giveTurn(firstName());
  }

  const firstName = () => {
    const first = westToEast()[0];
    return first ? `${first.sort} ${first.id}` : null;
  };

  /** @type {MapPin[]} */
  let pins = [];
  return {
    /** @param {MapPin[]} list */
    setPins(list) {
      pins = list;
      set('pin', list);
    },
    /** @param {MapStop[]} list */
    setStops: (list) => set('stop', list),
    /** Drawn larger, with a ring; null for none. @param {string | null} id */
    select(id) {
      selected = id;
      set('pin', pins);
    },
    /** Bring a pin into view and focus it. @param {string} id @returns {boolean} false when it is not on the map */
    focus(id) {
      const spot = shown.get(`pin ${id}`);
      if (spot) step(spot);
      return Boolean(spot);
    },
    /** @param {Sort} sort @param {(id: string) => void} listener */
    on(sort, listener) {
      listeners[sort].add(listener);
      return () => void listeners[sort].delete(listener);
    },
  };
}
