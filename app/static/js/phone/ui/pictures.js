/**
 * Small drawings that are no icons of the sprite. Makes SVG elements and nothing else.
 */
const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Element} children */
function svg(tag, attributes, ...children) {
  const el = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, String(value));
  el.append(...children);
  return el;
}

/** The crosshair: ink in a halo, so that it stands out on any ground; its dot is the place. */
export function crosshair() {
  const lines = 'M28 3v13M28 40v13M3 28h13M40 28h13';
  /** @param {'halo' | 'ink'} part */
  const layer = (part) => [
    svg('circle', { cx: 28, cy: 28, r: 14, 'data-part': part }),
    svg('path', { d: lines, 'stroke-linecap': 'round', 'data-part': part }),
  ];
  const dot = svg('circle', { cx: 28, cy: 28, r: 3.5, 'data-part': 'dot' });
  return svg(
    'svg',
    { class: 'crosshair', viewBox: '0 0 56 56', 'aria-hidden': 'true' },
    ...layer('halo'),
    ...layer('ink'),
    dot,
  );
}
