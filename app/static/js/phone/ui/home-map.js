/**
 * What lies on the home map: basemap, route, stops, pins and where one stands. Owns nothing above it (home.js).
 * Promises: pins can be set before any basemap has come, and also without one.
 */
/** @import {App} from './types' */
/** @import {PinItem, PinView} from '../types' */
import { createBasemap } from '../../shared/basemap.js';
import { lang, t, tn } from '../../shared/i18n.js';
import { createMap } from '../../shared/map.js';
import { getPack } from '../pack.js';
import { pref } from '../prefs.js';
import { stateNow } from './now.js';
import { categoryOf, groupOf, iconOf, nameOf } from './words.js';

/** The look and name of an own pin. @param {App} app @param {PinItem} pin */
export function ownSpot(app, pin) {
  const category = categoryOf(app.bundle, pin.category);
  const { kind, there } = pin.fields;
  return {
    id: pin.id,
    lat: there.lat,
    lon: there.lon,
    label: `${nameOf(category, kind)}, ${t('your pin')}, ${stateNow(pin).text}`,
    group: groupOf(category, kind),
    kind,
    icon: iconOf(category, kind),
    status: pin.status ?? undefined,
    unsent: pin.state !== 'sent',
  };
}

/** @param {App} app @param {PinView} pin */
export function otherSpot(app, pin) {
  const category = categoryOf(app.bundle, pin.category);
  return {
    id: pin.id,
    lat: pin.lat,
    lon: pin.lon,
    label: `${nameOf(category, pin.kind)}, ${t('pin {n}', { n: pin.number })}`,
    group: groupOf(category, pin.kind),
    kind: pin.kind,
    icon: iconOf(category, pin.kind),
    status: pin.status,
  };
}

/** @param {App} app @param {HTMLElement} el */
export function createHomeMap(app, el) {
  const { area, route, stops } = app.bundle;
  const map = createMap(el, {
    bbox: area.bbox,
    theme: app.theme,
    reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    label: t('Map'),
    spotsLabel: t('Pins and stops, from west to east'),
  });
  map.setRoute(route);
  map.setBoundary(/** @type {any} */ (area.polygon));
  const start = stops[0];
  if (start) map.setView(start, 17);
  new ResizeObserver(() => map.resize()).observe(el);

  let round = 0;
  return {
    map,
    /** The basemap in the present theme, as soon as its pack is on the phone. */
    async drawBase() {
      const mine = ++round;
      map.setTheme(app.theme);
      const pack = await getPack(app.walk).catch(() => null);
      if (!pack) return;
      try {
        const layer = await createBasemap(map, pack, { theme: app.theme, lang: lang() });
        if (mine === round) map.setBase(layer);
      } catch {
        // A damaged pack: the plain grid stays, and readiness says what is missing.
        map.setBase(null);
      }
    },
    drawPins() {
      const shy = pref('hidden') === 'on';
      const own = new Set(app.pins.map((pin) => pin.id));
      const others = app.others.filter((pin) => !own.has(pin.id));
      map.setPins(
        shy ? [] : [...app.pins.map((pin) => ownSpot(app, pin)), ...others.map((pin) => otherSpot(app, pin))],
      );
    },
    /** @param {string | null} current @param {Set<string>} answered stop ids */
    drawStops(current, answered) {
      map.setStops(
        stops.map((stop) => ({
          id: stop.id,
          lat: stop.lat,
          lon: stop.lon,
          order: stop.order,
          label: `${t('Stop {n}: {name}', { n: stop.order, name: stop.name })}${
            stop.questions.length > 0 ? `, ${tn('{n} question', '{n} questions', stop.questions.length)}` : ''
          }`,
          current: stop.id === current,
          done: answered.has(stop.id),
        })),
      );
    },
  };
}
