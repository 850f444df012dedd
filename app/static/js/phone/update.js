/**
 * New versions of the app: registered, looked for when the page becomes visible, offered only when nothing is open or
 * being sent. The resident decides; until then the old version runs on, whole.
 */
import { onSync, syncState } from './sync.js';

/**
 * @param {{busy: () => boolean, onOffer: (apply: () => void) => void}} hooks busy: a sheet is open; onOffer is called
 *   once per waiting version, and `apply` reloads into it
 * @returns {{check: () => Promise<void>, stop: () => void}} `check` looks for a new version and asks `busy` again
 */
export function watchUpdates({ busy, onOffer }) {
  const container = globalThis.navigator?.serviceWorker;
  if (!container) return { check: async () => undefined, stop: () => undefined };
  /** @type {ServiceWorker | null} */
  let offered = null;
  let isApplying = false;
  /** @type {ServiceWorkerRegistration | null} */
  let registration = null;

  const offer = () => {
    const waiting = registration?.waiting;
    if (!waiting || !container.controller || waiting === offered || busy() || syncState().running) return;
    offered = waiting;
    onOffer(() => {
      isApplying = true;
      waiting.postMessage({ type: 'SKIP_WAITING' });
    });
  };
  const check = async () => {
    await registration?.update().catch(() => undefined); // no network, or a broken deployment: stay with what works
    offer();
  };
  const onVisible = () => void (document.visibilityState === 'visible' && check());
  const onNewController = () => void (isApplying && location.reload());

  container.register('/sw.js', { scope: '/', updateViaCache: 'none' }).then(
    (found) => {
      registration = found;
      found.addEventListener('updatefound', () => {
        found.installing?.addEventListener('statechange', offer);
      });
      offer();
    },
    () => undefined, // no worker means no offline start; pack.js says so
  );
  document.addEventListener('visibilitychange', onVisible);
  const unlisten = onSync(offer); // a version that had to wait is offered when a round is over
  container.addEventListener('controllerchange', onNewController);
  return {
    check,
    stop() {
      unlisten();
      document.removeEventListener('visibilitychange', onVisible);
      container.removeEventListener('controllerchange', onNewController);
    },
  };
}
