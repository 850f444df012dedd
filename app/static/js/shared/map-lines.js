/**
 * Lines and rings: the walk's route with a casing, the area's boundary, and where the phone is with how sure it is.
 * Colours live in map.css, so a change of theme redraws nothing here. None of it takes taps or focus.
 */

/** @typedef {[number, number]} LonLat */
/** @typedef {{lat: number, lon: number, accuracy_m: number | null}} Fix */

/** @param {LonLat[]} line @returns {[number, number][]} */
const turned = (line) => line.map(([lon, lat]) => [lat, lon]);

/**
 * @param {typeof import('leaflet')} L
 * @param {L.Map} leaflet
 */
export function createLines(L, leaflet) {
  // Under the pins, over the route; apart from them, since the pins' pane is a list of buttons.
  leaflet.createPane('position');
  const quiet = { interactive: false, fill: false };
  const casing = new L.Polyline([], { ...quiet, className: 'map-route-casing' });
  const route = new L.Polyline([], { ...quiet, className: 'map-route' });
  const boundary = new L.Polyline([], { ...quiet, className: 'map-boundary' });
  const ring = new L.Circle([0, 0], { interactive: false, radius: 0, className: 'map-accuracy' });
  const dot = new L.Marker([0, 0], {
    interactive: false,
    keyboard: false,
    pane: 'position',
    icon: new L.DivIcon({ className: 'map-position', html: '', iconSize: [22, 22] }),
  });

  /** @param {L.Layer} layer @param {boolean} shown */
  const show = (layer, shown) => void (shown ? layer.addTo(leaflet) : layer.remove());

  return {
    /** @param {LonLat[] | null} line */
    setRoute(line) {
      for (const layer of [casing, route]) {
        layer.setLatLngs(turned(line ?? []));
        show(layer, Boolean(line?.length));
      }
    },
    /** GeoJSON Polygon of the area, or null. @param {{coordinates: LonLat[][]} | null} polygon */
    setBoundary(polygon) {
      boundary.setLatLngs((polygon?.coordinates ?? []).map(turned));
      show(boundary, Boolean(polygon));
    },
    /** @param {Fix | null} fix */
    setPosition(fix) {
      if (fix) {
        dot.setLatLng([fix.lat, fix.lon]);
        ring.setLatLng([fix.lat, fix.lon]);
        ring.setRadius(fix.accuracy_m ?? 0);
      }
      show(ring, Boolean(fix?.accuracy_m));
      show(dot, Boolean(fix));
    },
  };
}
