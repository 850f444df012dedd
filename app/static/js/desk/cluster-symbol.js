/**
 * What a group of pins looks like: how many in the middle, the shares of the symbol groups as a ring, and under it the
 * two largest groups by their signs with their numbers, so that it can be read without colour. Makes SVG elements and
 * nothing else.
 */
import { formatNumber } from '../shared/i18n.js';
import { GROUPS, groupColours, INK, icon, PIN_SIZE, svg, symbolCanvas, WHITE } from '../shared/symbols.js';

/** @typedef {{count: number, shares: Record<string, number>, selected?: boolean}} ClusterLook pins by symbol group */

/** The sign of each symbol group. @type {Record<string, string>} */
export const GROUP_ICONS = {
  light_sight: 'lightbulb-off',
  order: 'trash-2',
  traffic: 'footprints',
  feeling: 'frown',
  good_place: 'heart',
  other: 'circle-ellipsis',
};
const NAMED = 2;
/** By the digits of the number in the middle. */
const RADII = [15, 17.5, 20, 23, 27];
/** Pixels for the widest one. */
const PLATE = 120;

/** Formatting takes time, and small numbers look the same. @param {number} n */
export const plain = (n) => (n < 1000 ? String(n) : formatNumber(n));

/** @param {number} count */
const shortCount = (count) => (count < 1000 ? String(count) : `${Math.floor(count / 100) / 10}k`);

/** The largest groups first. @param {Record<string, number>} shares @returns {[string, number][]} */
export const largest = (shares) => Object.entries(shares).sort(([, a], [, b]) => b - a);

/**
 * The ring of a group: one arc for each symbol group, by its share, starting at noon.
 * @param {Record<string, number>} shares
 * @returns {{group: string, from: number, to: number}[]} in parts of the whole, 0–1
 */
export function ringParts(shares) {
  const counts = Object.keys(GROUPS)
    .map((group) => ({ group, n: shares[group] ?? 0 }))
    .filter(({ n }) => n > 0);
  const total = counts.reduce((sum, { n }) => sum + n, 0);
  let from = 0;
  return counts.map(({ group, n }) => {
    const part = { group, from, to: from + n / total };
    from = part.to;
    return part;
  });
}

/** @param {string} name @param {Record<string, string>} attributes @param {...Node} children */
function html(name, attributes, ...children) {
  const el = document.createElementNS('http://www.w3.org/1999/xhtml', name);
  for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, value);
  el.append(...children);
  return el;
}

/**
 * The largest groups, by sign and number. The numbers are drawn by the style sheet: the name of the button says all of
 * it in words, and what can be seen of the button's text must be part of its name.
 * @param {Record<string, number>} shares @param {number} y
 */
function plate(shares, y) {
  const named = largest(shares)
    .slice(0, NAMED)
    .map(([group, n]) =>
      html(
        'span',
        { class: 'cluster-share', 'data-n': shortCount(n) },
        icon(GROUP_ICONS[group] ?? GROUP_ICONS.other, 13),
      ),
    );
  const box = { x: (PIN_SIZE.hit - PLATE) / 2, y, width: PLATE, height: 20 };
  const inside = html('span', { class: 'cluster-plate' }, ...named);
  return svg('foreignObject', box, html('div', { class: 'cluster-middle' }, inside));
}

/** @param {ClusterLook} look @returns {SVGSVGElement} */
export function clusterSymbol({ count, shares, selected = false }) {
  const middle = PIN_SIZE.hit / 2;
  const radius = RADII[Math.min(String(count).length, RADII.length) - 1];
  const round = 2 * Math.PI * radius;
  const at = { cx: middle, cy: middle };
  const el = symbolCanvas('cluster', PIN_SIZE.hit);
  if (selected) {
    const ring = { ...at, r: radius + 9, fill: 'none', 'stroke-width': 4, class: 'pin-ring' };
    el.append(svg('circle', { ...at, r: radius + 9, fill: 'none', 'stroke-width': 8, class: 'pin-gap' }));
    el.append(svg('circle', ring));
  }
  el.append(svg('circle', { ...at, r: radius + 5.5, fill: WHITE, stroke: INK, 'stroke-width': 1 }));
  for (const { group, from, to } of ringParts(shares)) {
    const arc = { 'stroke-dasharray': `${(to - from) * round} ${round}`, 'stroke-dashoffset': -from * round };
    const turn = { transform: `rotate(-90 ${middle} ${middle})`, fill: 'none', 'stroke-width': 7 };
    const { fill } = groupColours(group);
    el.append(svg('circle', { ...at, r: radius, stroke: fill, ...turn, ...arc }));
  }
  el.append(svg('circle', { ...at, r: radius - 2.5, fill: INK, stroke: WHITE, 'stroke-width': 1 }));
  const words = { x: middle, y: middle + 5, fill: WHITE, 'text-anchor': 'middle', class: 'cluster-count' };
  el.append(svg('text', words, plain(count)), plate(shares, middle + radius + 2));
  return el;
}
