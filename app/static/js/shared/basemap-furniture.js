/**
 * Lamps, trees, benches, bins, cameras and entrances: small marks at their spot, never in the way of names.
 */
import { is, kind } from './basemap-kinds.js';

/** @typedef {import('./basemap-kinds.js').Palette} Palette */
/** @typedef {import('./basemap-kinds.js').Feature} Feature */
/** @typedef {import('./basemap-kinds.js').Test} Test */
/** @typedef {import('protomaps-leaflet').PaintRule} PaintRule */
/** @typedef {import('protomaps-leaflet').PaintSymbolizer} PaintSymbolizer */
/** @typedef {{x: number, y: number}} Spot */

const TURN = 2 * Math.PI;

/**
 * Small furniture: drawn at its spot, never in the way of names.
 * @param {(ink: CanvasRenderingContext2D, spot: Spot, zoom: number, f: Feature) => void} paint
 * @returns {PaintSymbolizer}
 */
function dots(paint) {
  return {
    draw(ink, geometry, zoom, f) {
      for (const [spot] of geometry) {
        ink.save();
        ink.globalAlpha = 1;
        paint(ink, spot, zoom, f);
        ink.restore();
      }
    },
  };
}

/** @param {CanvasRenderingContext2D} ink @param {Spot} spot @param {number} radius @param {string} colour */
function disc(ink, { x, y }, radius, colour) {
  ink.fillStyle = colour;
  ink.beginPath();
  ink.arc(x, y, radius, 0, TURN);
  ink.fill();
}

/** @type {Record<string, string>} strokes within 11 by 11 px around the spot */
const GLYPHS = {
  bench: 'M-4 0h8M-3 0v3M3 0v3M-4-2.5h8',
  waste_basket: 'M-3-3l1 6.5h4l1-6.5zM-4-3h8',
  surveillance: 'M-4-2h5.5v4h-5.5zM1.5 0L4-2v4z',
  entrance: 'M-3 2.5L0-2.5L3 2.5z',
  bicycle_parking:
    'M-4.5 1.2a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0M.7 1.2a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0M-2.6 1.2L0-2l2.6 3.2',
};

/** @param {Palette} c @param {boolean} lit @returns {PaintRule[]} */
export function furnitureRules(c, lit) {
  /** @param {number} minzoom @param {Test} filter @param {Parameters<typeof dots>[0]} paint @returns {PaintRule} */
  const rule = (minzoom, filter, paint) => ({ dataLayer: 'pois', minzoom, filter, symbolizer: dots(paint) });
  const shapes = Object.fromEntries(Object.entries(GLYPHS).map(([name, path]) => [name, new Path2D(path)]));
  /** @type {Parameters<typeof dots>[0]} */
  const glyph = (ink, spot, zoom, f) => {
    ink.translate(spot.x, spot.y);
    ink.scale(zoom >= 19 ? 1.5 : 1.05, zoom >= 19 ? 1.5 : 1.05);
    ink.globalAlpha = 0.8;
    disc(ink, { x: 0, y: 0 }, 6, c.halo);
    ink.globalAlpha = 1;
    ink.strokeStyle = c.glyph;
    ink.lineWidth = 1.2;
    ink.lineJoin = 'round';
    ink.stroke(shapes[kind(f)]);
  };
  const lamps = rule(16, is('street_lamp'), (ink, spot, zoom) => {
    disc(ink, spot, zoom >= 18 ? 13 : zoom >= 17 ? 8 : 5, c.glow);
    disc(ink, spot, zoom >= 17 ? 2.2 : 1.4, c.lamp);
    if (zoom < 17) return;
    ink.strokeStyle = c.lampRing;
    ink.lineWidth = 0.8;
    ink.stroke();
  });
  const trees = rule(17, is('tree'), (ink, spot, zoom) => {
    ink.globalAlpha = 0.55;
    disc(ink, spot, zoom >= 18 ? 5 : 3, c.tree);
  });
  return [
    trees,
    ...(lit ? [lamps] : []),
    rule(17, is('bench', 'waste_basket', 'surveillance', 'bicycle_parking'), glyph),
    rule(18, is('entrance'), glyph),
  ];
}
