/**
 * Ticking many pins by where they are: drawn around on the map, or with the same outcome by keyboard, all in view or
 * all near the chosen one. Owns the tools beside the map; what ticking means is the page's.
 */
import { h, on } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { drawLasso } from './lasso.js';
import { pinsInRing, pinsWithin } from './ring.js';
import { toast } from './toast.js';

/** @import {DeskPin} from './types' */
/** @typedef {import('../shared/map.js').WalkMap} WalkMap */
/** @typedef {import('./lasso.js').Form} Form */
/**
 * @typedef {object} TickWays
 * @property {WalkMap} map
 * @property {HTMLElement} el the map's element
 * @property {() => readonly DeskPin[]} pins those on the map
 * @property {() => DeskPin | null} chosen
 * @property {(pins: DeskPin[]) => void} tick
 */

const METRES = [10, 25, 50, 100, 250];

/** @param {string} name @param {string} word @param {() => void} run */
const tool = (name, word, run) =>
  h('button', { type: 'button', class: 'btn btn--wide', 'data-tick': name, onclick: run }, word);

export class TickTools {
  #ways;
  #box = h('div', {
    class: 'ticktools stack',
    role: 'group',
    'aria-label': t('Tick on the map'),
    hidden: true,
  });
  #open = h(
    'button',
    { type: 'button', class: 'btn btn--map', 'aria-label': t('Tick on the map'), 'aria-expanded': 'false' },
    icon('pencil', 26),
  );
  #inView = tool('view', '', () => this.#tickView());
  #metres = h(
    'select',
    { class: 'input', id: 'tick-metres', 'data-tick': 'metres' },
    METRES.map((n) => h('option', { value: n, selected: n === 25 }, tn('{n} metre', '{n} metres', n))),
  );
  #near = tool('near', '', () => this.#tickNear());

  /** @param {HTMLElement} pane @param {TickWays} ways */
  constructor(pane, ways) {
    this.#ways = ways;
    this.#box.append(
      h('h3', { class: 'detail__small' }, t('Tick on the map')),
      tool('free', t('Draw around pins'), () => this.#draw('free')),
      tool('rectangle', t('Draw a rectangle'), () => this.#draw('rectangle')),
      this.#inView,
      h('label', { class: 'field__label', for: 'tick-metres' }, t('Distance from the chosen pin')),
      this.#metres,
      this.#near,
    );
    on(this.#open, 'click', () => this.#show(this.#box.hidden === true));
    on(this.#metres, 'change', () => this.#count());
    on(this.#box, 'keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.#show(false);
      this.#open.focus();
    });
    pane.append(this.#box);
  }

  /** For the row of the map's buttons. */
  get button() {
    return this.#open;
  }

  /** @param {boolean} isOpen */
  #show(isOpen) {
    this.#box.hidden = !isOpen;
    this.#open.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) this.#count();
  }

  /** Open them and go to the first. */
  focus() {
    this.#show(true);
    /** @type {HTMLElement} */ (this.#box.querySelector('button')).focus();
  }

  /** What the buttons would tick now. */
  refresh() {
    if (!this.#box.hidden) this.#count();
  }

  #count() {
    const n = this.#seen().length;
    this.#inView.replaceChildren(tn('Tick the {n} pin in view', 'Tick the {n} pins in view', n));
    this.#inView.disabled = n === 0;
    const chosen = this.#ways.chosen();
    this.#near.disabled = chosen === null;
    this.#near.replaceChildren(
      chosen === null
        ? t('Choose a pin first')
        : tn('Tick {n} pin around it', 'Tick {n} pins around it', this.#around(chosen).length),
    );
  }

  #size() {
    const { clientWidth: width, clientHeight: height } = this.#ways.el;
    return { width, height };
  }

  #seen() {
    const { width: x, height: y } = this.#size();
    const whole = [
      { x: 0, y: 0 },
      { x, y: 0 },
      { x, y },
      { x: 0, y },
    ];
    return pinsInRing(this.#ways.pins(), whole, this.#ways.map.view(), { width: x, height: y });
  }

  /** @param {DeskPin} pin */
  #around(pin) {
    return pinsWithin(this.#ways.pins(), pin, Number(this.#metres.value));
  }

  #tickView() {
    this.#tick(this.#seen());
  }

  #tickNear() {
    const chosen = this.#ways.chosen();
    if (chosen) this.#tick(this.#around(chosen));
  }

  /** @param {DeskPin[]} pins */
  #tick(pins) {
    if (pins.length > 0) this.#ways.tick(pins);
    else toast(t('No pins there'));
  }

  /** @param {Form} form */
  #draw(form) {
    this.#show(false);
    drawLasso(this.#ways.el, form, (ring) => {
      this.#open.focus();
      if (ring) this.#tick(pinsInRing(this.#ways.pins(), ring, this.#ways.map.view(), this.#size()));
    });
  }
}
