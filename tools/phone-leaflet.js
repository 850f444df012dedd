/**
 * The part of Leaflet that the phone's map uses, for tools/bundle.py: js/shared/map.js and its parts, and the basemap's
 * layer, name no more of it. Left out are pictures, popups, tooltips, GeoJSON, layer lists, Leaflet's own keyboard and
 * zoom buttons. The desk, and the phone in development, have all of it from vendor/.
 */
import { Attribution } from 'leaflet/src/control/Control.Attribution.js';
import { Scale } from 'leaflet/src/control/Control.Scale.js';
import { create, remove, removeClass } from 'leaflet/src/dom/DomUtil.js';
import { LatLngBounds } from 'leaflet/src/geo/LatLngBounds.js';
import { Point } from 'leaflet/src/geometry/Point.js';
import { DivIcon } from 'leaflet/src/layer/marker/DivIcon.js';
import { Marker } from 'leaflet/src/layer/marker/Marker.js';
import { GridLayer } from 'leaflet/src/layer/tile/GridLayer.js';
import { Circle } from 'leaflet/src/layer/vector/Circle.js';
import { Polyline } from 'leaflet/src/layer/vector/Polyline.js';
import 'leaflet/src/layer/vector/Renderer.getRenderer.js';
import 'leaflet/src/map/handler/Map.DoubleClickZoom.js';
import 'leaflet/src/map/handler/Map.Drag.js';
import 'leaflet/src/map/handler/Map.ScrollWheelZoom.js';
import 'leaflet/src/map/handler/Map.TapHold.js';
import 'leaflet/src/map/handler/Map.TouchZoom.js';
import { Map as LeafletMap } from 'leaflet/src/map/Map.js';

globalThis.L = {
  Map: LeafletMap,
  Control: { Attribution, Scale },
  DomUtil: { create, remove, removeClass },
  ...{ LatLngBounds, Point, DivIcon, Marker, GridLayer, Circle, Polyline },
};
