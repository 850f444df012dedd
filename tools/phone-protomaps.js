/**
 * The part of protomaps-leaflet that our basemap uses, for tools/bundle.py: js/shared/basemap*.js name no more of it.
 * From its sources, as the published build keeps all of itself; its ready-made looks come from packages that
 * tools/phone-nothing.js stands for. The desk, and the phone in development, have all of it from vendor/.
 */
import { leafletLayer } from '../node_modules/protomaps-leaflet/src/frontends/leaflet.ts';
import {
  CenteredTextSymbolizer,
  exp,
  LineLabelSymbolizer,
  LineSymbolizer,
  PolygonSymbolizer,
} from '../node_modules/protomaps-leaflet/src/symbolizer.ts';
import { PmtilesSource } from '../node_modules/protomaps-leaflet/src/tilecache.ts';

globalThis.protomapsL = {
  ...{ leafletLayer, PmtilesSource, exp },
  ...{ CenteredTextSymbolizer, LineLabelSymbolizer, LineSymbolizer, PolygonSymbolizer },
};
