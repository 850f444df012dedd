/**
 * What the things in the tiles are: the questions that paint and label rules ask of a feature, and how wide a road is
 * at a zoom. Tiles follow the Protomaps schema with our additions (lit, street_lamp, barriers). Draws nothing.
 */

/** @typedef {typeof import('protomaps-leaflet')} Protomaps */
/** @typedef {import('protomaps-leaflet').Feature} Feature */
/** @typedef {import('./basemap-palette.js').Palette} Palette */
/** @typedef {(zoom: number, feature: Feature) => boolean} Test */

/** @param {Feature} f */
export const kind = (f) => /** @type {string} */ (f.props.kind);
/** @param {Feature} f */
export const detail = (f) => /** @type {string} */ (f.props.kind_detail);
/** @param {...string} kinds @returns {Test} */
export const is = (...kinds) => {
  const wanted = new Set(kinds);
  return (_zoom, f) => wanted.has(kind(f));
};

const CAR = new Set(['highway', 'major_road', 'minor_road']);
/** @type {Test} */
export const isCarRoad = (_zoom, f) => CAR.has(kind(f)) || (kind(f) === 'path' && detail(f) === 'pedestrian');
/** @type {Test} */
export const isWalkway = (_zoom, f) =>
  (kind(f) === 'path' || kind(f) === 'other') && detail(f) !== 'pedestrian' && detail(f) !== 'pier';
/** @param {Feature} f */
export const isSide = (f) => detail(f) === 'sidewalk' || detail(f) === 'crossing';
/** @param {Feature} f */
export const isMain = (f) => kind(f) === 'major_road' || kind(f) === 'highway';
/** @param {Feature} f */
export const isCycleway = (f) => Boolean(f.props.bicycle) || detail(f) === 'cycleway';

/** @param {Protomaps} P */
export function widths({ exp }) {
  const path = exp(1.6, [
    [13, 0.5],
    [15, 1],
    [17, 2.2],
    [20, 7],
  ]);
  const minor = exp(1.6, [
    [12, 0.4],
    [14, 1.6],
    [16, 5],
    [18, 12],
    [20, 34],
  ]);
  const service = exp(1.6, [
    [13, 0.3],
    [15, 1.2],
    [16, 2.6],
    [18, 7],
    [20, 18],
  ]);
  const major = exp(1.6, [
    [6, 0.4],
    [12, 1.8],
    [15, 5],
    [16, 8],
    [18, 17],
    [20, 44],
  ]);
  const highway = exp(1.6, [
    [6, 1],
    [12, 2.6],
    [15, 7],
    [18, 20],
    [20, 50],
  ]);
  /** @param {number} zoom @param {Feature} [f] */
  const road = (zoom, f) => {
    if (!f) return minor(zoom);
    if (kind(f) === 'highway') return highway(zoom);
    if (kind(f) === 'major_road') return major(zoom);
    return detail(f) === 'service' ? service(zoom) : minor(zoom);
  };
  return { path, road };
}
