/**
 * Thousands of pins on one map: near ones stand together as a counted ring. Only what is in view is on the map, what
 * stays is not touched, and many new ones come a few in each frame. Owns asking for groups and going into one; the
 * grouping is the worker's (grouping.js), drawing cluster-symbol.js's, the list is the page's.
 */
import { contains, widened } from '../shared/geo.js';
import { clusterSymbol } from './cluster-symbol.js';

/** @import {DeskPin} from './types' */
/** @typedef {import('../shared/map.js').MapPin} MapPin */
/** @typedef {import('../shared/map.js').WalkMap} WalkMap */
/** @typedef {import('./grouping.js').Shares} Shares */
/** @typedef {import('./grouping.js').Sight} Sight */
/** @typedef {(what: 'load' | 'view' | 'aloneAt' | 'part', ...args: any[]) => Promise<any>} Ask */
/**
 * @typedef {object} ClusterWays
 * @property {Ask} ask the grouping, wherever it runs
 * @property {(number: number) => MapPin | null} spotOf how a pin looks now
 * @property {(count: number, shares: Shares, parts: boolean) => string} label the accessible name of a group
 * @property {(number: number) => void} open a pin was pressed
 * @property {(group: {lat: number, lon: number, metres: number, count: number}) => void} openSpot a group was pressed that no zoom parts
 * @property {(sight: Sight) => void} seen what lies in the view
 */

const MARK = 'cluster:';
/** Pixels around the view that are drawn too, so that a small pan shows no holes. */
const EDGE = 90;
/** As near as choosing a pin goes: streets and single houses are told apart. */
const NEAR_ENOUGH = 17;
/** New ones drawn in one frame. */
const AT_ONCE = 24;

/** The grouping in a thread of its own. @returns {Ask} */
export function askWorker() {
  const worker = new Worker(new URL('./cluster-worker.js', import.meta.url), { type: 'module' });
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map();
  let turns = 0;
  worker.addEventListener('message', ({ data: { turn, answer } }) => {
    waiting.get(turn)?.(answer);
    waiting.delete(turn);
  });
  return (what, ...args) =>
    new Promise((answered) => {
      waiting.set(++turns, answered);
      worker.postMessage({ turn: turns, what, args });
    });
}

/** @param {DeskPin[]} pins @returns {import('./grouping.js').PinColumns} */
function columnsOf(pins) {
  /** @type {Map<string, number>} */
  const groups = new Map();
  const kinds = new Uint8Array(pins.length);
  pins.forEach(({ group }, at) => {
    if (!groups.has(group)) groups.set(group, groups.size);
    kinds[at] = groups.get(group) ?? 0;
  });
  return {
    numbers: Int32Array.from(pins, ({ number }) => number),
    lons: Float64Array.from(pins, ({ lon }) => lon),
    lats: Float64Array.from(pins, ({ lat }) => lat),
    kinds,
    groups: [...groups.keys()],
  };
}

export class Clusters {
  /** @type {MapPin[]} */
  #drawn = [];
  /** Counts drawings: a new one ends the one before. */
  #turn = 0;
  /** @type {number | null} */
  #chosen = null;
  /** The group behind the chosen pin, if it stands in one. @type {string | null} */
  #under = null;
  /** @type {WalkMap} */
  #map;
  /** @type {ClusterWays} */
  #ways;

  /** @param {WalkMap} map @param {ClusterWays} ways */
  constructor(map, ways) {
    this.#map = map;
    this.#ways = ways;
    map.onMove((_center, { done }) => void (done && this.#draw()));
    map.onPin((id) => void this.#press(id));
  }

  /** @param {DeskPin[]} pins @returns {Promise<void>} when they are grouped and drawn */
  async setPins(pins) {
    this.#ways.ask('load', columnsOf(pins));
    await this.#draw();
  }

  /** How pins look has changed, not where they are. */
  redraw() {
    return this.#draw();
  }

  async #draw() {
    const turn = ++this.#turn;
    const map = this.#map;
    const view = map.view();
    const metres = (EDGE * 156_543 * Math.cos((map.center().lat * Math.PI) / 180)) / 2 ** map.zoom();
    /** @type {Sight} */
    const sight = await this.#ways.ask('view', view, widened(view, metres), map.zoom(), this.#chosen);
    if (turn !== this.#turn) return;
    this.#ways.seen(sight);
    const spots = sight.spots.flatMap((spot) => this.#spot(spot) ?? []);
    // The chosen pin is drawn by itself also where it stands in a group: one need not go close to see it.
    const hidden = sight.chosen === null || this.#chosen === null ? null : this.#ways.spotOf(this.#chosen);
    this.#under = hidden ? `${MARK}${sight.chosen}` : null;
    await this.#show(turn, hidden ? [...spots, hidden] : spots, this.#chosen);
  }

  /** @param {Sight['spots'][number]} spot @returns {MapPin | null} */
  #spot(spot) {
    if ('number' in spot) return this.#ways.spotOf(spot.number);
    const { id, lat, lon, count, shares, parts } = spot;
    const label = this.#ways.label(count, shares, parts);
    return { id: `${MARK}${id}`, lat, lon, label, count, shares, draw: clusterSymbol };
  }

  /** A few new ones in each frame; what was there and stays is there all along. @param {number} turn @param {MapPin[]} wanted @param {number | null} chosen */
  async #show(turn, wanted, chosen) {
    const known = new Set(this.#drawn.map(({ id }) => id));
    const kept = wanted.filter(({ id }) => known.has(id));
    const fresh = wanted.filter(({ id }) => !known.has(id));
    this.#drawn = wanted;
    for (let some = AT_ONCE; ; some += AT_ONCE) {
      this.#map.setPins([...kept, ...fresh.slice(0, some)]);
      if (some >= fresh.length) break;
      await new Promise((drawn) => requestAnimationFrame(drawn));
      if (turn !== this.#turn) return;
    }
    this.#map.selectPin(chosen === null ? null : String(chosen));
  }

  /**
   * A tap on a pin opens it; a tap on a group zooms until it parts, or opens what is on the spot. The chosen pin,
   * which is open already, stands before its group and is tapped for it.
   * @param {string} pressed
   */
  async #press(pressed) {
    const id = this.#under && pressed === String(this.#chosen) ? this.#under : pressed;
    if (!id.startsWith(MARK)) return this.#ways.open(Number(id));
    const group = this.#drawn.find((one) => one.id === id);
    if (!group || !('count' in group)) return;
    const { zoom, lat, lon, metres } = await this.#ways.ask('part', id.slice(MARK.length));
    if (zoom === null) this.#ways.openSpot({ lat, lon, metres, count: group.count ?? 0 });
    else this.#map.setView(group, zoom, { animate: true });
  }

  /** Mark a pin and bring it into view, no nearer than it takes to see where it lies. @param {DeskPin | null} pin */
  async show(pin) {
    this.#chosen = pin?.number ?? null;
    if (!pin) return this.#map.selectPin(null);
    const zoom = await this.#ways.ask('aloneAt', pin.number, this.#map.zoom());
    if (this.#chosen !== pin.number) return;
    const isSeen = contains(this.#map.view(), pin);
    const wanted = Math.max(this.#map.zoom(), Math.min(zoom, NEAR_ENOUGH));
    if (wanted > this.#map.zoom() || !isSeen) this.#map.setView(pin, wanted, { animate: true });
    else await this.#draw();
  }
}
