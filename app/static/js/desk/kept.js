/**
 * The name of what a leader's phone keeps of the desk (lead.js), and letting go of it. sw.js, which cannot import, says
 * the same name.
 */
export const KEPT = 'trygga-lead';

/** Whoever logs out leaves nothing on this phone. */
export function letGoAtLogout() {
  for (const form of document.querySelectorAll('form[action="/desk/logout"]'))
    form.addEventListener('submit', () => void globalThis.caches?.delete(KEPT));
}
