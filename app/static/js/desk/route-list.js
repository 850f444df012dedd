/**
 * The list beside the map: every stop and every point of the route as a row that can be opened, moved on the map and in
 * the order, and taken away, by keyboard and screen reader as by mouse. Owns rows and focus; the plan is the page's.
 */
import { h, on } from '../shared/dom.js';
import { formatNumber, t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { metresAlong } from './plan.js';
import { stopForm, textOf } from './route-stop.js';

/** @import {Plan, Stop} from './plan.js' */
/** @import {FormSettings} from './route-stop.js' */
/** @typedef {'stop' | 'point'} Sort */
/** @typedef {{sort: Sort, at: number}} Chosen */
/**
 * @typedef {object} Acts what the page does
 * @property {(chosen: Chosen | null) => void} choose
 * @property {(chosen: Chosen, to: number) => void} reorder
 * @property {(chosen: Chosen) => void} remove
 * @property {(chosen: Chosen, east: number, north: number) => void} nudge in metres
 * @property {(stop: Stop, fields: Partial<Stop>, redraw: boolean) => void} change
 */

const STEP = 5;
const LEAP = 25;
/** @type {Record<string, [number, number]>} east and north */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Metres east and north that a key means, or null. @param {KeyboardEvent} event @returns {[number, number] | null} */
export function stepOf(event) {
  const arrow = ARROWS[event.key];
  const size = event.shiftKey ? LEAP : STEP;
  return arrow && !event.altKey && !event.ctrlKey && !event.metaKey
    ? [arrow[0] * size, arrow[1] * size]
    : null;
}

/** @param {Stop} stop @param {string} lang */
export const nameOf = (stop, lang) =>
  stop.name[lang] || stop.name.sv || stop.name.en || Object.values(stop.name)[0] || t('Without a name');

export class RouteList {
  /** @type {Plan} */
  #plan = { route: [], stops: [] };
  /** @type {Chosen | null} */
  #chosen = null;

  /** @param {FormSettings} settings @param {Acts} acts */
  constructor(settings, acts) {
    this.settings = settings;
    this.acts = acts;
    this.stops = h('ol', { class: 'route__list' });
    this.points = h('ol', { class: 'route__list' });
    this.stopsTitle = h('h2', {});
    this.pointsTitle = h('h2', {});
    /** Closed, so that a long line is one stop on the way to what comes after it. */
    this.line = h(
      'details',
      { class: 'more' },
      h('summary', { class: 'route__line', 'data-key': 'line' }, this.pointsTitle),
      this.points,
    );
    this.el = h('div', { class: 'stack' }, this.stopsTitle, this.stops, this.line);
  }

  /** Draw everything anew; focus stays on what it was on. @param {Plan} plan @param {Chosen | null} chosen */
  draw(plan, chosen) {
    this.#plan = plan;
    this.#chosen = chosen;
    if (chosen?.sort === 'point') this.line.open = true;
    const focused = document.activeElement;
    const key = this.el.contains(focused) ? keyOf(focused) : null;
    this.#titles();
    this.stops.replaceChildren(...plan.stops.map((_stop, at) => this.#row({ sort: 'stop', at })));
    this.points.replaceChildren(...plan.route.map((_point, at) => this.#row({ sort: 'point', at })));
    if (key) this.focus(key);
  }

  /** Only names, numbers and figures: fields that are being filled in stay. @param {Plan} plan */
  refresh(plan) {
    this.#plan = plan;
    this.#titles();
    for (const sort of /** @type {Sort[]} */ (['stop', 'point'])) {
      const rows = sort === 'stop' ? this.stops : this.points;
      [...rows.children].forEach((row, at) => {
        row.querySelector('.route__name')?.replaceChildren(...this.#words({ sort, at }));
      });
    }
  }

  /** @param {string} key "row part" @returns {boolean} */
  focus(key) {
    const [row, part] = key.split(' ');
    const el = this.el.querySelector(`[data-row="${row}"] [data-key="${part}"]`);
    /** @type {HTMLElement | null} */ (el)?.focus();
    return el !== null;
  }

  /** Bring the chosen row into view and focus its name. @param {Chosen} chosen */
  focusRow({ sort, at }) {
    const row = (sort === 'stop' ? this.stops : this.points).children[at];
    /** @type {HTMLElement | null} */ (row?.querySelector('.route__name'))?.focus();
  }

  #titles() {
    const { stops, route } = this.#plan;
    this.stopsTitle.textContent = tn('{n} stop', '{n} stops', stops.length);
    this.pointsTitle.textContent = tn('The route: {n} point', 'The route: {n} points', route.length);
  }

  /** @param {Chosen} chosen @returns {string} */
  #name({ sort, at }) {
    if (sort === 'stop') return nameOf(this.#plan.stops[at], this.settings.lang);
    return t('Point {n}', { n: at + 1 });
  }

  /** @param {Chosen} chosen @returns {(Node | string)[]} */
  #words(chosen) {
    const { sort, at } = chosen;
    const name = h('span', { class: 'route__title' }, this.#name(chosen));
    if (sort === 'point') {
      const metres = formatNumber(metresAlong(this.#plan.route)[at]);
      return [name, h('span', { class: 'muted' }, t('after {m} metres', { m: metres }))];
    }
    const { minutes, questions } = this.#plan.stops[at];
    const asked = questions.map((question) => textOf(question, this.settings.lang)).join(' · ');
    const facts = [tn('{n} minute', '{n} minutes', minutes), asked || t('No question yet')].join(' · ');
    return [
      h('span', { class: 'route__number', 'aria-hidden': 'true' }, String(at + 1)),
      h('span', { class: 'route__text' }, name, h('span', { class: 'muted' }, facts)),
    ];
  }

  /** @param {Chosen} chosen */
  #row(chosen) {
    const { sort, at } = chosen;
    const isOpen = this.#chosen?.sort === sort && this.#chosen.at === at;
    const id = sort === 'stop' ? this.#plan.stops[at].id : String(at);
    const name = h(
      'button',
      {
        type: 'button',
        class: 'route__name',
        'aria-expanded': String(isOpen),
        'data-key': 'name',
        onclick: () => this.acts.choose(isOpen ? null : chosen),
      },
      ...this.#words(chosen),
    );
    const row = h('div', { class: 'route__row' }, name, ...this.#buttons(chosen));
    const open = isOpen ? this.#detail(chosen) : null;
    return h(
      'li',
      { class: `route__item${isOpen ? ' is-open' : ''}`, 'data-row': `${sort}-${id}` },
      row,
      open,
    );
  }

  /** @param {Chosen} chosen */
  #buttons(chosen) {
    const { sort, at } = chosen;
    const name = this.#name(chosen);
    const last = (sort === 'stop' ? this.#plan.stops : this.#plan.route).length - 1;
    /** @param {string} key @param {string} drawing @param {string} label @param {boolean} off @param {() => void} run */
    const button = (key, drawing, label, off, run) =>
      h(
        'button',
        {
          type: 'button',
          class: 'btn btn--icon',
          'aria-label': label,
          'aria-disabled': off ? 'true' : null,
          'data-key': key,
          onclick: () => !off && run(),
        },
        icon(drawing, 20),
      );
    return [
      button('up', 'arrow-up', t('{name}: earlier', { name }), at === 0, () =>
        this.acts.reorder(chosen, at - 1),
      ),
      button('down', 'arrow-down', t('{name}: later', { name }), at === last, () =>
        this.acts.reorder(chosen, at + 1),
      ),
      button('delete', 'trash-2', t('{name}: take away', { name }), false, () => this.acts.remove(chosen)),
    ];
  }

  /** @param {Chosen} chosen */
  #detail(chosen) {
    const detail = h('div', { class: 'route__detail stack' }, this.#mover(chosen));
    if (chosen.sort === 'stop') {
      const drawn = this.#plan.stops[chosen.at];
      const present = () => this.#plan.stops.find(({ id }) => id === drawn.id) ?? drawn;
      detail.append(
        ...stopForm(present, this.settings, (fields, redraw = false) =>
          this.acts.change(present(), fields, redraw),
        ),
      );
    }
    return detail;
  }

  /** Five metres to each side, by four buttons or the arrow keys on any of them. @param {Chosen} chosen */
  #mover(chosen) {
    /** @type {[string, string, string, number, number][]} */
    const sides = [
      ['north', 'arrow-up', t('North'), 0, STEP],
      ['south', 'arrow-down', t('South'), 0, -STEP],
      ['west', 'arrow-left', t('West'), -STEP, 0],
      ['east', 'arrow-right', t('East'), STEP, 0],
    ];
    const buttons = sides.map(([key, drawing, word, east, north]) =>
      h(
        'button',
        {
          type: 'button',
          class: 'btn',
          'data-key': key,
          onclick: () => this.acts.nudge(chosen, east, north),
        },
        icon(drawing, 20),
        word,
      ),
    );
    const label = t('Move five metres; arrow keys work too, with Shift for longer steps');
    const group = h(
      'div',
      { class: 'route__mover row', role: 'group', 'aria-label': label, dir: 'ltr' },
      ...buttons,
    );
    on(group, 'keydown', (event) => {
      const step = stepOf(event);
      if (!step) return;
      event.preventDefault();
      this.acts.nudge(chosen, ...step);
    });
    return h('div', { class: 'stack stack--tight' }, h('p', { class: 'field__hint' }, label), group);
  }
}

/** @param {Element | null} el @returns {string | null} */
function keyOf(el) {
  const row = /** @type {HTMLElement | null} */ (el?.closest('[data-row]'));
  const part = /** @type {HTMLElement | null} */ (el?.closest('[data-key]'));
  return row && part ? `${row.dataset.row} ${part.dataset.key}` : null;
}
