/**
 * The preview beside the choice of an offline map: the chosen map with the walk's area on it. The form works without.
 */
import { createBasemap } from '../shared/basemap.js';
import { on } from '../shared/dom.js';
import { loadCatalogue, t } from '../shared/i18n.js';
import { createMap } from '../shared/map.js';
import { cornersOf, polygonOf } from './corners.js';
import { onTheme, themeNow } from './theme.js';

/** @typedef {import('./corners.js').Box} Box */

await loadCatalogue(document.documentElement.lang);
const form = /** @type {HTMLFormElement} */ (document.getElementById('offline-map'));
const el = /** @type {HTMLElement} */ (document.getElementById('preview'));
/** @type {{bbox: Box, polygon: {type: 'Polygon', coordinates: [number, number][][]} | null, lang: string}} */
const place = JSON.parse(el.dataset.place ?? '');

el.hidden = false;
const map = createMap(el, {
  bbox: place.bbox,
  theme: themeNow(),
  reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
  label: t('Map of the area'),
  free: true,
});
map.setBoundary(place.polygon ?? polygonOf(cornersOf(place.bbox)));

/** Counts basemaps, so that a slow old one does not come over a new one. */
let turn = 0;

async function draw() {
  const mine = ++turn;
  const theme = themeNow();
  map.setTheme(theme);
  const url = /** @type {HTMLInputElement | null} */ (form.querySelector('input[name="pack"]:checked'))
    ?.dataset.url;
  const layer = url ? await createBasemap(map, url, { theme, lang: place.lang, lit: true }) : null;
  if (mine === turn) map.setBase(layer);
}

on(form, 'change', draw);
onTheme(draw);
await draw();
map.fit(place.bbox);
