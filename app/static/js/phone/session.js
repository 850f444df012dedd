/**
 * Which walks this phone is in: joining, entering, leaving, and the bundle a walk is drawn from.
 */
/** @import {Entered, WalkRecord} from './types' */
const soon = () => { throw new Error('signature only'); };
/** @param {string} pathname e.g. /app/<walk_id> @returns {string | null} */
export function walkIdFrom(pathname) { return soon(pathname); }
/** The walk last entered, also offline. @returns {Promise<WalkRecord | null>} */
export async function currentWalk() { return soon(); }
/** Enter a walk this phone has joined: bundle fetched and stored when the network allows, else the stored one. Also mints the re-join capability. `walk` is null only when it was never here.
 * @param {string} walkId @param {string} lang @returns {Promise<Entered>} */
export async function enter(walkId, lang) { return soon(walkId, lang); }
/** Join by code inside the app; re-attaches a parked queue. @param {string} code @param {string} lang @returns {Promise<Entered>} */
export async function joinByCode(code, lang) { return soon(code, lang); }
/** How many things are not yet sent. @param {string} walkId @returns {Promise<number>} */
export async function unsent(walkId) { return soon(walkId); }
/** Leave the walk. Unsent things stay on the phone and are still sent; the token is given up only when nothing is left to send. @param {string} walkId @returns {Promise<{unsent: number}>} */
export async function leave(walkId) { return soon(walkId); }
