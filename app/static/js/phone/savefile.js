/**
 * "Save as file": what is on this phone for a walk, as a ZIP for the share sheet or the downloads folder.
 *
 * The file carries the exact bodies of the outbox with their ids, so that the organiser can take them in without
 * doubling anything. It carries no secret, no token and no photo of a pin that was taken back.
 */
/** @import {Entry, PinRecord, RatingRecord, WalkRecord} from './types' */
import { downloadZip } from '../../vendor/client-zip.js';
import { CLIENT, pinBody, ratingBody } from './store-body.js';
import { read } from './store-db.js';
import { photoToSend } from './store-queue.js';

const FORMAT = 'trygga-steg-walk';

/** @typedef {{walk: WalkRecord | undefined, pins: PinRecord[], ratings: RatingRecord[], entries: Entry[]}} Holding */

/** @param {string} walkId @returns {Promise<Holding>} */
async function holding(walkId) {
  return read(['walks', 'pins', 'ratings', 'entries'], async (tx) => {
    const [pins, ratings, entries] = await Promise.all(
      ['pins', 'ratings', 'entries'].map(async (name) => tx.objectStore(name).index('walk').getAll(walkId)),
    );
    const walk = await tx.objectStore('walks').get(walkId);
    return { walk, pins: pins.filter((/** @type {PinRecord} */ pin) => !pin.withdrawn), ratings, entries };
  });
}

/** @param {Entry[]} entries @param {PinRecord | RatingRecord} thing @returns {Entry | undefined} the newest that is not proven */
const lastOf = (entries, thing) =>
  entries
    .filter((entry) => entry.target === thing.id)
    .reduce((a, b) => (a && a.rev > b.rev ? a : b), /** @type {Entry | undefined} */ (undefined));

/** @param {PinRecord | RatingRecord} thing */
function bodyOf(thing) {
  const base = thing.acked_rev > 0 && thing.acked_rev < thing.rev ? thing.acked_rev : null;
  return 'secret' in thing ? pinBody(thing, thing.rev, base) : ratingBody(thing, thing.rev, base);
}

/** @param {string} walkId @param {Holding} held @param {Date} at */
function manifest(walkId, { walk, pins, ratings, entries }, at) {
  const listed = (/** @type {PinRecord | RatingRecord} */ thing) => {
    const entry = lastOf(entries, thing);
    return { id: thing.id, is_sent: !entry, body: entry?.body ?? thing.acked_body ?? bodyOf(thing) };
  };
  const title = walk?.bundle?.walk.title ?? null;
  const head = {
    format: FORMAT,
    version: 1,
    client: CLIENT,
    saved_at: at.toISOString(),
    walk: { id: walkId, title },
  };
  return JSON.stringify({ ...head, pins: pins.map(listed), ratings: ratings.map(listed) }, null, 1);
}

/** One photo in memory at a time. @param {string} walkId @param {Holding} held @param {Date} at */
async function* files(walkId, held, at) {
  yield { name: 'walk.json', lastModified: at, input: manifest(walkId, held, at) };
  const photos = new Set(held.pins.flatMap((pin) => pin.photos.map((place) => place.sha256)));
  for (const sha256 of photos) {
    const photo = await photoToSend(walkId, sha256);
    if (photo) yield { name: `photos/${sha256}.${ending(photo.type)}`, lastModified: at, input: photo.bytes };
  }
}

/** @param {string} type */
const ending = (type) =>
  ({ 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp', 'image/heic': 'heic' })[type] ?? 'bin';

/**
 * @param {string} walkId @param {Date} [at]
 * @returns {Promise<File>}
 */
export async function buildFile(walkId, at = new Date()) {
  const held = await holding(walkId);
  const blob = await downloadZip(files(walkId, held, at)).blob();
  return new File([blob], `trygga-steg-${at.toISOString().slice(0, 10)}-${walkId.slice(0, 8)}.zip`, {
    type: 'application/zip',
  });
}

/**
 * Call straight from a tap.
 * @param {string} walkId
 * @returns {Promise<'shared' | 'downloaded' | 'cancelled'>}
 */
export async function saveAsFile(walkId) {
  const file = await buildFile(walkId);
  if (navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file] });
      return 'shared';
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return 'cancelled';
    }
  }
  download(file);
  return 'downloaded';
}

/** @param {File} file */
function download(file) {
  const href = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href, download: file.name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
