/**
 * How much of the area that is being drawn the chosen offline map covers, said plainly while one draws.
 */
import { t } from '../shared/i18n.js';

/** @import {Box, Place} from './corners.js' */

const NEAR = 1e-4;

/** Ten metres are no difference. @param {Box} map @param {Box} area @returns {'whole' | 'part' | 'none'} */
export function cover(map, area) {
  const apart = area[0] >= map[2] || area[2] <= map[0] || area[1] >= map[3] || area[3] <= map[1];
  if (apart) return 'none';
  const rooms = [area[0] - map[0], area[1] - map[1], map[2] - area[2], map[3] - area[3]];
  return rooms.every((room) => room >= -NEAR) ? 'whole' : 'part';
}

/** @param {Place[]} corners at least one @returns {Box} */
export function boxAround(corners) {
  const [lons, lats] = [corners.map(({ lon }) => lon), corners.map(({ lat }) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** @param {Box | null} map null for none chosen @param {Place[]} corners of the area, none while it is no area */
export function tellCover(map, corners) {
  const line = document.getElementById('pack-cover');
  if (!line) return;
  const words = {
    whole: t('This map covers the whole area.'),
    part: t('This map covers a part of the area. How to get a larger one is shown after saving.'),
    none: t('This map is of another place. How to get one of the area is shown after saving.'),
  };
  const told = map && corners.length > 0 ? words[cover(map, boxAround(corners))] : '';
  if (line.textContent !== told) line.textContent = told;
}
