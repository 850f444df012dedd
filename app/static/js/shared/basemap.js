/**
 * The basemap from one PMTiles file: a Blob that the phone keeps (read in slices, no network), or a URL that answers
 * ranges (the desk). Owns the drawing library, loaded on first use from vendor/; promises that a damaged or missing
 * file is an error here and never a half map. Colours and rules are basemap-style.js; the page sets the layer with
 * map.setBase() and makes a new one for another theme or language.
 */
import { asset } from './assets.js';
import { basemapStyle } from './basemap-style.js';
import { pixelRatio } from './map.js';

/** @typedef {typeof import('protomaps-leaflet')} Protomaps */
/** @typedef {{theme?: import('./map.js').Theme, lang?: string, lit?: boolean}} BasemapLook */

/** The page says where a smaller one is, made for the phone. */
const LIBRARY = globalThis.document?.documentElement.dataset.basemap ?? asset('vendor/protomaps-leaflet.js');

/** @type {Promise<Protomaps> | null} */
let loading = null;

/** The library is a classic script that needs Leaflet's global; once is enough. @returns {Promise<Protomaps>} */
function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = LIBRARY;
    script.onload = () => resolve(/** @type {any} */ (globalThis).protomapsL);
    script.onerror = () => {
      loading = null;
      reject(new Error('The map library could not be loaded'));
    };
    document.head.append(script);
  });
  return loading;
}

/** Reads a PMTiles archive out of a Blob; the bytes stay where the browser keeps them. */
export class BlobSource {
  /** @param {Blob} blob */
  constructor(blob) {
    this.blob = blob;
  }

  getKey() {
    return 'blob';
  }

  /** @param {number} offset @param {number} length */
  async getBytes(offset, length) {
    return { data: await this.blob.slice(offset, offset + length).arrayBuffer() };
  }
}

/**
 * The library carries a PMTiles reader of its own; a second one need not be shipped.
 * @param {Protomaps} P @param {Blob | string} source
 */
function archiveOf(P, source) {
  const archive = new P.PmtilesSource(typeof source === 'string' ? source : 'blob.pmtiles', true).p;
  if (typeof source !== 'string') archive.source = new BlobSource(source);
  return archive;
}

/**
 * @param {import('./map.js').WalkMap} map
 * @param {Blob | string} source
 * @param {BasemapLook} [look] `lit`: show lamps and what is known about lit and unlit paths
 * @returns {Promise<L.Layer>} for map.setBase()
 */
export async function createBasemap(map, source, { theme = 'light', lang = 'sv', lit = true } = {}) {
  const P = await library();
  const archive = archiveOf(P, source);
  const header = await archive.getHeader();
  const layer = P.leafletLayer({
    url: archive,
    maxDataZoom: header.maxZoom,
    maxZoom: map.leaflet.getMaxZoom(),
    devicePixelRatio: pixelRatio(),
    attribution: '',
    lang,
    noWrap: true,
    ...basemapStyle(P, { theme, lang, lit }),
  });
  // The library's types know nothing of the Leaflet layer it extends.
  return /** @type {L.Layer} */ (/** @type {unknown} */ (layer));
}
