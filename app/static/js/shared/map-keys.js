/**
 * The map by keyboard: arrows pan 10 px (100 with Shift), plus and minus zoom, Enter and Escape are the page's.
 * Only when the map region itself has focus; pins and stops have keys of their own (map-spots.js).
 */

const STEP = 10;
const LEAP = 100;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {HTMLElement} el
 * @param {{panBy: (x: number, y: number) => void, zoomIn: () => void, zoomOut: () => void}} map
 * @param {{enter?: () => void, leave?: () => void}} what
 * @returns {() => void} stops listening
 */
export function onMapKeys(el, map, { enter, leave }) {
  /** @param {KeyboardEvent} event */
  const listen = (event) => {
    if (event.target !== el || event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? LEAP : STEP;
    if (arrow) map.panBy(arrow[0] * step, arrow[1] * step);
    else if (event.key === '+' || event.key === '=') map.zoomIn();
    else if (event.key === '-' || event.key === '_') map.zoomOut();
    else if (event.key === 'Enter' && enter) enter();
    else if (event.key === 'Escape' && leave) leave();
    else return;
    event.preventDefault();
  };
  el.addEventListener('keydown', listen);
  return () => el.removeEventListener('keydown', listen);
}
