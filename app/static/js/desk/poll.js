/**
 * Asks for changes again and again: often while the page is seen, seldom while it is hidden, at once when told to,
 * slower while there is no contact. One question at a time. Holds no connection open.
 */

const SEEN = 2500;
const UNSEEN = 30_000;
const SLOWEST = 30_000;

/** How long to wait until the next question. @param {{hidden: boolean, failures: number}} now @returns {number} ms */
export function pause({ hidden, failures }) {
  if (hidden) return UNSEEN;
  return Math.min(SLOWEST, SEEN * 2 ** Math.min(failures, 6));
}

/**
 * @param {() => Promise<boolean>} ask answers whether there was contact
 * @param {(contact: boolean) => void} onContact called when contact is lost or comes back
 */
export function createPoll(ask, onContact) {
  let failures = 0;
  let asking = false;
  let again = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function round() {
    clearTimeout(timer);
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    const contact = await ask();
    asking = false;
    if (contact !== (failures === 0)) onContact(contact);
    failures = contact ? 0 : failures + 1;
    const wait = again && contact ? 0 : pause({ hidden: document.hidden, failures });
    again = false;
    timer = setTimeout(round, wait);
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) round();
  });
  addEventListener('online', () => round());
  return {
    start: () => void round(),
    /** Ask now: something was written here. */
    now: () => void round(),
  };
}
