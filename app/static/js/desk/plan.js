/**
 * A walk's plan while it is edited: the points of its route and its stops, as data that is never changed in place, and
 * the steps that lead back and forth. Pure: knows no map, no page and no server.
 */
import { lineLength, metresBetween } from '../shared/geo.js';
import { newId } from '../shared/ids.js';
import { rounded } from './corners.js';

/** @typedef {import('../shared/geo.js').Place} Place */
/** @typedef {[number, number]} LonLat */
/** @typedef {Record<string, string>} Texts by language */
/** @typedef {{id: string, scale: string, text: Texts}} Question */
/** @typedef {{code: string, scale: string, sv: string, en: string}} BankQuestion */
/** @typedef {{id: string, name: Texts, lat: number, lon: number, place_type: string | null, minutes: number, access: string, questions: Question[]}} Stop */
/** @typedef {{route: LonLat[], stops: Stop[]}} Plan */

const METRES_PER_MINUTE = 4000 / 60;
const USUAL_MINUTES = 6;
const MOST_STEPS = 200;

/** @param {Place} place @returns {LonLat} */
const pointOf = (place) => {
  const { lat, lon } = rounded(place);
  return [lon, lat];
};

/** The list with one more. @template T @param {T[]} list @param {number} at @param {T} item @returns {T[]} */
const withItem = (list, at, item) => [...list.slice(0, at), item, ...list.slice(at)];

/** @template T @param {T[]} list @param {number} at @returns {T[]} */
const without = (list, at) => list.filter((_item, i) => i !== at);

/** The list with one item at another place in it. @template T @param {T[]} list @param {number} from @param {number} to @returns {T[]} */
export function reordered(list, from, to) {
  if (from === to || !(from in list) || to < 0 || to >= list.length) return list;
  return withItem(without(list, from), to, list[from]);
}

// ---------------------------------------------------------------- the route
/** A point after another; without one, at the end. @param {Plan} plan @param {Place} place @param {number} [after] @returns {Plan} */
export const withPoint = (plan, place, after = plan.route.length - 1) => ({
  ...plan,
  route: withItem(plan.route, after + 1, pointOf(place)),
});

/** @param {Plan} plan @param {number} at @param {Place} place @returns {Plan} */
export const withPointAt = (plan, at, place) => ({
  ...plan,
  route: plan.route.map((point, i) => (i === at ? pointOf(place) : point)),
});

/** @param {Plan} plan @param {number} at @returns {Plan} */
export const withoutPoint = (plan, at) => ({ ...plan, route: without(plan.route, at) });

/** @param {Plan} plan @param {number} from @param {number} to @returns {Plan} */
export const withPointMoved = (plan, from, to) => ({ ...plan, route: reordered(plan.route, from, to) });

// ---------------------------------------------------------------- the stops
/**
 * A new stop at the end, with the questions of the stop before it under ids of their own, or with `usual`.
 * @param {Plan} plan @param {Place} place @param {Texts} name @param {BankQuestion[]} usual @returns {Plan}
 */
export function withStop(plan, place, name, usual) {
  const asked = plan.stops.at(-1)?.questions ?? usual.map(askedFrom);
  const [lon, lat] = pointOf(place);
  /** @type {Stop} */
  const stop = {
    id: newId(),
    name,
    lat,
    lon,
    place_type: null,
    minutes: USUAL_MINUTES,
    access: '',
    questions: asked.map((question) => ({ ...question, id: newId() })),
  };
  return { ...plan, stops: [...plan.stops, stop] };
}

/** @param {BankQuestion} question @returns {Question} */
export const askedFrom = ({ scale, sv, en }) => ({ id: newId(), scale, text: { sv, en } });

/** @param {Question[]} questions @param {BankQuestion} wanted */
export const isAsked = (questions, wanted) =>
  questions.some(({ text }) => text.sv === wanted.sv || text.en === wanted.en);

/** @param {Plan} plan @param {string} id @param {Partial<Stop>} fields @returns {Plan} */
export const withStopChanged = (plan, id, fields) => ({
  ...plan,
  stops: plan.stops.map((stop) => (stop.id === id ? { ...stop, ...fields } : stop)),
});

/** @param {Plan} plan @param {string} id @param {Place} place @returns {Plan} */
export function withStopAt(plan, id, place) {
  const [lon, lat] = pointOf(place);
  return withStopChanged(plan, id, { lat, lon });
}

/** @param {Plan} plan @param {number} at @returns {Plan} */
export const withoutStop = (plan, at) => ({ ...plan, stops: without(plan.stops, at) });

/** @param {Plan} plan @param {number} from @param {number} to @returns {Plan} */
export const withStopMoved = (plan, from, to) => ({ ...plan, stops: reordered(plan.stops, from, to) });

// ---------------------------------------------------------------- figures
/** The line that people walk: the route, or from stop to stop where none is drawn. @param {Plan} plan @returns {LonLat[]} */
export const lineOf = ({ route, stops }) =>
  route.length > 1 ? route : stops.map(({ lon, lat }) => /** @type {LonLat} */ ([lon, lat]));

/** @param {Plan} plan @returns {{metres: number, minutes: number}} walking at 4 km/h, and standing at the stops */
export function figuresOf(plan) {
  const metres = Math.round(lineLength(lineOf(plan)));
  const standing = plan.stops.reduce((sum, { minutes }) => sum + minutes, 0);
  return { metres, minutes: Math.round(metres / METRES_PER_MINUTE + standing) };
}

/** How far along the line each point lies, in metres. @param {LonLat[]} line @returns {number[]} */
export function metresAlong(line) {
  let sum = 0;
  return line.map(([lon, lat], i) => {
    const [x, y] = line[i - 1] ?? [lon, lat];
    sum += metresBetween({ lon: x, lat: y }, { lon, lat });
    return Math.round(sum);
  });
}

// ---------------------------------------------------------------- steps
/**
 * The plan as it stands, with the steps before and after it. Changes of one `kind` after each other are one step: a
 * point that is dragged, or moved by ten key presses, goes back at once.
 */
export class Draft {
  /** @type {Plan[]} */
  #before = [];
  /** @type {Plan[]} */
  #after = [];
  #kind = '';
  /** What the server holds. @type {Plan} */
  #saved;

  /** @param {Plan} plan */
  constructor(plan) {
    this.plan = plan;
    this.#saved = plan;
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  get canRedo() {
    return this.#after.length > 0;
  }

  /** Whether there is something that the server does not have. */
  get isChanged() {
    return JSON.stringify(this.plan) !== JSON.stringify(this.#saved);
  }

  /** @param {Plan} next @param {string} [kind] */
  change(next, kind = '') {
    if (next === this.plan) return;
    if (!kind || kind !== this.#kind) this.#before = [...this.#before, this.plan].slice(-MOST_STEPS);
    this.#kind = kind;
    this.#after = [];
    this.plan = next;
  }

  undo() {
    this.#step(this.#before, this.#after);
  }

  redo() {
    this.#step(this.#after, this.#before);
  }

  /** @param {Plan[]} from @param {Plan[]} to */
  #step(from, to) {
    const next = from.pop();
    if (!next) return;
    to.push(this.plan);
    this.#kind = '';
    this.plan = next;
  }

  /** The server took this plan. @param {Plan} plan */
  saved(plan) {
    this.#saved = plan;
    this.#kind = '';
  }
}
