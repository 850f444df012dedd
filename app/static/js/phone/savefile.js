/**
 * "Save as file": what is on this phone for a walk, as a ZIP for the share sheet or the downloads folder.
 */
const soon = () => { throw new Error('signature only'); };
/** @param {string} walkId @returns {Promise<File>} */
export async function buildFile(walkId) { return soon(walkId); }
/** Call straight from a tap. @param {string} walkId @returns {Promise<'shared' | 'downloaded' | 'cancelled'>} */
export async function saveAsFile(walkId) { return soon(walkId); }
