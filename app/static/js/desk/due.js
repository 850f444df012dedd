/**
 * Days by which something is to be done, as plain dates (2026-05-20). Pure.
 */

/** @param {Date} date */
const plain = (date) => date.toISOString().slice(0, 10);

/** A day, at noon so that no clock change moves it. @param {string} day */
const atNoon = (day) => new Date(`${day}T12:00:00Z`);

/** @param {string} day @param {number} days */
export function plusDays(day, days) {
  const date = atNoon(day);
  date.setUTCDate(date.getUTCDate() + days);
  return plain(date);
}

/** The last day of the month where there is no such day. @param {string} day @param {number} months */
export function plusMonths(day, months) {
  const date = atNoon(day);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months + 1, 0);
  date.setUTCDate(Math.min(wanted, date.getUTCDate()));
  return plain(date);
}

/** The day of a moment in a zone. @param {string | number} moment @param {string} zone */
export const dayIn = (moment, zone) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(new Date(moment));

/** @param {number} now ms @param {{starts_at: string, timezone: string}} walk */
export function presets(now, { starts_at, timezone }) {
  const today = dayIn(now, timezone);
  return {
    weeks: plusDays(today, 28),
    months: plusMonths(today, 6),
    year: plusMonths(dayIn(starts_at, timezone), 12),
  };
}
