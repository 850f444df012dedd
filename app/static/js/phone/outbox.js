/**
 * The outbox's rules: what is sent next, and what an answer means. Pure: no await, no DOM, no fetch, no clock of its own.
 */
/** @import {Entry, ApiResult, QueueSummary, SyncState} from './types' */
const soon = () => { throw new Error('signature only'); };
/** @param {Entry[]} entries @param {number} now @returns {Entry | null} */
export function next(entries, now) { return soon(entries, now); }
/** Counts and the word for them. @param {Entry[]} entries @param {Pick<SyncState, 'lastError'>} [sync] @returns {QueueSummary} */
export function summary(entries, sync) { return soon(entries, sync); }
