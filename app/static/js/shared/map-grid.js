/**
 * What the map shows when there is no basemap: quiet squares that move and scale with it, so that panning is seen
 * and pins keep their distances. Drawn on canvas; readable in light, dark and sun.
 */

/** @typedef {import('./map.js').Theme} Theme */

const TILE = 256;
const CELLS = 4;
/** @type {Record<Theme, {ground: string, thin: string, strong: string}>} */
const COLOURS = {
  light: { ground: '#f4f2ee', thin: '#dcd8d0', strong: '#b9b2a6' },
  dark: { ground: '#15181d', thin: '#262b33', strong: '#434b57' },
  sun: { ground: '#ffffff', thin: '#a8a8a8', strong: '#3a3a3a' },
};

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {Theme} theme
 */
export function paintGrid(ink, theme) {
  const { ground, thin, strong } = COLOURS[theme];
  ink.fillStyle = ground;
  ink.fillRect(0, 0, TILE, TILE);
  for (let cell = 0; cell < CELLS; cell++) {
    const at = (cell * TILE) / CELLS + 0.5;
    ink.strokeStyle = cell === 0 ? strong : thin;
    ink.beginPath();
    ink.moveTo(at, 0);
    ink.lineTo(at, TILE);
    ink.moveTo(0, at);
    ink.lineTo(TILE, at);
    ink.stroke();
  }
}

export class Grid {
  #theme;

  /** @param {typeof import('leaflet')} L @param {Theme} theme @param {number} ratio device pixels per CSS pixel */
  constructor(L, theme, ratio) {
    this.#theme = theme;
    this.layer = new L.GridLayer({ maxZoom: 24 });
    Object.assign(this.layer, { createTile: () => this.#tile(ratio) });
  }

  /** @param {number} ratio */
  #tile(ratio) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = TILE * ratio;
    const ink = tile.getContext('2d');
    if (ink) {
      ink.scale(ratio, ratio);
      paintGrid(ink, this.#theme);
    }
    return tile;
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    this.#theme = theme;
    this.layer.redraw();
  }
}
