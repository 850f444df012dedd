/**
 * "4 pins within 18 metres seem to be about the same thing": a strip that suggests, never blocks and never hides.
 * What was said not to be the same is not suggested again while the page is open.
 */
import { h } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';

/** @import {DeskPin} from './types' */
/** @import {KnownPins, Send} from './acts.js' */
/** @typedef {{issues: string[], pins: string[], category: string, metres: number}} Suggestion */
/** @typedef {{pins: DeskPin[], title: string, apart: () => void}} Group */

/** @param {Suggestion} suggestion */
const nameOf = ({ issues }) => [...issues].sort().join(' ');

/** @param {string} walk @param {KnownPins} pins @param {Send} send @param {HTMLElement} strip @param {(group: Group) => void} open */
export function createDuplicates(walk, pins, send, strip, open) {
  /** @type {Suggestion[]} */
  let all = [];
  /** @type {Set<string>} */
  const apart = new Set();

  const waiting = () => all.filter((one) => !apart.has(nameOf(one)));

  /** @param {Suggestion} suggestion @returns {Group} */
  function groupOf(suggestion) {
    const wanted = new Set(suggestion.pins);
    const found = pins.all().filter((pin) => pin.whole && wanted.has(pin.whole.id));
    const metres = Math.max(1, suggestion.metres);
    const title = tn(
      '{n} pin within {m} metres seems to be about the same thing',
      '{n} pins within {m} metres seem to be about the same thing',
      found.length,
      { m: metres },
    );
    const dismiss = () => {
      apart.add(nameOf(suggestion));
      draw();
    };
    return { pins: found, title, apart: dismiss };
  }

  function draw() {
    const [first, ...others] = waiting();
    strip.hidden = !first;
    if (!first) return;
    const group = groupOf(first);
    const look = { type: 'button', class: 'btn', 'data-duplicates': true, onclick: () => open(group) };
    strip.replaceChildren(
      icon('combine'),
      h(
        'p',
        { class: 'grow' },
        group.title,
        others.length > 0 && ` ${tn('and {n} more suggestion', 'and {n} more suggestions', others.length)}`,
      ),
      h('button', look, t('Look at them')),
    );
  }

  return {
    async load() {
      const { ok, data } = await send('GET', `/api/desk/walks/${walk}/duplicates`);
      if (!ok) return;
      all = data.suggestions;
      draw();
    },
    /** The suggestion that has this pin, or the first. @param {DeskPin | null} pin @returns {Group | null} */
    find(pin) {
      const own = waiting().find((one) => pin?.whole && one.pins.includes(pin.whole.id));
      const found = own ?? waiting()[0];
      return found ? groupOf(found) : null;
    },
  };
}
