/**
 * What the resident chose for this phone, in localStorage under `ts-`. Works without storage, then for this visit only.
 * Owns nothing else; whoever cares about a choice listens for it.
 */

const DEFAULTS = Object.freeze({
  lang: '',
  /** Which thumb: buttons stand on that side. */
  hand: 'right',
  /** 'auto' follows the sun at the walk's place. */
  theme: 'auto',
  vibrate: 'on',
  awake: 'off',
  /** 'app' viewfinder, the 'phone' own camera, or 'off'. */
  camera: 'app',
  /** 'map' or 'list'. */
  view: 'map',
  /** Pins are not drawn: somebody looks over the shoulder. */
  hidden: 'off',
  /** Last category, for "Same as before". */
  last: '',
  /** The walk in which this phone writes for a whole group, and whose voice the last pin was. */
  recorder: '',
  voice: 'resident',
  /** The walks whose first-run screen was seen, with spaces between. */
  begun: '',
  /** The stop one is at, as walk:order. */
  stop: '',
});

/** @typedef {keyof typeof DEFAULTS} PrefName */

/** @type {Record<string, string>} */
const kept = {};
/** @type {Set<(name: PrefName, value: string) => void>} */
const listeners = new Set();

/** @param {PrefName} name @returns {string} */
export function pref(name) {
  if (name in kept) return kept[name];
  try {
    return localStorage.getItem(`ts-${name}`) ?? DEFAULTS[name];
  } catch {
    return DEFAULTS[name];
  }
}

/** @param {PrefName} name @param {string} value */
export function setPref(name, value) {
  kept[name] = value;
  try {
    localStorage.setItem(`ts-${name}`, value);
  } catch {
    // No storage: `kept` holds it until the page closes.
  }
  for (const listener of listeners) listener(name, value);
}

/** Whether this walk's first-run screen was seen. @param {string} walk */
export const hasBegun = (walk) => pref('begun').split(' ').includes(walk);

/** @param {string} walk */
export function setBegun(walk) {
  if (!hasBegun(walk)) setPref('begun', `${pref('begun')} ${walk}`.trim());
}

/** @param {(name: PrefName, value: string) => void} listener @returns {() => void} stop listening */
export function onPref(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A short shake of the phone, where it can and may. @param {'saved' | 'error'} what */
export function buzz(what) {
  if (pref('vibrate') === 'on') navigator.vibrate?.(what === 'saved' ? 30 : [40, 60, 40]);
}
