/**
 * "You can lose the network now": shell, map pack and address index proven to be on the phone.
 */
/** @import {WalkRecord, Readiness} from './types' */
const soon = () => { throw new Error('signature only'); };
/** Fetch and verify everything the walk needs offline. @param {WalkRecord} walk @param {(done: number, total: number) => void} [onProgress] bytes @returns {Promise<Readiness>} */
export async function prepare(walk, onProgress) { return soon(walk, onProgress); }
/** What is on the phone right now, without fetching. @param {WalkRecord} walk @returns {Promise<Readiness>} */
export async function readiness(walk) { return soon(walk); }
/** The walk's map pack. @param {WalkRecord} walk @returns {Promise<Blob | null>} */
export async function getPack(walk) { return soon(walk); }
/** The walk's address index, parsed. @param {WalkRecord} walk @returns {Promise<any | null>} */
export async function getAddressIndex(walk) { return soon(walk); }
