/**
 * The ground of the basemap: land, parks, water, buildings, walls and hedges.
 */
import { detail, is, kind } from './basemap-kinds.js';

/** @typedef {import('./basemap-kinds.js').Protomaps} Protomaps */
/** @typedef {import('./basemap-kinds.js').Palette} Palette */
/** @typedef {import('./basemap-kinds.js').Feature} Feature */
/** @typedef {import('./basemap-kinds.js').Test} Test */
/** @typedef {import('protomaps-leaflet').PaintRule} PaintRule */

const POLYGON = 3;
const LINE = 2;

/** @param {Protomaps} P @param {Palette} c @returns {PaintRule[]} */
export function areaRules(P, c) {
  /** @param {string} dataLayer @param {string} colour @param {Test} [filter] @param {object} [edge] @returns {PaintRule} */
  const fill = (dataLayer, colour, filter, edge = {}) => ({
    dataLayer,
    ...(filter && { filter }),
    symbolizer: new P.PolygonSymbolizer({ fill: colour, ...edge }),
  });
  const streams = P.exp(1.6, [
    [9, 0.5],
    [14, 2],
    [18, 8],
  ]);
  return [
    fill('earth', c.earth),
    fill('landuse', c.residential, is('residential')),
    fill('landuse', c.industrial, is('industrial', 'commercial', 'retail', 'railway', 'construction')),
    fill(
      'landuse',
      c.park,
      is(
        'park',
        'cemetery',
        'village_green',
        'allotments',
        'recreation_ground',
        'golf_course',
        'grass',
        'meadow',
        'grassland',
        'nature_reserve',
        'dog_park',
        'national_park',
        'zoo',
        'heath',
      ),
    ),
    fill('landuse', c.garden, is('garden', 'flowerbed')),
    fill('landuse', c.wood, is('wood', 'forest', 'scrub', 'wetland')),
    fill('landuse', c.school, is('school', 'kindergarten', 'university', 'college', 'beach', 'sand')),
    fill('landuse', c.hospital, is('hospital')),
    fill('landuse', c.parking, is('parking'), { stroke: c.casing, width: 0.7 }),
    fill('landuse', c.paved, is('pedestrian', 'platform', 'pier')),
    fill('landuse', c.pitch, is('pitch'), { stroke: c.tree, width: 0.7 }),
    fill('landuse', c.play, is('playground'), { stroke: c.tree, width: 1 }),
    fill('water', c.water, (_zoom, f) => f.geomType === POLYGON),
    {
      dataLayer: 'water',
      filter: (_zoom, f) => f.geomType === LINE && !f.props.is_tunnel,
      symbolizer: new P.LineSymbolizer({
        color: c.water,
        width: streams,
        lineCap: 'round',
        lineJoin: 'round',
      }),
    },
  ];
}

/** @param {Protomaps} P @param {Palette} c @returns {PaintRule[]} */
export function builtRules(P, c) {
  return [
    {
      dataLayer: 'buildings',
      filter: (_zoom, f) => f.geomType === POLYGON,
      symbolizer: new P.PolygonSymbolizer({
        fill: c.building,
        stroke: c.buildingEdge,
        width: (zoom) => (zoom >= 16 ? 1 : 0.5),
      }),
    },
    {
      dataLayer: 'barriers',
      minzoom: 16,
      filter: (_zoom, f) => kind(f) === 'barrier' && detail(f) !== 'hedge',
      symbolizer: new P.LineSymbolizer({ color: c.barrier, width: 0.9, perFeature: true }),
    },
    {
      dataLayer: 'barriers',
      minzoom: 16,
      filter: (_zoom, f) => detail(f) === 'hedge' || kind(f) === 'tree_row',
      symbolizer: new P.LineSymbolizer({ color: c.tree, width: 2.2, opacity: 0.8, perFeature: true }),
    },
  ];
}
