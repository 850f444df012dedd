/**
 * On the pages before the map (R1, R2): while one reads, the service worker installs the app, and then fetches the
 * walk's map into the browser's cache; it goes on when the next page opens. A help, never a need: the pages work
 * without it, and main.js and pack.js ask again for all of it.
 */
const { ahead } = document.body.dataset;
addEventListener('load', () => {
  navigator.serviceWorker?.register('/sw.js', { scope: '/', updateViaCache: 'none' }).then(
    ({ installing, waiting, active }) => {
      const worker = installing ?? waiting ?? active;
      if (ahead) worker?.postMessage({ type: 'AHEAD', urls: ahead.split(' ') });
    },
    () => undefined,
  );
});
