/**
 * Where the phone is, and how sure. Watches only while told to; nothing is stored here.
 */
/** @import {Fix, Grade, PositionView, Here} from './types' */
const soon = () => { throw new Error('signature only'); };
/** @param {number | null | undefined} accuracy metres @returns {Grade} */
export function grade(accuracy) { return soon(accuracy); }
/** Start watching (from a tap, after saying why). Calling again is harmless. */
export function startPosition() { return soon(); }
/** Stop watching and forget the fixes. */
export function stopPosition() { return soon(); }
/** The best fix of the last 15 seconds, in words. @returns {PositionView} */
export function position() { return soon(); }
/** The pin field `here`, or null without a usable fix. @returns {Here | null} */
export function here() { return soon(); }
/** @param {(view: PositionView) => void} fn @returns {() => void} stop listening */
export function onPosition(fn) { return soon(fn); }
