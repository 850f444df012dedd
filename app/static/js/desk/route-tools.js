/**
 * The tools above and below the list: what a click adds, adding without a map, undo, length and time, and saving with
 * its conflict. Owns these controls and their words; what they do is the page's.
 */
import { h, on } from '../shared/dom.js';
import { formatNumber, t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';

/** @import {Place} from '../shared/geo.js' */
/** @import {Hit} from '../shared/address.js' */
/** @import {Draft} from './plan.js' */
/** @import {Sort} from './route-list.js' */
/**
 * @typedef {object} ToolActs
 * @property {() => void} addAtCentre
 * @property {(place: Place, name: string) => void} addAt
 * @property {(text: string) => Promise<Hit[]>} search
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {() => void} save
 */

const PAUSE = 200;

/** @param {string} drawing @param {string} word @param {() => void} run @param {Record<string, any>} [more] */
const tool = (drawing, word, run, more) =>
  h('button', { type: 'button', class: 'btn', onclick: run, ...more }, icon(drawing, 20), word);

export class RouteTools {
  /** What a click and a search add. @type {Sort} */
  adds = 'stop';

  /** @param {ToolActs} acts */
  constructor(acts) {
    this.acts = acts;
    this.undo = tool('undo-2', t('Undo'), () => this.#if(this.undo, acts.undo), { id: 'undo' });
    this.redo = tool('arrow-right', t('Redo'), () => this.#if(this.redo, acts.redo), { id: 'redo' });
    this.centre = tool('plus', '', acts.addAtCentre, { id: 'add-centre' });
    this.found = h('ul', { class: 'route__found' });
    this.length = h('p', { class: 'route__length', id: 'length' });
    this.warning = h('p', { class: 'notice is-warning', hidden: true });
    this.figures = h('div', { class: 'stack stack--tight' }, this.length, this.warning);
    this.status = h('span', { class: 'muted', role: 'status' });
    this.button = tool('check', t('Save'), acts.save, { id: 'save', class: 'btn btn--primary' });
    this.clash = h('div', { class: 'notice is-warning stack stack--tight', role: 'alert', hidden: true });
    this.bar = h(
      'div',
      { class: 'route__bar' },
      this.clash,
      h('div', { class: 'row' }, this.button, this.status),
    );
    this.fence = h('fieldset', { class: 'route__fence stack' }, ...this.#adding());
    this.#mode('stop');
  }

  #adding() {
    /** @param {Sort} value @param {string} word */
    const choice = (value, word) =>
      h(
        'label',
        { class: 'choice' },
        h('input', {
          type: 'radio',
          name: 'adds',
          value,
          checked: value === this.adds,
          onchange: () => this.#mode(value),
        }),
        h('span', {}, word),
      );
    const input = h('input', { class: 'input', id: 'address', type: 'search', autocomplete: 'off' });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    on(input, 'input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#search(input.value), PAUSE);
    });
    return [
      h(
        'fieldset',
        {},
        h('legend', { class: 'legend' }, t('A click on the map adds')),
        h(
          'div',
          { class: 'choices' },
          choice('stop', t('A stop')),
          choice('point', t('A point of the route')),
        ),
      ),
      h('div', { class: 'row' }, this.centre, this.undo, this.redo),
      h(
        'div',
        { class: 'field' },
        h('label', { class: 'field__label', for: 'address' }, t('Add by address or place')),
        input,
        this.found,
      ),
    ];
  }

  /** @param {Sort} value */
  #mode(value) {
    this.adds = value;
    const word =
      value === 'stop' ? t('Add a stop in the middle of the map') : t('Add a point in the middle of the map');
    this.centre.replaceChildren(icon('plus', 20), word);
  }

  /** Buttons that have nothing to do stay where they are, and keep their focus. @param {HTMLElement} button @param {() => void} run */
  #if(button, run) {
    if (button.getAttribute('aria-disabled') !== 'true') run();
  }

  /** @param {string} text */
  async #search(text) {
    const hits = text.trim() ? await this.acts.search(text) : [];
    const rows = hits.map((hit) => {
      const name = [hit.name, hit.number].filter(Boolean).join(' ');
      return h(
        'li',
        {},
        tool('plus', name, () => this.acts.addAt(hit, name)),
      );
    });
    if (text.trim() && rows.length === 0)
      rows.push(h('li', { class: 'muted' }, t('Nothing here by that name.')));
    this.found.replaceChildren(...rows);
  }

  /** @param {Draft} draft @param {{metres: number, minutes: number}} figures @param {{metres: number, minutes: number}} limits */
  draw(draft, { metres, minutes }, limits) {
    this.undo.setAttribute('aria-disabled', String(!draft.canUndo));
    this.redo.setAttribute('aria-disabled', String(!draft.canRedo));
    this.length.replaceChildren(
      icon('footprints', 20),
      ` ${t('{m} metres, about {n} minutes with the stops', { m: formatNumber(metres), n: formatNumber(minutes) })}`,
    );
    this.warning.hidden = metres <= limits.metres && minutes <= limits.minutes;
    this.warning.replaceChildren(
      icon('triangle-alert', 20),
      ` ${t('This is long for many people. At most {m} metres and {n} minutes are good.', {
        m: formatNumber(limits.metres),
        n: formatNumber(limits.minutes),
      })}`,
    );
    this.status.textContent = draft.isChanged
      ? t('There are changes that are not saved.')
      : t('Everything is saved.');
  }

  /** @param {boolean} busy */
  saving(busy) {
    this.clash.hidden = true;
    this.button.disabled = busy;
  }

  /** @param {number} stops theirs @param {string | null} by @param {{theirs: () => void, ours: () => void}} ways */
  conflict(stops, by, { theirs, ours }) {
    const then = (/** @type {() => void} */ way) => () => {
      this.clash.hidden = true;
      way();
      this.button.focus();
    };
    this.clash.replaceChildren(
      h(
        'p',
        {},
        by
          ? t('{name} has changed the plan meanwhile.', { name: by })
          : t('Somebody else has changed the plan meanwhile.'),
      ),
      h(
        'div',
        { class: 'row' },
        tool('eye', tn('Take theirs, with {n} stop', 'Take theirs, with {n} stops', stops), then(theirs)),
        tool('check', t('Save mine over it'), then(ours)),
      ),
    );
    this.clash.hidden = false;
  }
}
