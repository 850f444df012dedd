/**
 * How long until the walk opens, on the page before it does; at zero the page is loaded again. Without this script the
 * page still says day and time.
 */
const SECOND = 1000;
/** @type {[string, number][]} */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];
/** Two units say enough: "2 days 3 hours". */
const SHOWN = 2;

/** @param {number} ms until then @param {string} locale @returns {string} */
export function untilWords(ms, locale) {
  let left = Math.max(0, Math.floor(ms / SECOND));
  const counts = UNITS.map(([unit, size]) => {
    const n = Math.floor(left / size);
    left -= n * size;
    return { unit, n };
  });
  const begin = counts.findIndex(({ n }) => n > 0);
  const first = begin < 0 ? counts.length - 1 : begin;
  const shown = counts.slice(first, first + SHOWN);
  return shown
    .map(({ unit, n }) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(n),
    )
    .join(' ');
}

/** @param {HTMLElement} el */
function run(el) {
  const opens = Date.parse(el.dataset.countdown ?? '');
  const page = document.documentElement.lang;
  const locale = page.startsWith('x-') ? 'en' : page;
  let wasEarly = false;
  const tick = () => {
    const left = opens - Date.now();
    if (left <= 0 && wasEarly) location.reload();
    wasEarly = left > 0;
    el.textContent = untilWords(left, locale);
    if (el.parentElement) el.parentElement.hidden = !wasEarly;
  };
  tick();
  setInterval(tick, SECOND);
}

if (globalThis.document)
  for (const el of document.querySelectorAll('[data-countdown]')) run(/** @type {HTMLElement} */ (el));
