/** Where the sun stands, and what that means for the screen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDark, nextTheme, sunAltitude, themeFor } from '../../../app/static/js/phone/theme.js';

const STOCKHOLM = { lat: 59.33, lon: 18.07 };
const at = (/** @type {string} */ time) => new Date(time);

test('the sun stands where almanacs say', () => {
  // Midsummer noon: 90 − latitude + tilt of the earth. Equator at an equinox: overhead.
  const noon = sunAltitude(at('2026-06-21T10:49:00Z'), STOCKHOLM);
  assert.ok(Math.abs(noon - (90 - 59.33 + 23.44)) < 0.1, String(noon));
  const overhead = sunAltitude(at('2026-03-20T12:07:00Z'), { lat: 0, lon: 0 });
  assert.ok(overhead > 89, String(overhead));
});

test('sunset in Stockholm is where the almanac has it', () => {
  // 22 November 2026: sunset about 15.03 local time, 14.03 UTC.
  assert.equal(isDark(at('2026-11-22T13:50:00Z'), STOCKHOLM), false);
  assert.equal(isDark(at('2026-11-22T14:15:00Z'), STOCKHOLM), true);
});

test('north of the circle midsummer has no night and midwinter no day', () => {
  const kiruna = { lat: 67.86, lon: 20.23 };
  for (let hour = 0; hour < 24; hour += 3) {
    const time = String(hour).padStart(2, '0');
    assert.equal(isDark(at(`2026-06-21T${time}:00:00Z`), kiruna), false);
    assert.equal(isDark(at(`2026-12-21T${time}:00:00Z`), kiruna), true);
  }
});

test('a choice wins over the sun, and the system over nothing', () => {
  const night = { when: at('2026-11-22T20:00:00Z'), place: STOCKHOLM, systemDark: false };
  assert.equal(themeFor('auto', night), 'dark');
  assert.equal(themeFor('light', night), 'light');
  assert.equal(themeFor('sun', night), 'sun');
  assert.equal(themeFor('auto', { ...night, place: null }), 'light');
  assert.equal(themeFor('auto', { ...night, place: null, systemDark: true }), 'dark');
  assert.equal(themeFor('nonsense', { ...night, when: at('2026-06-21T10:00:00Z') }), 'light');
});

test('the button goes round all three', () => {
  assert.equal(nextTheme(nextTheme(nextTheme('light'))), 'light');
});
