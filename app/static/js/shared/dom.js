/**
 * Three small helpers for building the page. Text is always text: nothing here parses HTML.
 */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Make an element. `class`, `data-*`, `aria-*` and other names become attributes, `onclick`-like functions become
 * listeners, booleans switch an attribute, and `value`/`checked`-like state is set as a property.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any> | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(el, name, value);
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false)
      el.append(typeof child === 'number' ? String(child) : child);
  }
  return el;
}

const PROPERTIES = new Set([
  'value',
  'checked',
  'disabled',
  'selected',
  'indeterminate',
  'srcObject',
  'muted',
  'playsInline',
]);

/** @param {HTMLElement} el @param {string} name @param {any} value */
function set(el, name, value) {
  if (name.startsWith('on') && typeof value === 'function') el.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) Object.assign(el, { [name]: value });
  else if (value === true) el.setAttribute(name, '');
  else if (value !== false && value !== null && value !== undefined) el.setAttribute(name, String(value));
}

/**
 * Listen; the answer stops listening.
 * @param {EventTarget} target @param {string} type @param {(event: any) => void} listener @param {AddEventListenerOptions} [options]
 * @returns {() => void}
 */
export function on(target, type, listener, options) {
  target.addEventListener(type, listener, options);
  return () => target.removeEventListener(type, listener, options);
}

/** @type {{polite: HTMLElement | null, assertive: HTMLElement | null}} */
const regions = { polite: null, assertive: null };

/**
 * Say something to a screen reader. The same words twice are said twice.
 * @param {string} text @param {boolean} [assertive]
 */
export function announce(text, assertive = false) {
  const kind = assertive ? 'assertive' : 'polite';
  const region =
    regions[kind] ??
    h('div', { class: 'visually-hidden', role: assertive ? 'alert' : 'status', 'aria-live': kind });
  if (!region.isConnected) document.body.append(region);
  regions[kind] = region;
  region.replaceChildren();
  requestAnimationFrame(() => region.replaceChildren(text));
}
