/**
 * R3, the map: strip, crosshair, the five map buttons, the hint line and the one big button.
 * Owns following the phone's position and the moment a place is taken: at the tap on "New pin", not later.
 * Does not choose categories (tiles.js) or take photos (photo.js).
 */
/** @import {App, Spot} from './types' */
/** @import {PositionView} from '../types' */
import { announce, h, on } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { here, onPosition, position, startPosition } from '../position.js';
import { onPref, pref, setPref } from '../prefs.js';
import { nextTheme } from '../theme.js';
import { createHomeMap } from './home-map.js';
import { crosshair } from './pictures.js';
import { button, iconButton } from './screen.js';
import { createStrip } from './strip.js';
import { accuracyWords, isPlaced, stopAt } from './words.js';

const AGING_MS = 5000;
const THEME_ICON = { light: 'sun', sun: 'sun', dark: 'moon' };

/** @typedef {ReturnType<typeof createHome>} Home */

/** @param {App} app @param {HTMLElement} root @param {import('./stops.js').Stops} stops */
export function createHome(app, root, stops) {
  const strip = createStrip(app, stops);
  const mapEl = h('div', { class: 'map', id: 'map' });
  const hint = h('div', { class: 'hint' });
  const place = h('main', { class: 'app__map', id: 'main' }, mapEl, crosshair());
  const newPin = button('plus', t('New pin'), begin, { look: 'btn--cta', id: 'new-pin' });
  const bottom = h('div', { class: 'app__bottom' });
  const home = h('div', { class: 'bottom' }, newPin);
  root.replaceChildren(
    h('a', { class: 'skip-link', href: '#/list' }, t('To the list')),
    strip.el,
    strip.banner,
    place,
    bottom,
  );
  bottom.append(home);

  const drawn = createHomeMap(app, mapEl);
  const { map } = drawn;
  app.map = map;
  let following = true;
  /** A sheet is open: the map stays where it is. */
  let frozen = false;
  let grade = '';

  const locate = iconButton('locate-fixed', t('Show where I am'), find, 'btn--map');
  const theme = iconButton('sun', '', () => setPref('theme', nextTheme(app.theme)), 'btn--map');
  const list = iconButton('list', t('List'), () => app.router.go('list'), 'btn--map');
  for (const [el, id] of /** @type {[HTMLElement, string][]} */ ([
    [locate, 'find'],
    [theme, 'theme'],
    [list, 'show-list'],
  ]))
    el.id = id;
  const buttons = h(
    'div',
    { class: 'map-buttons', role: 'group', 'aria-label': t('Map buttons') },
    iconButton('plus', t('Zoom in'), () => map.zoomIn(), 'btn--map'),
    iconButton('minus', t('Zoom out'), () => map.zoomOut(), 'btn--map'),
    list,
    theme,
    locate,
  );
  place.append(hint, buttons);

  function find() {
    startPosition();
    following = true;
    show(position());
  }

  /** What is under the crosshair, and how we know. @returns {Spot} */
  function takeSpot() {
    const view = position();
    const sensed = following && isPlaced(view) && view.fix;
    const there = sensed ? { lat: sensed.lat, lon: sensed.lon } : map.center();
    const stop = stopAt(app.bundle.stops, there);
    return {
      there,
      here: here(),
      source: sensed ? 'sensor' : 'crosshair',
      stop_id: stop?.id ?? null,
      address: null,
    };
  }

  function begin() {
    app.spot = takeSpot();
    app.router.go('new');
  }

  /** @param {PositionView} view */
  function show(view) {
    map.setPosition(view.fix);
    if (following && !frozen && view.fix) map.setView(view.fix, Math.max(map.zoom(), 17));
    locate.dataset.following = String(following && isPlaced(view));
    const sure = following && isPlaced(view);
    const moved = !following;
    newPin.lastElementChild?.replaceChildren(sure || moved ? t('New pin') : t('Place here'));
    const words = accuracyWords(view);
    if (view.grade + view.state !== grade) {
      if (grade) announce(words);
      grade = view.grade + view.state;
    }
    drawHint(view, words);
  }

  /** @param {PositionView} view @param {string} words */
  function drawHint(view, words) {
    const shy = pref('hidden') === 'on';
    const empty = app.pins.length + app.others.length === 0 && !frozen;
    const show = h(
      'button',
      { type: 'button', class: 'chip', onclick: () => setPref('hidden', 'off') },
      t('Pins are hidden. Show them'),
    );
    hint.replaceChildren(
      ...[
        view.state === 'idle' ? null : h('p', null, words),
        shy && show,
        empty &&
          !shy &&
          h('p', null, t('No pins yet. Press New pin when you notice something, good or bad.')),
        h(
          'p',
          { class: 'keys' },
          t('Arrow keys move the map, plus and minus zoom, Enter adds a pin, Escape leaves.'),
        ),
      ].filter((part) => part instanceof Node),
    );
  }

  function drawTheme() {
    theme.replaceChildren(iconButton(THEME_ICON[app.theme], '', () => undefined).firstChild ?? '');
    const names = {
      light: t('Theme: light. Change'),
      sun: t('Theme: bright sunlight. Change'),
      dark: t('Theme: dark. Change'),
    };
    theme.setAttribute('aria-label', names[app.theme]);
    theme.title = names[app.theme];
  }

  const hear = [
    map.onMove((_center, { done, byHand }) => {
      if (!byHand) return;
      if (following) {
        following = false;
        show(position());
      }
      if (done && frozen && app.spot) Object.assign(app.spot, { there: map.center(), source: 'crosshair' });
    }),
    map.onPin((id) => app.router.go(`pin/${id}`)),
    map.onStop((id) => app.router.go(`stop/${id}`)),
    map.onKeys({ enter: begin, leave: () => newPin.focus() }),
    onPosition(show),
    onPref((name) => name === 'hidden' && redraw()),
    on(document, 'visibilitychange', () => !document.hidden && map.resize()),
  ];

  function redraw() {
    drawn.drawPins();
    drawn.drawStops(stops.currentId(), stops.answered());
    void strip.draw();
    show(position());
  }

  // A fix grows old without anybody telling.
  const aging = setInterval(() => document.hidden || show(position()), AGING_MS);

  drawTheme();
  redraw();
  void drawn.drawBase();
  return {
    place,
    newPin,
    begin,
    takeSpot,
    redraw,
    drawBase: drawn.drawBase,
    drawStatus: strip.draw,
    themed() {
      drawTheme();
      void drawn.drawBase();
    },
    /** A sheet takes the place of the big button; null brings it back. @param {HTMLElement | null} sheet */
    setSheet(sheet) {
      frozen = sheet !== null;
      root.classList.toggle('has-sheet', frozen);
      bottom.replaceChildren(sheet ?? home);
      buttons.hidden = frozen;
      hint.hidden = frozen;
      show(position());
    },
    /** A card above the big button. @param {HTMLElement | null} card */
    setCard(card) {
      home.previousElementSibling?.remove();
      if (card) home.before(card);
    },
    /** Stop following, so that a chosen place stays in the middle. */
    hold: () => void (following = false),
    stop() {
      clearInterval(aging);
      for (const end of hear) end();
    },
  };
}
