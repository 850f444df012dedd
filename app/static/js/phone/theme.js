/**
 * Light, dark or sunlight: by choice, or by where the sun stands at the walk's place. Computed on the phone, offline.
 * Promises: never asks anyone for the sunset; a choice of the resident always wins.
 */
import { onPref, pref } from './prefs.js';

/** @typedef {'light' | 'dark' | 'sun'} Theme */
/** @typedef {{lat: number, lon: number}} Place */

const DEGREE = Math.PI / 180;
const J2000 = Date.UTC(2000, 0, 1, 12);
const DAY = 86_400_000;
/** The sun's upper edge touches the horizon, refraction included. */
const HORIZON = -0.83;
const MINUTE = 60_000;

/**
 * How high the sun stands, in degrees; good to a few hundredths of a degree for our century.
 * @param {number | Date} when @param {Place} place
 */
export function sunAltitude(when, { lat, lon }) {
  const days = (Number(when) - J2000) / DAY;
  const anomaly = (357.529 + 0.98560028 * days) * DEGREE;
  const mean = 280.459 + 0.98564736 * days;
  const ecliptic = (mean + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * DEGREE;
  const tilt = (23.439 - 0.00000036 * days) * DEGREE;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
  const sidereal = (280.46061837 + 360.98564737 * days + lon) * DEGREE;
  const hour = sidereal - ascension;
  const up =
    Math.sin(lat * DEGREE) * Math.sin(declination) +
    Math.cos(lat * DEGREE) * Math.cos(declination) * Math.cos(hour);
  return Math.asin(up) / DEGREE;
}

/** @param {number | Date} when @param {Place} place */
export const isDark = (when, place) => sunAltitude(when, place) < HORIZON;

/**
 * The theme to show.
 * @param {string} choice auto, light, dark or sun
 * @param {{when: number | Date, place: Place | null, systemDark: boolean}} world
 * @returns {Theme}
 */
export function themeFor(choice, { when, place, systemDark }) {
  if (choice === 'light' || choice === 'dark' || choice === 'sun') return choice;
  if (systemDark) return 'dark';
  return place && isDark(when, place) ? 'dark' : 'light';
}

/** The next in the round of the map's button. @param {Theme} now @returns {Theme} */
export const nextTheme = (now) => (now === 'light' ? 'sun' : now === 'sun' ? 'dark' : 'light');

/**
 * Keep the page in the right theme, minute by minute.
 * @param {() => Place | null} place
 * @param {(theme: Theme) => void} onTheme called at once and at every change
 * @returns {() => void} stop
 */
export function watchTheme(place, onTheme) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  /** @type {Theme | null} */
  let shown = null;
  const look = () => {
    const theme = themeFor(pref('theme'), { when: Date.now(), place: place(), systemDark: system.matches });
    if (theme === shown) return;
    shown = theme;
    paint(theme);
    onTheme(theme);
  };
  const stop = onPref((name) => name === 'theme' && look());
  const timer = setInterval(look, MINUTE);
  system.addEventListener('change', look);
  look();
  return () => {
    stop();
    clearInterval(timer);
    system.removeEventListener('change', look);
  };
}

/** @param {Theme} theme */
function paint(theme) {
  document.documentElement.dataset.theme = theme;
  const ground = theme === 'dark' ? '#0b1014' : '#ffffff';
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.removeAttribute('media');
    meta.setAttribute('content', ground);
  }
  try {
    localStorage.setItem('ts-theme-now', theme);
  } catch {
    // Without storage the next start begins in the system's own theme.
  }
}
