/**
 * Which pins lie within a line that was drawn on the map. Pure; points are pixels of the map's element.
 */
import { contains, metresBetween } from '../shared/geo.js';
import { toPoint } from './corners.js';

/** @import {DeskPin} from './types' */
/** @typedef {import('../shared/geo.js').Box} Box */
/** @typedef {import('./corners.js').Point} Point */
/** @typedef {import('./corners.js').Size} Size */

/** By the even-odd rule; the ring closes by itself. @param {Point} point @param {readonly Point[]} ring */
export function inRing({ x, y }, ring) {
  let inside = false;
  let before = ring[ring.length - 1];
  for (const corner of ring) {
    const crosses = corner.y > y !== before.y > y;
    if (crosses && x < ((before.x - corner.x) * (y - corner.y)) / (before.y - corner.y) + corner.x)
      inside = !inside;
    before = corner;
  }
  return inside;
}

/** The corners of a rectangle between two points. @param {Point} a @param {Point} b @returns {Point[]} */
export const rectangle = (a, b) => [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];

/** @param {readonly DeskPin[]} pins @param {readonly Point[]} ring @param {Box} view what the map shows @param {Size} size */
export function pinsInRing(pins, ring, view, size) {
  if (ring.length < 3) return [];
  return pins.filter((pin) => contains(view, pin) && inRing(toPoint(pin, view, size), ring));
}

/** @param {readonly DeskPin[]} pins @param {import('../shared/geo.js').Place} place @param {number} metres */
export const pinsWithin = (pins, place, metres) => pins.filter((pin) => metresBetween(place, pin) <= metres);
