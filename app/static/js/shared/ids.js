/**
 * Ids and secrets made on the phone.
 */
const soon = () => { throw new Error('signature only'); };
/** A UUID of version 7: time-ordered, unique without asking anyone. @param {number} [now] @returns {string} */
export function newId(now) { return soon(now); }
/** 256 random bits, base64url. @returns {string} */
export function newSecret() { return soon(); }
