/**
 * What holds of all pins under a filter, worked out once for each state of both. Goes through tens of thousands, so it
 * is asked after a frame and not in it. Pure but for what it remembers.
 */
import { survey } from './filter.js';

/** @import {DeskPin, Filter} from './types' */
/** @typedef {ReturnType<typeof import('./pins.js').createPins>} Pins */
/** @typedef {ReturnType<typeof import('./listing.js').createListing>} Listing */

export class Overview {
  /** @type {{stamp: string, found: import('./filter.js').Survey} | null} */
  #known = null;
  #pins;
  #listing;
  #labelOf;

  /** @param {Pins} pins @param {Listing} listing @param {(pin: DeskPin) => string} labelOf */
  constructor(pins, listing, labelOf) {
    this.#pins = pins;
    this.#listing = listing;
    this.#labelOf = labelOf;
  }

  /** What the answer depends on: words count only where they are looked for. @param {Filter} filter */
  stamp({ shows, category, q, near }) {
    const news = q ? this.#pins.taken() : this.#pins.version();
    return JSON.stringify([news, shows, category, q, near]);
  }

  /** @param {Filter} filter */
  of(filter) {
    const stamp = this.stamp(filter);
    if (this.#known?.stamp !== stamp)
      this.#known = { stamp, found: survey(this.#pins.all(), filter, this.#labelOf) };
    return this.#known.found;
  }

  /** What fits, and what is still in the list. @param {Filter} filter */
  onMap(filter) {
    const { fitting } = this.of(filter);
    const rows = this.#listing.rows();
    if (fitting.length === rows.length && this.#listing.waiting(fitting) === 0) return fitting;
    const fits = new Set(fitting);
    const others = rows.flatMap((number) => this.#pins.get(number) ?? []).filter((pin) => !fits.has(pin));
    return others.length > 0 ? [...fitting, ...others] : fitting;
  }
}
