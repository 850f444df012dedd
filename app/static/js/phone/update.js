/**
 * New versions of the app: registered, looked for when the page becomes visible, offered only when nothing is open or being sent.
 */
const soon = () => { throw new Error('signature only'); };
/** @param {{busy: () => boolean, onOffer: (apply: () => void) => void}} hooks busy: a sheet is open; onOffer is called once per waiting version, apply reloads into it
 * @returns {{check: () => Promise<void>, stop: () => void}} `check` also re-asks busy */
export function watchUpdates(hooks) { return soon(hooks); }
