/**
 * Lines and rings: the walk's route with a casing, the area's boundary, and where the phone is with how sure it is.
 * Colours live in map.css, so a change of theme redraws nothing here. None of it takes taps or focus.
 */

/** @typedef {[number, number]} LonLat */
/** @typedef {{lat: number, lon: number, accuracy_m: number | null}} Fix */

/** @param {LonLat[]} line @returns {[number, number][]} */
const turned = (line) => line.map(([lon, lat]) => [lat, lon]);

export class Lines {
  #leaflet;
  #casing;
  #route;
  #boundary;
  #ring;
  #dot;

  /** @param {typeof import('leaflet')} L @param {L.Map} leaflet */
  constructor(L, leaflet) {
    // Under the pins, over the route; apart from them, since the pins' pane is a list of buttons.
    leaflet.createPane('position');
    const quiet = { interactive: false, fill: false };
    const icon = new L.DivIcon({ className: 'map-position', html: '', iconSize: [22, 22] });
    this.#leaflet = leaflet;
    this.#casing = new L.Polyline([], { ...quiet, className: 'map-route-casing' });
    this.#route = new L.Polyline([], { ...quiet, className: 'map-route' });
    this.#boundary = new L.Polyline([], { ...quiet, className: 'map-boundary' });
    this.#ring = new L.Circle([0, 0], { interactive: false, radius: 0, className: 'map-accuracy' });
    this.#dot = new L.Marker([0, 0], { interactive: false, keyboard: false, pane: 'position', icon });
  }

  /** @param {L.Layer} layer @param {boolean} shown */
  #show(layer, shown) {
    if (shown) layer.addTo(this.#leaflet);
    else layer.remove();
  }

  /** @param {LonLat[] | null} line */
  setRoute(line) {
    for (const layer of [this.#casing, this.#route]) {
      layer.setLatLngs(turned(line ?? []));
      this.#show(layer, Boolean(line?.length));
    }
  }

  /** GeoJSON Polygon of the area, or null. @param {{coordinates: LonLat[][]} | null} polygon */
  setBoundary(polygon) {
    this.#boundary.setLatLngs((polygon?.coordinates ?? []).map(turned));
    this.#show(this.#boundary, Boolean(polygon));
  }

  /** @param {Fix | null} fix */
  setPosition(fix) {
    if (fix) {
      this.#dot.setLatLng([fix.lat, fix.lon]);
      this.#ring.setLatLng([fix.lat, fix.lon]);
      this.#ring.setRadius(fix.accuracy_m ?? 0);
    }
    this.#show(this.#ring, Boolean(fix?.accuracy_m));
    this.#show(this.#dot, Boolean(fix));
  }
}
