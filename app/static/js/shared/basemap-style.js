/**
 * The whole look of the basemap for one theme: ground colour, paint rules from the ground up, label rules by
 * importance, as protomaps-leaflet takes them. Pure assembly of its sister files.
 */
import { furnitureRules } from './basemap-furniture.js';
import { areaRules, builtRules } from './basemap-ground.js';
import { labelRules } from './basemap-labels.js';
import { PALETTES } from './basemap-palette.js';
import { carTunnelRules, roadRules, walkRules } from './basemap-roads.js';

/**
 * @param {typeof import('protomaps-leaflet')} P the drawing library
 * @param {{theme: import('./map.js').Theme, lang: string, lit: boolean}} look
 */
export function basemapStyle(P, { theme, lang, lit }) {
  const palette = PALETTES[theme];
  return {
    backgroundColor: palette.ground,
    paintRules: [
      ...areaRules(P, palette),
      ...carTunnelRules(P, palette), // below the buildings
      ...builtRules(P, palette),
      ...roadRules(P, palette),
      ...walkRules(P, palette, lit),
      ...furnitureRules(palette, lit),
    ],
    labelRules: labelRules(P, palette, lang, theme === 'sun'),
  };
}
