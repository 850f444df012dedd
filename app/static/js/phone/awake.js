/**
 * Keeps the screen on while the resident wants it and the page is seen. Some phones refuse; then nothing happens.
 */
import { onPref, pref } from './prefs.js';

/** @returns {() => void} stop */
export function keepAwake() {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  const look = async () => {
    const isWanted = pref('awake') === 'on' && document.visibilityState === 'visible';
    if (!isWanted) {
      await lock?.release();
      lock = null;
    } else if (!lock || lock.released) {
      // Refused on low battery or by old home-screen apps: the screen then goes dark as usual.
      lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
    }
  };
  const stop = onPref((name) => name === 'awake' && void look());
  const onVisible = () => void look();
  document.addEventListener('visibilitychange', onVisible);
  void look();
  return () => {
    stop();
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}
