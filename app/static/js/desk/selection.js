/**
 * The pins that are ticked, for acts on many. Pure: it knows numbers, no rows. A range is taken from the pin that was
 * ticked last, along the rows as they are shown.
 */

/** @param {() => void} [changed] */
export function createSelection(changed = () => {}) {
  /** @type {Set<number>} */
  let ticked = new Set();
  /** @type {number | null} */
  let last = null;

  return {
    /** @param {number} number */
    has: (number) => ticked.has(number),
    size: () => ticked.size,
    /** In the order they were ticked. */
    all: () => [...ticked],
    /** @param {number} number */
    toggle(number) {
      if (!ticked.delete(number)) ticked.add(number);
      last = number;
      changed();
    },
    /** All from the last one that was ticked up to this one. @param {number} number @param {readonly number[]} rows */
    extend(number, rows) {
      const to = rows.indexOf(number);
      const from = last === null ? -1 : rows.indexOf(last);
      const [first, end] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
      for (const one of rows.slice(first, end + 1)) ticked.add(one);
      last = number;
      changed();
    },
    /** @param {readonly number[]} numbers */
    set(numbers) {
      ticked = new Set(numbers);
      last = numbers.at(-1) ?? null;
      changed();
    },
    clear() {
      ticked = new Set();
      last = null;
      changed();
    },
  };
}

/** @typedef {ReturnType<typeof createSelection>} Selection */
