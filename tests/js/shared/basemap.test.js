import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PMTiles } from 'pmtiles';
import { PALETTES } from '../../../app/static/js/shared/basemap-palette.js';
import { contrast } from './colour.js';

// The modules take these from the browser when they are used or loaded.
Object.assign(globalThis, { L: {}, Path2D: class {} });
const { BlobSource } = await import('../../../app/static/js/shared/basemap.js');
const { basemapStyle } = await import('../../../app/static/js/shared/basemap-style.js');

/** Symbolizers that remember what they were told. */
class Told {
  /** @param {any} options */
  constructor(options) {
    Object.assign(this, { options });
  }
}
const P = /** @type {any} */ ({
  exp: () => () => 1,
  PolygonSymbolizer: class Polygon extends Told {},
  LineSymbolizer: class Line extends Told {},
  CenteredTextSymbolizer: class Centred extends Told {},
  LineLabelSymbolizer: class Along extends Told {},
});
/** @param {Record<string, any>} props @param {number} [geomType] */
const feature = (props, geomType = 2) => /** @type {any} */ ({ props, geomType });

/** The colours that a feature of the layer is drawn with at a zoom. @param {'light' | 'dark' | 'sun'} theme @param {string} layer @param {any} f @param {boolean} [lit] */
function drawn(theme, layer, f, lit = true) {
  const { paintRules } = basemapStyle(P, { theme, lang: 'sv', lit });
  return paintRules
    .filter((rule) => rule.dataLayer === layer && (!rule.filter || rule.filter(18, f)))
    .map(({ symbolizer }) => /** @type {any} */ (symbolizer).options)
    .map((options) => options?.dashColor ?? options?.color ?? options?.fill);
}

test('a Blob is read in slices by a real PMTiles reader', async () => {
  const blob = new Blob([readFileSync('app/data/packs/helsinki-mini.pmtiles')]);
  const archive = new PMTiles(new BlobSource(blob));
  const header = await archive.getHeader();
  assert.deepEqual([header.minZoom, header.maxZoom], [10, 15]);
  const [x, y] = [Math.floor(((24.945 + 180) / 360) * 2 ** 15), 9484];
  const tile = await archive.getZxy(15, x, y);
  assert.ok(tile && tile.data.byteLength > 1000, 'the tile of the park has content');
});

test('what is no PMTiles file is an error', async () => {
  const archive = new PMTiles(new BlobSource(new Blob(['<html>Log in to the network</html>'.repeat(600)])));
  await assert.rejects(archive.getHeader());
});

test('walking tunnels are drawn with a strong edge in every theme', () => {
  const tunnel = feature({ kind: 'path', kind_detail: 'footway', is_tunnel: true });
  for (const theme of /** @type {const} */ (['light', 'dark', 'sun'])) {
    const palette = PALETTES[theme];
    assert.ok(drawn(theme, 'roads', tunnel).includes(palette.underpassEdge), theme);
    assert.ok(contrast(palette.underpassEdge, palette.building) >= 4.5, `${theme}: edge on buildings`);
    assert.ok(contrast(palette.underpassEdge, palette.underpass) >= 4.5, `${theme}: edge on its floor`);
  }
});

test('what is known about light is drawn, what is unknown is not', () => {
  const path = (/** @type {string | undefined} */ lit) =>
    feature({ kind: 'path', kind_detail: 'footway', lit });
  const { glow, unlit } = PALETTES.light;
  assert.ok(drawn('light', 'roads', path('yes')).includes(glow));
  assert.ok(drawn('light', 'roads', path('no')).includes(unlit));
  for (const colour of [glow, unlit]) assert.ok(!drawn('light', 'roads', path(undefined)).includes(colour));
});

test('without the light layer, dark paths look like any path', () => {
  const path = feature({ kind: 'path', kind_detail: 'footway', lit: 'no' });
  assert.deepEqual(
    drawn('light', 'roads', path, false),
    drawn('light', 'roads', feature({ kind: 'path', kind_detail: 'footway' }), false),
  );
});

test('railway and metro have different badges', () => {
  const { labelRules } = basemapStyle(P, { theme: 'light', lang: 'sv', lit: true });
  /** @param {any} f */
  const letter = (f) => {
    const rule = labelRules.find((one) => one.dataLayer === 'pois' && one.filter?.(18, f));
    const ink = /** @type {any} */ ({
      beginPath() {},
      arc() {},
      fill() {},
      stroke() {},
      fillText(/** @type {string} */ text) {
        this.text = text;
      },
    });
    const [label] =
      rule?.symbolizer.place(/** @type {any} */ (null), /** @type {any} */ ([[{ x: 0, y: 0 }]]), f) ?? [];
    label?.draw(ink);
    return ink.text;
  };
  assert.equal(letter(feature({ kind: 'station' }, 1)), 'T');
  assert.equal(letter(feature({ kind: 'station', kind_detail: 'subway' }, 1)), 'M');
  assert.equal(letter(feature({ kind: 'subway_entrance' }, 1)), 'M');
});

test('names are readable on the ground of each theme; in sun they are ink on white', () => {
  for (const [theme, palette] of Object.entries(PALETTES)) {
    for (const ground of [palette.earth, palette.road, palette.building]) {
      assert.ok(contrast(palette.text, ground) >= 4.5, `${theme}: text on ${ground}`);
    }
    for (const name of /** @type {const} */ (['path', 'cycle', 'steps', 'unlit'])) {
      assert.ok(contrast(palette[name], palette.earth) >= 3, `${theme}: ${name}`);
    }
  }
  assert.ok(contrast(PALETTES.sun.text, PALETTES.sun.earth) >= 15);
});

test('names come in the language of the page, then as on the sign', () => {
  const { labelRules } = basemapStyle(P, { theme: 'light', lang: 'fi', lit: true });
  const roads = labelRules.find(({ dataLayer }) => dataLayer === 'roads');
  assert.deepEqual(/** @type {any} */ (roads)?.symbolizer.options.labelProps, ['name:fi', 'name']);
});

test('parks are green and water is not', () => {
  const { park, water } = PALETTES.dark;
  assert.ok(drawn('dark', 'landuse', feature({ kind: 'park' }, 3)).includes(park));
  assert.ok(drawn('dark', 'water', feature({ kind: 'water' }, 3)).includes(water));
});
