/**
 * Beside day and hours in a form: when the sun sets there, from when it is dark, and a warning when a dark walk begins
 * before that. The server reckons and speaks; here it is only asked again when the form changes.
 */
import { request } from '../shared/api.js';
import { on } from '../shared/dom.js';

const SIDES = ['west', 'south', 'east', 'north'];
const PAUSE = 250;

/** @param {HTMLFormElement} form @param {string} name */
const textIn = (form, name) => {
  const field = form.elements.namedItem(name);
  return field && 'value' in field ? String(field.value) : '';
};

/** The middle of the area that the form's sides make. @param {HTMLFormElement} form */
function middleOf(form) {
  const numbers = SIDES.map((side) => Number.parseFloat(textIn(form, side).replace(',', '.')));
  const [west, south, east, north] = numbers;
  return { lat: (south + north) / 2, lon: (west + east) / 2 };
}

/**
 * What to ask, or null while the form does not say enough.
 * @param {HTMLFormElement} form @param {DOMStringMap} data of the box
 */
function question(form, data) {
  const { lat, lon } = data.lat ? { lat: Number(data.lat), lon: Number(data.lon) } : middleOf(form);
  const [day, from] = [textIn(form, 'date'), textIn(form, 'from')];
  if (!day || !from || !Number.isFinite(lat) || !Number.isFinite(lon)) return null;
  const asked = new URLSearchParams({ lat: String(lat), lon: String(lon), starts_at: `${day}T${from}` });
  asked.set('timezone', textIn(form, 'timezone') || data.timezone || '');
  asked.set('light', textIn(form, 'light') || data.light || 'day');
  return asked.toString();
}

/** @param {HTMLElement} box */
function watch(box) {
  const form = box.closest('form');
  if (!form) return;
  let last = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const ask = async () => {
    const asked = question(form, box.dataset) ?? '';
    if (asked === last) return;
    last = asked;
    const { ok, data } = asked
      ? await request('GET', `/api/desk/darkness?${asked}`)
      : { ok: false, data: null };
    if (asked === last) show(box, ok ? /** @type {any} */ (data) : null);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };
  on(form, 'input', soon);
  on(form, 'change', soon);
  ask();
}

/** @param {HTMLElement} box @param {{words: string, warning: string} | null} answer */
function show(box, answer) {
  const words = /** @type {HTMLElement} */ (box.querySelector('[data-sun-words]'));
  const warning = /** @type {HTMLElement} */ (box.querySelector('[data-sun-warning]'));
  box.hidden = answer === null;
  words.textContent = answer?.words ?? '';
  warning.hidden = !answer?.warning;
  /** @type {HTMLElement} */ (warning.querySelector('span')).textContent = answer?.warning ?? '';
}

for (const box of document.querySelectorAll('[data-sun]')) watch(/** @type {HTMLElement} */ (box));
