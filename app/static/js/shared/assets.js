/**
 * Where the files of this very build are. The one place that knows how deep a module lies below static/: the
 * bundle (js/dist/) lies as deep as this source (js/shared/).
 */

/** The address of a file below static/. @param {string} path */
export const asset = (path) => new URL(`../../${path}`, import.meta.url).href;
