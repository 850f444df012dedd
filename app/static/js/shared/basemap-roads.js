/**
 * Roads, paths and tunnels. A safety walk is about walking: foot paths, steps and underpasses are drawn stronger than
 * on a common map. Unknown light is not drawn at all: it is not darkness.
 */
import {
  detail,
  is,
  isCarRoad,
  isCycleway,
  isMain,
  isSide,
  isWalkway,
  kind,
  widths,
} from './basemap-kinds.js';

/** @typedef {import('./basemap-kinds.js').Protomaps} Protomaps */
/** @typedef {import('./basemap-kinds.js').Palette} Palette */
/** @typedef {import('./basemap-kinds.js').Feature} Feature */
/** @typedef {import('./basemap-kinds.js').Test} Test */
/** @typedef {import('protomaps-leaflet').PaintRule} PaintRule */

const ROUND = /** @type {const} */ ({ lineCap: 'round', lineJoin: 'round' });
const BUTT = /** @type {const} */ ({ lineCap: 'butt', perFeature: true });

/**
 * One rule for lines of the roads layer.
 * @param {Protomaps} P @param {Test} filter @param {ConstructorParameters<Protomaps['LineSymbolizer']>[0]} drawing @param {number} [minzoom]
 * @returns {PaintRule}
 */
function line(P, filter, drawing, minzoom = 0) {
  return { dataLayer: 'roads', minzoom, filter, symbolizer: new P.LineSymbolizer({ ...ROUND, ...drawing }) };
}

/** @param {Protomaps} P @param {Palette} c @returns {PaintRule[]} */
export function carTunnelRules(P, c) {
  const { road } = widths(P);
  return [
    line(P, (z, f) => isCarRoad(z, f) && Boolean(f.props.is_tunnel), {
      color: c.tunnel,
      width: road,
      opacity: 0.8,
      perFeature: true,
    }),
  ];
}

/** @param {Protomaps} P @param {Palette} c @returns {PaintRule[]} */
export function roadRules(P, c) {
  const { road } = widths(P);
  /** @param {Test} test @returns {Test} */
  const open = (test) => (z, f) => isCarRoad(z, f) && !f.props.is_tunnel && test(z, f);
  /** @param {number} zoom @param {Feature} [f] */
  const cased = (zoom, f) => road(zoom, f) + (zoom >= 15 ? 1.6 : 0.8);
  return [
    line(P, (_z, f) => kind(f) === 'rail' && !f.props.is_tunnel, {
      color: c.rail,
      width: P.exp(1.6, [
        [11, 0.5],
        [15, 1.2],
        [18, 3],
      ]),
    }),
    line(
      P,
      open(() => true),
      { color: (_z, f) => (f && isMain(f) ? c.majorCasing : c.casing), width: cased, perFeature: true },
      13,
    ),
    line(
      P,
      open((_z, f) => !isMain(f)),
      {
        color: (_z, f) => (f && detail(f) === 'pedestrian' ? c.paved : c.road),
        width: road,
        perFeature: true,
      },
    ),
    line(P, open(is('major_road')), { color: c.major, width: road, perFeature: true }),
    line(P, open(is('highway')), { color: c.highway, width: road, perFeature: true }),
    line(
      P,
      (z, f) => isCarRoad(z, f) && Boolean(f.props.is_tunnel),
      { dash: [4, 3], dashColor: c.tunnelEdge, dashWidth: 1.4, ...BUTT },
      15,
    ),
  ];
}

/** @param {Protomaps} P @param {Palette} c @param {boolean} lit @returns {PaintRule[]} */
export function walkRules(P, c, lit) {
  const { path } = widths(P);
  /** @param {Test} test @returns {Test} */
  const main = (test) => (z, f) => isWalkway(z, f) && !isSide(f) && test(z, f);
  /** @param {Feature} f */
  const knownDark = (f) => lit && f.props.lit === 'no';
  /** @type {Test} */
  const underpass = main((_z, f) => Boolean(f.props.is_tunnel));
  const band = line(
    P,
    main((_z, f) => f.props.lit === 'yes'),
    { color: c.glow, width: (z) => path(z) + 5, perFeature: true, opacity: 0.75 },
    16,
  );
  return [
    ...(lit ? [band] : []),
    line(
      P,
      main(() => true),
      { color: c.pathHalo, width: (z) => path(z) + 1.8, opacity: 0.85 },
      14,
    ),
    line(
      P,
      (z, f) => isWalkway(z, f) && isSide(f),
      { color: c.path, width: (z) => Math.max(0.5, path(z) * 0.45), opacity: 0.45 },
      16,
    ),
    line(
      P,
      main((_z, f) => !isCycleway(f) && detail(f) !== 'steps' && !knownDark(f)),
      { dash: [5, 2.5], dashColor: c.path, dashWidth: path, ...BUTT },
      14,
    ),
    line(
      P,
      main((_z, f) => isCycleway(f) && !knownDark(f)),
      { dash: [8, 2], dashColor: c.cycle, dashWidth: path, ...BUTT },
      14,
    ),
    line(
      P,
      main((_z, f) => knownDark(f)),
      { dash: [2, 3], dashColor: c.unlit, dashWidth: (z) => path(z) + 0.6, ...BUTT },
      14,
    ),
    line(
      P,
      main((_z, f) => detail(f) === 'steps'),
      { dash: [1.6, 1.6], dashColor: c.steps, dashWidth: (z) => path(z) * 2.2, ...BUTT },
      15,
    ),
    // An underpass is where many feel least safe: strong edges, a light floor, seen on any ground.
    line(
      P,
      underpass,
      { dash: [3, 2], dashColor: c.underpassEdge, dashWidth: (z) => path(z) + 3.6, ...BUTT },
      15,
    ),
    line(P, underpass, { color: c.underpass, width: (z) => path(z) + 1, ...BUTT }, 15),
  ];
}
