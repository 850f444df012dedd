/**
 * R3, the map: strip, crosshair, the five map buttons, the hint line and the one big button.
 * Owns following the phone's position and the moment a place is taken: at the tap on "New pin", not later.
 * Does not choose categories (tiles.js) or take photos (photo.js).
 */
/** @import {App, Spot} from './types' */
/** @import {PositionView} from '../types' */
/** @import {Stops} from './stops.js' */
import { announce, h, on } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { here, onPosition, position, startPosition } from '../position.js';
import { onPref, pref, setPref } from '../prefs.js';
import { nextTheme } from '../theme.js';
import { createHomeMap } from './home-map.js';
import { crosshair } from './pictures.js';
import { button, iconButton } from './screen.js';
import { Strip } from './strip.js';
import { accuracyWords, isPlaced, stopAt } from './words.js';

const AGING_MS = 5000;

export class Home {
  #following = true;
  /** A sheet is open: the map stays where it is. */
  #frozen = false;
  /** What the hint says now. */
  #hinted = '';
  /** The class of accuracy that was last spoken. */
  #grade = '';

  /** @param {App} app @param {HTMLElement} root @param {Stops} stops */
  constructor(app, root, stops) {
    this.app = app;
    this.root = root;
    this.stops = stops;
    this.strip = new Strip(app, stops);
    this.hint = h('div', { class: 'hint' });
    this.newPin = button('plus', t('New pin'), () => this.begin(), { look: 'btn--cta', id: 'new-pin' });
    this.main = h('div', { class: 'bottom' }, this.newPin);
    this.bottom = h('div', { class: 'app__bottom' }, this.main);
    const mapEl = h('div', { class: 'map', id: 'map' });
    this.locate = iconButton('locate-fixed', t('Show where I am'), () => this.#find(), 'btn--map', 'find');
    const change = () => setPref('theme', nextTheme(app.theme));
    this.theme = iconButton('sun', t('Appearance'), change, 'btn--map', 'theme');
    this.buttons = this.#mapButtons();
    this.place = h('main', { class: 'app__map', id: 'main' }, mapEl, crosshair(), this.hint, this.buttons);
    root.replaceChildren(this.strip.el, this.strip.banner, this.place, this.bottom);
    this.drawn = createHomeMap(app, mapEl);
    this.map = this.drawn.map;
    app.map = this.map;
    this.#listen();
    this.#drawTheme();
    this.redraw();
    void this.drawBase();
  }

  #mapButtons() {
    const { app } = this;
    return h(
      'div',
      { class: 'map-buttons', role: 'group', 'aria-label': t('Map buttons') },
      iconButton('plus', t('Zoom in'), () => this.map.zoomIn(), 'btn--map'),
      iconButton('minus', t('Zoom out'), () => this.map.zoomOut(), 'btn--map'),
      iconButton('list', t('List'), () => app.router.go('list'), 'btn--map', 'show-list'),
      this.theme,
      this.locate,
    );
  }

  #listen() {
    const { app, map } = this;
    map.onMove((_center, { done, byHand }) => byHand && this.#moved(done));
    // While a place is being chosen, what lies under the finger is map and nothing else.
    map.onPin((id) => this.#frozen || app.router.go(`pin/${id}`));
    map.onStop((id) => this.#frozen || app.router.go(`stop/${id}`));
    map.onKeys({ enter: () => this.begin(), leave: () => this.newPin.focus() });
    onPosition((view) => this.#show(view));
    onPref((name) => name === 'hidden' && this.redraw());
    on(document, 'visibilitychange', () => document.hidden || map.resize());
    // A fix grows old without anybody telling.
    setInterval(() => document.hidden || this.#show(position()), AGING_MS);
  }

  /** By finger or key: the crosshair is now where the resident wants it. @param {boolean} done */
  #moved(done) {
    const { app } = this;
    if (this.#following) {
      this.#following = false;
      this.#show(position());
    }
    if (done && this.#frozen && app.spot) {
      Object.assign(app.spot, { there: this.map.center(), source: 'crosshair', address: null });
    }
  }

  #find() {
    startPosition();
    this.#following = true;
    this.#show(position());
  }

  /** What is under the crosshair, and how we know. @returns {Spot} */
  takeSpot() {
    const view = position();
    const sensed = this.#following && isPlaced(view) && view.fix;
    const there = sensed ? { lat: sensed.lat, lon: sensed.lon } : this.map.center();
    const stop = stopAt(this.app.bundle.stops, there);
    return {
      there,
      here: here(),
      source: sensed ? 'sensor' : 'crosshair',
      stop_id: stop?.id ?? null,
      address: null,
    };
  }

  /** The tap on "New pin": the place is taken now. */
  begin() {
    if (this.#frozen) return;
    this.app.spot = this.takeSpot();
    this.app.router.go('new');
  }

  /** @param {PositionView} view */
  #show(view) {
    const { map } = this;
    map.setPosition(view.fix);
    if (this.#following && !this.#frozen && view.fix) map.setView(view.fix, Math.max(map.zoom(), 17));
    const isSure = this.#following && isPlaced(view);
    this.locate.dataset.following = String(isSure);
    this.newPin.lastElementChild?.replaceChildren(
      isSure || !this.#following ? t('New pin') : t('Place here'),
    );
    const words = accuracyWords(view);
    const grade = view.grade + view.state;
    if (grade !== this.#grade && this.#grade) announce(words);
    this.#grade = grade;
    this.#drawHint(view, words);
  }

  /** @param {PositionView} view @param {string} words */
  #drawHint(view, words) {
    const { app } = this;
    const shy = pref('hidden') === 'on';
    const isEmpty = app.pins.length + app.others.length === 0;
    const drawn = [view.state, words, shy, isEmpty].join();
    if (drawn === this.#hinted) return;
    this.#hinted = drawn;
    const unhide = () => setPref('hidden', 'off');
    const lines = [
      view.state === 'idle' ? null : h('p', null, words),
      shy && h('button', { type: 'button', class: 'chip', onclick: unhide }, t('Pins are hidden. Show them')),
      isEmpty &&
        !shy &&
        h(
          'p',
          { class: 'hint__start' },
          t('No pins yet. Press New pin when you notice something, good or bad.'),
        ),
      h(
        'p',
        { class: 'keys' },
        t('Arrow keys move the map, plus and minus zoom, Enter adds a pin, Escape leaves.'),
      ),
    ];
    this.hint.replaceChildren(...lines.filter((line) => line instanceof Node));
  }

  #drawTheme() {
    const looks = {
      light: { face: 'sun', words: t('Theme: light. Change') },
      sun: { face: 'sun', words: t('Theme: bright sunlight. Change') },
      dark: { face: 'moon', words: t('Theme: dark. Change') },
    };
    const { face, words } = looks[this.app.theme];
    this.theme.replaceChildren(icon(face));
    this.theme.setAttribute('aria-label', words);
    this.theme.title = words;
  }

  /** The basemap, as soon as it is on the phone. */
  drawBase() {
    return this.drawn.drawBase();
  }

  drawStatus() {
    return this.strip.draw();
  }

  themed() {
    this.#drawTheme();
    void this.drawBase();
  }

  /** Something that is drawn here has changed. */
  redraw() {
    this.drawn.drawPins();
    this.drawn.drawStops(this.stops.currentId(), this.stops.answered());
    void this.strip.draw();
    this.#show(position());
  }

  /** A sheet takes the place of the big button; null brings it back. @param {HTMLElement | null} sheet */
  setSheet(sheet) {
    this.#frozen = sheet !== null;
    this.root.classList.toggle('has-sheet', this.#frozen);
    this.bottom.replaceChildren(sheet ?? this.main);
    this.buttons.hidden = this.#frozen;
    this.hint.hidden = this.#frozen;
    this.#show(position());
  }

  /** A card above the big button; null takes it away. @param {HTMLElement | null} card */
  setCard(card) {
    this.main.previousElementSibling?.remove();
    if (card) this.main.before(card);
  }

  /** Stop following, so that a chosen place stays in the middle. */
  hold() {
    this.#following = false;
  }
}
