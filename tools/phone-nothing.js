/** Stands for packages that the phone's part of a library never calls: protomaps-leaflet's own looks. */
export const namedFlavor = undefined;
export const mix = undefined;
