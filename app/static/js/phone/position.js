/**
 * Where the phone is, and how sure. Watches only while told to; nothing is stored here and nothing is tracked: the last
 * fixes are kept in memory for the moment of "New pin" and forgotten when watching stops.
 */
/** @import {Fix, Grade, Here, PositionState, PositionView} from './types' */
import { metresBetween } from '../shared/geo.js';

const KEPT = 10;
const FRESH_MS = 15_000;
const GOOD_M = 10;
const ROUGH_M = 30;
/** People walk on while a fix grows old. */
const WALKING_M_PER_S = 1;
const DENIED = 1;

/**
 * A missing accuracy is never good.
 * @param {number | null | undefined} accuracy metres
 * @returns {Grade}
 */
export function grade(accuracy) {
  if (typeof accuracy !== 'number' || !Number.isFinite(accuracy) || accuracy < 0) return 'none';
  if (accuracy <= GOOD_M) return 'good';
  return accuracy <= ROUGH_M ? 'rough' : 'none';
}

/** @param {Fix} fix @param {number} now */
const doubt = (fix, now) =>
  (fix.accuracy_m ?? Number.POSITIVE_INFINITY) + (WALKING_M_PER_S * (now - fix.at)) / 1000;

/**
 * Could one have walked from the one to the other? If not, the phone has jumped, and the newer one counts.
 * @param {Fix} fix @param {Fix} newest
 */
function agrees(fix, newest) {
  const reach = (fix.accuracy_m ?? 0) + (newest.accuracy_m ?? Number.POSITIVE_INFINITY);
  return metresBetween(fix, newest) <= reach + (WALKING_M_PER_S * (newest.at - fix.at)) / 1000;
}

/**
 * The fix that says most about where the phone is now, or null when all are too old.
 * @param {Fix[]} fixes oldest first @param {number} now @returns {Fix | null}
 */
export function best(fixes, now) {
  const fresh = fixes.filter((fix) => now - fix.at <= FRESH_MS && fix.at <= now);
  const newest = fresh.at(-1);
  return fresh
    .filter((fix) => newest && agrees(fix, newest))
    .reverse()
    .reduce(
      (/** @type {Fix | null} */ found, fix) => (found && doubt(found, now) <= doubt(fix, now) ? found : fix),
      null,
    );
}

/**
 * A watcher of its own, for the page and for tests.
 * @param {{geolocation: Geolocation | undefined, isSecure: boolean, now: () => number}} phone
 */
export function createPosition({ geolocation, isSecure, now }) {
  /** @type {Fix[]} */
  let fixes = [];
  /** @type {PositionState} */
  let state = 'idle';
  /** @type {number | null} */
  let watch = null;
  /** @type {Set<(view: PositionView) => void>} */
  const listeners = new Set();

  const view = () => {
    const at = now();
    const fix = best(fixes, at);
    const accuracy_m = fix?.accuracy_m ?? null;
    const age_s = fix ? Math.round((at - fix.at) / 1000) : null;
    return { state, grade: grade(accuracy_m), fix, accuracy_m, age_s };
  };
  /** @param {PositionState} next */
  const become = (next) => {
    state = next;
    for (const listener of listeners) listener(view());
  };
  /** @param {GeolocationPosition} position */
  const onFix = ({ coords }) => {
    const accuracy_m = Number.isFinite(coords.accuracy) ? coords.accuracy : null;
    const fix = { lat: coords.latitude, lon: coords.longitude, accuracy_m, at: now() };
    fixes = [...fixes, fix].slice(-KEPT);
    become('watching');
  };
  /** @param {GeolocationPositionError} error */
  const onError = ({ code }) => {
    if (code === DENIED) stop('denied');
    else become(best(fixes, now()) ? 'watching' : 'unavailable');
  };
  /** @param {PositionState} next */
  const stop = (next) => {
    if (watch !== null) geolocation?.clearWatch(watch);
    watch = null;
    fixes = [];
    become(next);
  };
  const start = () => {
    if (watch !== null) return;
    if (!isSecure) return become('insecure');
    if (!geolocation) return become('unavailable');
    state = 'waiting';
    watch = geolocation.watchPosition(onFix, onError, {
      enableHighAccuracy: true,
      maximumAge: 0,
      timeout: 20_000,
    });
    become(state);
  };
  /** @returns {Here | null} */
  const here = () => {
    const { fix, accuracy_m, age_s } = view();
    return fix && { lat: fix.lat, lon: fix.lon, accuracy_m, age_s };
  };
  /** @param {(view: PositionView) => void} fn */
  const onPosition = (fn) => {
    listeners.add(fn);
    return () => listeners.delete(fn);
  };
  return { start, stop: () => stop('idle'), view, here, onPosition };
}

const phone = createPosition({
  geolocation: globalThis.navigator?.geolocation,
  isSecure: globalThis.isSecureContext !== false,
  now: () => Date.now(),
});

/** Start watching (from a tap, after saying why). Calling again is harmless. */
export const startPosition = () => phone.start();
/** Stop watching and forget the fixes. */
export const stopPosition = () => phone.stop();
/** The best fix of the last 15 seconds, in words. @returns {PositionView} */
export const position = () => phone.view();
/** The pin field `here` at this moment, whatever its accuracy, or null without a recent fix. @returns {Here | null} */
export const here = () => phone.here();
/** @param {(view: PositionView) => void} fn @returns {() => void} stop listening */
export const onPosition = (fn) => phone.onPosition(fn);
