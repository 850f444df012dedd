/**
 * The only sender. Sends what the outbox says is next, then reads the change feed.
 */
/** @import {SyncState, SyncReport} from './types' */
const soon = () => { throw new Error('signature only'); };
/** Listen to start, online, visible, saves, the timer and the service worker. @returns {() => void} stop */
export function startSync() { return soon(); }
/** Send now. `force` (the resident's button) forgets back-off, except where the server named a time. @param {{force?: boolean}} [options] @returns {Promise<SyncReport>} */
export async function syncNow(options = {}) { return soon(options); }
/** @returns {SyncState} */
export function syncState() { return soon(); }
/** @param {(state: SyncState) => void} fn @returns {() => void} stop listening */
export function onSync(fn) { return soon(fn); }
