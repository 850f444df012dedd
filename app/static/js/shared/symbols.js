/**
 * What a pin and a stop look like. Form carries the meaning, colour only helps: drop for a problem, circle
 * for something good, rounded square for an idea; the icon names the category, the corner badge the status.
 * Every symbol has an ink outline inside a white halo, so that one of them stands out on any ground.
 * Makes SVG elements and nothing else: no listeners, no words, no layout. Icons come from icons/sprite.svg.
 */
import { asset } from './assets.js';

/** @typedef {'light_sight' | 'order' | 'traffic' | 'feeling' | 'good_place' | 'other'} SymbolGroup */
/** @typedef {'problem' | 'positive' | 'idea'} Kind */
/**
 * @typedef {object} PinLook
 * @property {string} group symbol group of the category
 * @property {string} kind
 * @property {string} icon the category's icon in the sprite
 * @property {string} [status] of the issue: new, reviewed, assigned, planned, in_progress, done, …
 * @property {boolean} [unsent]
 * @property {boolean} [faint] shown but not the subject, e.g. outside the filter
 * @property {number} [count] pins merged into one
 * @property {boolean} [selected]
 */
/** @typedef {{order: number, current?: boolean, done?: boolean}} StopLook */

const SVG = 'http://www.w3.org/2000/svg';
export const INK = '#0F1A1F';
export const WHITE = '#FFFFFF';

/** `tip`: how far down the symbol the place is, for a drop. */
export const PIN_SIZE = Object.freeze({ hit: 56, tip: 53 });

/** @type {Record<SymbolGroup, {fill: string, icon: string}>} */
export const GROUPS = {
  light_sight: { fill: '#FFD23F', icon: INK },
  order: { fill: '#E0561B', icon: INK },
  traffic: { fill: '#003F7D', icon: WHITE },
  feeling: { fill: '#4A0A2E', icon: WHITE },
  good_place: { fill: '#A8E0D1', icon: INK },
  other: { fill: '#8A959C', icon: INK },
};

/** @type {Record<string, string>} badge icon by status; a status without one has no badge */
const BADGES = {
  reviewed: 'hourglass',
  assigned: 'hourglass',
  planned: 'calendar-clock',
  in_progress: 'calendar-clock',
  done: 'check',
  verified: 'check',
  declined: 'slash',
  by_design: 'slash',
  merged: 'combine',
  keep: 'shield-check',
};

const DROP = 'M28 51.5C24.5 45 9.5 36.5 9.5 23a18.5 18.5 0 0 1 37 0C46.5 36.5 31.5 45 28 51.5Z';
const CIRCLE = 'M28 8.5a19.5 19.5 0 0 1 0 39a19.5 19.5 0 0 1 0-39Z';
const SQUARE = 'M19 9.5h18a9 9 0 0 1 9 9v19a9 9 0 0 1-9 9H19a9 9 0 0 1-9-9v-19a9 9 0 0 1 9-9Z';

/** Where the sprite is: beside this very build. */
export const SPRITE = asset('icons/sprite.svg');

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Record<string, string | number>} attributes @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes, ...children) {
  const el = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, String(value));
  el.append(...children);
  return el;
}

/** @param {string} name @param {number} x middle @param {number} y middle @param {number} size @param {string} colour */
export function symbolGlyph(name, x, y, size, colour) {
  const at = { x: x - size / 2, y: y - size / 2, width: size, height: size };
  return svg('use', { href: `${SPRITE}#${name}`, ...at, color: colour });
}

/** The outer element; hidden from readers, since the button around it has the name. @param {string} name @param {number} size */
export function symbolCanvas(name, size) {
  const box = { width: size, height: size, viewBox: `0 0 ${size} ${size}` };
  return svg('svg', { ...box, class: name, 'aria-hidden': 'true', focusable: 'false' });
}

/** An icon of the sprite by itself, in the colour of the text around it. @param {string} name @param {number} [size] */
export function icon(name, size = 24) {
  const el = symbolCanvas('icon', size);
  el.append(svg('use', { href: `${SPRITE}#${name}`, width: size, height: size }));
  return el;
}

/** @param {string} group @returns {{fill: string, icon: string}} */
export const groupColours = (group) => GROUPS[/** @type {SymbolGroup} */ (group)] ?? GROUPS.other;

/** Drop, circle or square, and the middle of its icon. @param {string} kind @param {string} group */
export function shapeOf(kind, group) {
  if (kind === 'positive' || group === 'good_place') return { name: 'circle', path: CIRCLE, y: 28 };
  if (kind === 'idea') return { name: 'square', path: SQUARE, y: 28 };
  return { name: 'drop', path: DROP, y: 23 };
}

/** How far down the symbol its place is. @param {string} kind @param {string} group */
export const footOf = (kind, group) =>
  shapeOf(kind, group).name === 'drop' ? PIN_SIZE.tip : PIN_SIZE.hit / 2;

/** @param {string} name @param {number} x @param {number} y */
function badge(name, x, y) {
  const disc = svg('circle', { cx: x, cy: y, r: 9, fill: WHITE, stroke: INK, 'stroke-width': 1.5 });
  return svg('g', { class: 'pin-badge' }, disc, symbolGlyph(name, x, y, 12, INK));
}

/** @param {number} count */
function tally(count) {
  const text = `×${count}`;
  const width = 10 + text.length * 7;
  const plate = {
    x: 50 - width,
    y: 32,
    width,
    height: 17,
    rx: 8.5,
    fill: INK,
    stroke: WHITE,
    'stroke-width': 1.5,
  };
  const words = { x: 50 - width / 2, y: 45, fill: WHITE, 'text-anchor': 'middle', class: 'pin-tally' };
  return svg('g', {}, svg('rect', plate), svg('text', words, text));
}

/** @param {PinLook} look @returns {SVGSVGElement} */
export function pinSymbol({ group, kind, icon: name, status, unsent, faint, count = 1, selected }) {
  const shape = shapeOf(kind, group);
  const { fill, icon: colour } = groupColours(group);
  const round = { d: shape.path, 'stroke-linejoin': 'round' };
  const el = symbolCanvas(`pin pin-${shape.name}`, PIN_SIZE.hit);
  if (faint) el.classList.add('pin-faint');
  if (selected) {
    el.classList.add('pin-selected');
    el.append(
      svg('path', { ...round, class: 'pin-ring', fill: 'none', stroke: INK, 'stroke-width': 16 }),
      svg('path', { ...round, class: 'pin-gap', fill: 'none', stroke: WHITE, 'stroke-width': 11 }),
    );
  }
  el.append(
    svg('path', { ...round, class: 'pin-halo', fill: WHITE, stroke: WHITE, 'stroke-width': 7 }),
    svg('path', {
      ...round,
      class: 'pin-line',
      fill: 'none',
      stroke: INK,
      'stroke-width': 3,
      ...(unsent ? { 'stroke-dasharray': '5 4' } : {}),
    }),
    svg('path', { d: shape.path, class: 'pin-fill', fill }),
    symbolGlyph(name, 28, shape.y, 22, colour),
  );
  const mark = status ? BADGES[status] : undefined;
  if (mark) el.append(badge(mark, 46, 10));
  if (unsent) el.append(badge('cloud-upload', 10, 10));
  if (count > 1) el.append(tally(count));
  return el;
}

/** @param {StopLook} look @returns {SVGSVGElement} */
export function stopSymbol({ order, current = false, done = false }) {
  const middle = PIN_SIZE.hit / 2;
  const el = symbolCanvas(`stop${current ? ' stop-current' : ''}${done ? ' stop-done' : ''}`, PIN_SIZE.hit);
  el.append(
    svg('circle', { cx: middle, cy: middle, r: current ? 18 : 15, class: 'stop-halo' }),
    svg('circle', { cx: middle, cy: middle, r: current ? 16 : 13, class: 'stop-disc' }),
    svg('text', { x: middle, y: middle + 5, 'text-anchor': 'middle', class: 'stop-number' }, String(order)),
  );
  if (done) el.append(badge('check', middle + 13, middle - 12));
  return el;
}
