/**
 * How every map of ours begins: what the region is to a screen reader, how Leaflet is set, whose data it shows.
 */

export const MAX_ZOOM = 20;
/** How far out a map without limits may zoom. */
const FREE_MIN_ZOOM = 10;
export const ATTRIBUTION =
  '<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">© OpenStreetMap</a>';

/** @param {boolean} still no motion @param {boolean} free */
export function leafletOptions(still, free) {
  return {
    zoomControl: false,
    attributionControl: false,
    keyboard: false,
    maxZoom: MAX_ZOOM,
    maxBoundsViscosity: free ? 0 : 1,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    bounceAtZoomLimits: false,
    minZoom: free ? FREE_MIN_ZOOM : undefined,
  };
}

/** @param {HTMLElement} el @param {string} label */
export function asRegion(el, label) {
  el.dir = 'ltr';
  el.tabIndex = 0;
  el.classList.add('map');
  el.setAttribute('role', 'region');
  el.setAttribute('aria-label', label);
}
