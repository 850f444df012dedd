/**
 * Names on the basemap. The order of the rules is the order of importance: who comes first gets the room.
 * System fonts only. Light and sun use the same sizes; sun is bolder.
 */
import { is, isWalkway } from './basemap-kinds.js';

/** @typedef {import('./basemap-kinds.js').Protomaps} Protomaps */
/** @typedef {import('./basemap-palette.js').Palette} Palette */
/** @typedef {import('protomaps-leaflet').LabelRule} LabelRule */
/** @typedef {import('protomaps-leaflet').LabelSymbolizer} LabelSymbolizer */
/** @typedef {import('protomaps-leaflet').Feature} Feature */

const POINT = 1;
const FAMILY = 'system-ui,"Noto Sans",sans-serif';
const NAMED_PLACES = new Set([
  'school',
  'kindergarten',
  'library',
  'hospital',
  'police',
  'place_of_worship',
  'university',
  'college',
  'community_centre',
  'townhall',
  'supermarket',
  'playground',
  'museum',
  'theatre',
]);
const UNNAMED = new Set(['tree', 'street_lamp', 'entrance']);

const isStation = is('station');
/** @param {Feature} f */
const isMetro = (f) => f.props.kind_detail === 'subway';

/** @param {number} weight @param {number} size @param {string} [style] */
const font = (weight, size, style = '') => `${style} ${weight} ${size}px ${FAMILY}`.trim();

/** A letter in a round badge; it reserves its room as a name does. @param {string} letter @param {string} colour @param {string} halo @returns {LabelSymbolizer} */
function badge(letter, colour, halo) {
  const radius = 7;
  return {
    place(_layout, [[anchor]]) {
      const box = {
        minX: anchor.x - radius,
        minY: anchor.y - radius,
        maxX: anchor.x + radius,
        maxY: anchor.y + radius,
      };
      /** @param {CanvasRenderingContext2D} ink */
      const draw = (ink) => {
        ink.globalAlpha = 1;
        ink.fillStyle = colour;
        ink.strokeStyle = halo;
        ink.lineWidth = 1.5;
        ink.beginPath();
        ink.arc(0, 0, radius, 0, 2 * Math.PI);
        ink.fill();
        ink.stroke();
        ink.fillStyle = halo;
        ink.font = font(700, 9.5);
        ink.textAlign = 'center';
        ink.fillText(letter, 0, 3.4);
        ink.textAlign = 'start';
      };
      return [{ anchor, bboxes: [box], draw }];
    },
  };
}

/**
 * How names are written in this theme and language.
 * @param {Palette} c @param {string} lang @param {boolean} bold
 */
function writing(c, lang, bold) {
  /** @param {string} fill @param {number} weight @param {number} size @param {string} [style] */
  return (fill, weight, size, style) => ({
    labelProps: [`name:${lang}`, 'name'],
    fill,
    stroke: c.halo,
    width: bold ? 2.4 : 1.8,
    font: font(bold ? weight + 150 : weight, size, style),
    lineHeight: 1.35,
  });
}

/**
 * @param {Protomaps} P
 * @param {Palette} c
 * @param {string} lang
 * @param {boolean} bold
 * @returns {LabelRule[]}
 */
export function labelRules(P, c, lang, bold) {
  const text = writing(c, lang, bold);
  /** @param {string} dataLayer @param {LabelRule['filter']} filter @param {LabelSymbolizer} symbolizer @param {number} minzoom @param {number} [maxzoom] @returns {LabelRule} */
  const rule = (dataLayer, filter, symbolizer, minzoom, maxzoom = 30) => ({
    dataLayer,
    filter,
    symbolizer,
    minzoom,
    maxzoom,
  });
  /** @param {ConstructorParameters<Protomaps['CenteredTextSymbolizer']>[0]} look */
  const centred = (look) => new P.CenteredTextSymbolizer(look);
  /** @param {ReturnType<typeof text>} look */
  const along = (look) =>
    new P.LineLabelSymbolizer({ ...look, width: 3.2, position: 2, repeatDistance: 300 });
  /** @param {Feature} f */
  const name = (f) => Boolean(f.props.name);
  const metro = badge('M', c.metro, c.halo);

  return [
    rule('places', is('locality'), centred(text(c.text, 700, 16)), 0, 15),
    rule(
      'places',
      is('neighbourhood', 'macrohood'),
      centred({ ...text(c.text, 600, 13), letterSpacing: 1, textTransform: 'uppercase' }),
      12,
      16,
    ),
    rule('roads', is('highway', 'major_road'), along(text(c.text, 500, 12.5)), 13),
    rule('pois', is('park', 'cemetery'), centred(text(c.parkText, 500, 12.5, 'italic')), 14),
    rule('pois', (z, f) => isStation(z, f) && isMetro(f), metro, 14),
    rule('pois', isStation, badge('T', c.stop, c.halo), 14),
    rule('pois', is('subway_entrance'), metro, 17),
    rule(
      'roads',
      (_z, f) => f.props.kind === 'minor_road' || f.props.kind_detail === 'pedestrian',
      along(text(c.text, 500, 12)),
      15,
    ),
    rule('water', (_z, f) => f.geomType === POINT, centred(text(c.waterText, 500, 12, 'italic')), 13),
    rule('pois', is('bus_stop', 'tram_stop'), badge('H', c.stop, c.halo), 16),
    rule('roads', isWalkway, new P.LineLabelSymbolizer({ ...text(c.path, 500, 11.5), width: 3 }), 16),
    rule(
      'pois',
      (_z, f) => name(f) && NAMED_PLACES.has(String(f.props.kind)),
      centred(text(c.poi, 500, 11.5)),
      15,
    ),
    rule('pois', is('playground'), badge('L', c.tree, c.halo), 17),
    rule(
      'buildings',
      is('address'),
      centred({ ...text(c.number, 500, 11), labelProps: ['addr_housenumber'] }),
      18,
    ),
    rule('pois', (_z, f) => name(f) && !UNNAMED.has(String(f.props.kind)), centred(text(c.poi, 500, 11)), 19),
  ];
}
