/**
 * On the page before the map (R2): while one reads, the service worker installs the app, and the walk's map comes into
 * the browser's cache. A help, never a need: the page works without it, and main.js and pack.js ask again for all of it.
 */
const { ahead } = document.body.dataset;
navigator.serviceWorker?.register('/sw.js', { scope: '/', updateViaCache: 'none' }).catch(() => undefined);
for (const url of ahead ? ahead.split(' ') : [])
  fetch(url, { credentials: 'same-origin' }).then(
    (response) => response.arrayBuffer(),
    () => undefined,
  );
