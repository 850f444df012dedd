/**
 * "Save as file": what is on this phone for a walk, as a ZIP for the share sheet or the downloads folder.
 *
 * The file carries exactly what would be sent, with the same ids, so that the organiser can take it in without
 * doubling anything. It proves whose it is without carrying a secret, and holds no photo of a pin that was taken back.
 * A broken store gives what can still be read, and says what cannot.
 */
/** @import {Entry, PinRecord, RatingRecord, WalkRecord} from './types' */
import { downloadZip } from '../../vendor/client-zip.js';
import { digest, hmac, sha256 } from '../shared/hash.js';
import { CLIENT, pinBody, ratingBody } from './store-body.js';
import { readEach } from './store-db.js';
import { getWalk } from './store-keep.js';
import { markSaved, photoToSend } from './store-queue.js';

const FORMAT = 'trygga-steg-walk';

/** @typedef {{kind: string, id: string, rev: number, sha256: string, body: string}} Thing */
/** `photos`: each photo's hash, and whether it still waits. @typedef {{walk: WalkRecord | null, things: Thing[], photos: Map<string, boolean>, unreadable: string[]}} Holding */

/** @param {string} kind @param {string} id @param {number} rev @param {string} body @returns {Thing} */
const thing = (kind, id, rev, body) => ({ kind, id, rev, sha256: sha256(body), body });

/** A thing of which nothing waits: as the server had it, else as it stands. @param {any} row @param {(row: any, rev: number, base: null) => string} write */
function asItStands(row, write) {
  const rev = row.acked_rev || row.rev;
  return { rev, body: /** @type {string} */ (row.acked_body ?? write(row, rev, null)) };
}

/** Everything readable, row by row. @param {string} walkId @returns {Promise<Holding>} */
async function holding(walkId) {
  /** @type {string[]} */
  const unreadable = [];
  /** @type {(name: string) => Promise<any[]>} */
  const rowsOf = (name) => readEach(name, walkId, (key) => unreadable.push(`${name} ${key}`));
  const walk = await getWalk(walkId).catch(() => null);
  const entries = /** @type {Entry[]} */ (await rowsOf('entries'));
  const pins = /** @type {PinRecord[]} */ (await rowsOf('pins'));
  const ratings = /** @type {RatingRecord[]} */ (await rowsOf('ratings'));
  const gone = new Set(pins.filter((pin) => pin.withdrawn).map((pin) => pin.id));
  const waiting = entries.filter(
    ({ kind, target, body }) => body !== null && !(kind === 'pin' && gone.has(target)),
  );
  const things = waiting.map(({ kind, target, rev, body }) => thing(kind, target, rev, body ?? ''));
  const queued = new Set(waiting.map((entry) => entry.target));
  for (const [kind, rows, write] of /** @type {const} */ ([
    ['pin', pins.filter((pin) => !pin.withdrawn), pinBody],
    ['rating', ratings, ratingBody],
  ])) {
    for (const row of rows.filter((each) => !queued.has(each.id))) {
      try {
        const { rev, body } = asItStands(row, write);
        things.push(thing(kind, row.id, rev, body));
      } catch {
        unreadable.push(`${kind} ${row.id}`); // a row that lacks what every row has
      }
    }
  }
  return { walk, things, photos: photosOf(pins, entries), unreadable };
}

/** Photos of pins that stand, and those that wait to be sent. @param {PinRecord[]} pins @param {Entry[]} entries */
function photosOf(pins, entries) {
  const standing = pins.filter((pin) => !pin.withdrawn).flatMap((pin) => pin.photos ?? []);
  const photos = new Map(standing.map((place) => [place.sha256, false]));
  for (const { kind, target } of entries) if (kind === 'photo') photos.set(target, true);
  return photos;
}

/** @param {string} walkId @param {Holding} held @param {Date} at */
function manifest(walkId, { walk, things, unreadable }, at) {
  const title = walk?.bundle?.walk.title ?? null;
  const head = { format: FORMAT, version: 2, client: CLIENT, saved_at: at.toISOString() };
  return JSON.stringify({ ...head, walk: { id: walkId, title }, things, unreadable }, null, 1);
}

/** Whoever made the file held this walk's capability; all of it but its last part is told. @param {string} rejoin @param {string} text */
async function proof(rejoin, text) {
  const sum = await digest(new TextEncoder().encode(text).buffer);
  return JSON.stringify({
    told: rejoin.slice(0, rejoin.lastIndexOf('.')),
    mark: hmac(sha256(rejoin), sum),
  });
}

/** One photo in memory at a time; what cannot be read is told in the manifest, which so comes last. @param {string} walkId @param {Holding} held @param {Date} at */
async function* files(walkId, held, at) {
  for (const [sum, isWaiting] of held.photos) {
    const photo = await photoToSend(walkId, sum).catch(() => null);
    const isWhole = photo !== null && (await digest(photo.bytes).catch(() => null)) === sum;
    if (isWhole) yield { name: `photos/${sum}.${ending(photo.type)}`, lastModified: at, input: photo.bytes };
    else if (isWaiting || photo) held.unreadable.push(`photo ${sum}`);
  }
  const text = manifest(walkId, held, at);
  yield { name: 'walk.json', lastModified: at, input: text };
  const rejoin = held.walk?.rejoin;
  if (rejoin) yield { name: 'proof.json', lastModified: at, input: await proof(rejoin, text) };
}

/** @param {string} type */
const ending = (type) =>
  ({ 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp', 'image/heic': 'heic' })[type] ?? 'bin';

/**
 * What is in the file may have reached the organiser: from here on a change of it is a new revision.
 * @param {string} walkId @param {Date} [at]
 * @returns {Promise<File>}
 */
export async function buildFile(walkId, at = new Date()) {
  await markSaved(walkId).catch(() => undefined); // what cannot be written any more may still be read
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
