/**
 * The rows that are being read. A listing stands still: what arrives or begins to fit waits beside it until it is
 * asked for, and what no longer fits stays where it is until then. Pure.
 */
/** @import {DeskPin} from './types' */

export function createListing() {
  /** @type {number[]} */
  let rows = [];
  /** @type {Set<number>} */
  let shown = new Set();

  return {
    /** @returns {readonly number[]} numbers of the pins, in order */
    rows: () => rows,
    /** @param {number} number */
    has: (number) => shown.has(number),
    /** Begin anew with all that fit. @param {DeskPin[]} fitting in the order of the list */
    renew(fitting) {
      rows = fitting.map((pin) => pin.number);
      shown = new Set(rows);
    },
    /** How many that fit are not among the rows. @param {DeskPin[]} fitting */
    waiting: (fitting) => fitting.reduce((sum, pin) => sum + Number(!shown.has(pin.number)), 0),
    /**
     * The row so many steps from this one; the first or last when it is not among them.
     * @param {number | null} number @param {number} steps @returns {number | null}
     */
    step(number, steps) {
      if (rows.length === 0) return null;
      const at = number === null ? -1 : rows.indexOf(number);
      if (at < 0) return steps > 0 ? rows[0] : rows[rows.length - 1];
      return rows[Math.min(rows.length - 1, Math.max(0, at + steps))];
    },
  };
}
