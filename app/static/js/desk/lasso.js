/**
 * A line drawn on the map by mouse, pen or finger: freehand or a rectangle. Lies over the map while it is drawn and
 * takes every press; Escape gives up. Says what was drawn and nothing else.
 */
import { announce, h, on } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { svg } from '../shared/symbols.js';
import { rectangle } from './ring.js';

/** @typedef {import('./corners.js').Point} Point */
/** @typedef {'free' | 'rectangle'} Form */

/** Pixels between two points of a line. */
const STEP = 5;

/**
 * @param {HTMLElement} pane that the line is drawn in
 * @param {Form} form
 * @param {(ring: Point[] | null) => void} done null when it was given up
 */
export function drawLasso(pane, form, done) {
  /** @type {Point[]} */
  let line = [];
  const shape = svg('polygon', { class: 'lasso__line', points: '' });
  const frame = svg('svg', { class: 'lasso__frame', 'aria-hidden': 'true', focusable: 'false' }, shape);
  const cover = h('div', { class: 'lasso' });
  const giveUp = () => end(null);
  const hint = h(
    'div',
    { class: 'mappane__hint' },
    h('span', { class: 'grow' }, t('Draw on the map. Esc gives up.')),
    h('button', { type: 'button', class: 'btn', onclick: giveUp }, t('Cancel')),
  );
  cover.append(frame);

  /** @param {PointerEvent} event @returns {Point} */
  const pointOf = ({ clientX, clientY }) => {
    const { left, top } = cover.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const ring = () => (form === 'free' || line.length < 2 ? line : rectangle(line[0], line[1]));
  /** @param {Point[] | null} drawn */
  const end = (drawn) => {
    cover.remove();
    hint.remove();
    stopKeys();
    done(drawn);
  };
  on(cover, 'pointerdown', (event) => {
    event.preventDefault();
    cover.setPointerCapture(event.pointerId);
    line = [pointOf(event)];
  });
  on(cover, 'pointermove', (event) => {
    if (line.length === 0) return;
    const point = pointOf(event);
    const last = line[line.length - 1];
    if (form === 'rectangle') line = [line[0], point];
    else if (Math.hypot(point.x - last.x, point.y - last.y) >= STEP) line.push(point);
    shape.setAttribute(
      'points',
      ring()
        .map(({ x, y }) => `${x},${y}`)
        .join(' '),
    );
  });
  on(cover, 'pointerup', () => end(ring()));
  on(cover, 'pointercancel', giveUp);
  const stopKeys = on(
    document,
    'keydown',
    (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      giveUp();
    },
    { capture: true },
  );
  pane.append(cover, hint);
  announce(t('Draw on the map. Esc gives up.'));
}
