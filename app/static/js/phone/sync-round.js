/**
 * One round of sending: everything that is ready, words before photos, each with its own proof.
 *
 * Promises: that an entry may have left is written down before its first byte leaves; a network without answer ends
 * the round, one bad item never does; no lane holds more than one photo in memory, and one more is read ahead.
 */
/** @import {ApiResult, Entry, PreparedPhoto, Rejoined, SyncState} from './types' */
/** @import {Outcome} from './store-queue.js' */
import { request } from '../shared/api.js';
import { digest } from '../shared/hash.js';
import { afterFailure, afterSuccess, ready } from './outbox.js';
import { LARGEST_PHOTO } from './store-body.js';
import { onChange, StorageFull } from './store-db.js';
import { listEntries } from './store-lists.js';
import { replacePhoto } from './store-photos.js';
import { claim, photoToSend, settle, unclaim } from './store-queue.js';
import { freeSpace } from './store-room.js';

const LANES = 3;
/** A network that carried a photo in this time carries several at once. */
const QUICK_MS = 1500;
const FLUSH_MS = 200;
const PHOTO_TIMEOUT_MS = 180_000;
const LARGEST_CLAIM = { words: 96, photos: 120 };
const MOST_STRIKES = 3;

/**
 * @typedef {object} Round
 * @property {Set<string>} parked walks that nothing can be sent to
 * @property {(walk: string) => Promise<Rejoined>} rejoin
 * @property {(photo: Blob) => Promise<PreparedPhoto>} recompress
 * @property {(i: number, n: number) => void} progress
 * @property {SyncState['lastError']} stopped
 * @property {boolean} healed a restored server was asked what it lacks
 * @property {number} sent
 * @property {number} failed
 * @property {Set<string>} walks that something was sent to
 */

/**
 * What this round knows. `isStale`: the outbox changed outside of it and must be read again, words before photos.
 * `isTight`: nothing of words can be noted on a full phone, and photos go first to make room.
 * @typedef {{tried: Set<string>, rejoined: Set<string>, isStale: boolean, isTight: boolean, noPhotos: boolean, isQuick: boolean, strikes: number, claimSize: number, total: number}} Course
 */

/** @param {Round} round */
export async function sendAll(round) {
  /** @type {Course} */
  const course = {
    tried: new Set(),
    rejoined: new Set(),
    isStale: true,
    isTight: false,
    noPhotos: false,
    isQuick: false,
    strikes: 0,
    claimSize: 1,
    total: 0,
  };
  const unlisten = onChange(({ what, by }) => {
    if (what === 'entries' && by === 'resident') course.isStale = true;
  });
  try {
    await sendBatches(round, course);
  } finally {
    unlisten();
  }
}

/** @param {Round} round @param {Course} course */
async function sendBatches(round, course) {
  /** @type {Entry[]} */
  let entries = [];
  while (!round.stopped) {
    if (course.isStale) {
      course.isStale = false;
      entries = await listEntries();
    }
    const due = ready(entries, Date.now()).filter((entry) => mayGo(round, course, entry));
    if (due.length === 0) return;
    if (course.isTight) due.sort((a, b) => Number(b.kind === 'photo') - Number(a.kind === 'photo'));
    course.total = Math.max(course.total, round.sent + round.failed + due.length);
    const arePhotos = due[0].kind === 'photo';
    const batch = due.filter((entry) => (entry.kind === 'photo') === arePhotos).slice(0, course.claimSize);
    for (const entry of batch) course.tried.add(entry.id);
    const waiting = await claim(batch).catch((error) => tighten(course, batch, arePhotos, error));
    if (!waiting) continue;
    const settled = await sendBatch(round, course, waiting, batch, arePhotos && !course.isQuick ? 1 : LANES);
    if (course.isTight) await freeSpace();
    course.isTight = false;
    entries = entries.filter((entry) => !settled.has(entry.id));
    course.claimSize = Math.min(course.claimSize * 3, arePhotos ? LARGEST_CLAIM.photos : LARGEST_CLAIM.words);
  }
}

/** No room to note what is sent: fewer at once, and then a photo first, whose bytes make room once it has arrived. @param {Course} course @param {Entry[]} batch @param {boolean} arePhotos @param {unknown} error */
function tighten(course, batch, arePhotos, error) {
  const isHopeless = batch.length === 1 && (arePhotos || course.isTight);
  if (!(error instanceof StorageFull) || isHopeless) throw error;
  for (const { id } of batch) course.tried.delete(id);
  course.isTight = batch.length === 1;
  course.claimSize = 1;
  return null;
}

/** @param {Round} round @param {Course} course @param {Entry} entry */
const mayGo = (round, course, entry) =>
  !course.tried.has(entry.id) &&
  !round.parked.has(entry.walk) &&
  !(course.noPhotos && entry.kind === 'photo');

/**
 * @param {Round} round @param {Course} course @param {Entry[]} waiting claimed of `batch` @param {Entry[]} batch
 * @param {number} lanes
 * @returns {Promise<Set<string>>} entries that are proven or closed
 */
async function sendBatch(round, course, waiting, batch, lanes) {
  round.progress(round.sent + round.failed, course.total);
  const book = bookkeeper();
  const take = packer(waiting, lanes);
  const lane = async () => {
    while (
      waiting.length > 0 &&
      !round.stopped &&
      !(waiting[0].kind === 'photo' && (course.isStale || course.noPhotos))
    ) {
      const { entry, parcel } = take();
      book.add(await sendOne(round, course, entry, await parcel));
      round.progress(round.sent + round.failed, course.total);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const closed = await book.close();
  const left = new Set(waiting.map((entry) => entry.id));
  for (const id of left) course.tried.delete(id);
  if (left.size > 0) await unclaim(batch.filter((entry) => left.has(entry.id)));
  return closed;
}

/** @typedef {{body: string | Blob, type: string} | null} Parcel null: it cannot be read */

/** @param {Entry} entry @returns {Promise<Parcel>} */
const parcelOf = async (entry) =>
  entry.kind === 'photo' ? photoParcel(entry) : { body: entry.body ?? '', type: 'application/json' };

/**
 * Takes from the front of `waiting`; where several lanes send, the next one is read while these are under way.
 * @param {Entry[]} waiting @param {number} lanes
 */
function packer(waiting, lanes) {
  /** @type {{entry: Entry, parcel: Promise<Parcel>} | null} */
  let ahead = null;
  return () => {
    const entry = /** @type {Entry} */ (waiting.shift());
    const taken = ahead?.entry === entry ? ahead : { entry, parcel: parcelOf(entry) };
    const [next] = waiting;
    ahead = lanes > 1 && next ? { entry: next, parcel: parcelOf(next) } : null;
    return taken;
  };
}

/** Settles outcomes a few times a second: quickly enough for the eye, rarely enough for the battery. */
function bookkeeper() {
  /** @type {Outcome[]} */
  let waiting = [];
  /** @type {Set<string>} */
  const closed = new Set();
  let last = performance.now();
  /** @type {Promise<void>} */
  let settling = Promise.resolve();
  const flush = () => {
    const batch = waiting;
    waiting = [];
    last = performance.now();
    settling = settling.then(() => settle(batch, Date.now()));
    settling.catch(() => undefined); // whoever closes the book is told
  };
  return {
    /** @param {Outcome} outcome */
    add(outcome) {
      waiting.push(outcome);
      if (!('patch' in outcome)) closed.add(outcome.entry.id);
      if (performance.now() - last >= FLUSH_MS) flush();
    },
    async close() {
      flush();
      await settling;
      return closed;
    },
  };
}

/** @param {Round} round @param {Course} course @param {Entry} entry @param {Parcel} parcel @returns {Promise<Outcome>} */
async function sendOne(round, course, entry, parcel) {
  if (!parcel) return countFailure(round, entry, unreadable);
  if (parcel.body instanceof Blob && parcel.body.size > LARGEST_PHOTO) return smaller(round, entry, parcel); // kept as it was, when the phone could not open it
  const start = performance.now();
  const result = await request('PUT', pathOf(entry), {
    body: parcel.body,
    headers: { 'Content-Type': parcel.type },
    timeout: entry.kind === 'photo' ? PHOTO_TIMEOUT_MS : undefined,
  });
  if (entry.kind === 'photo') course.isQuick = result.ok && performance.now() - start < QUICK_MS;
  if (afterSuccess(entry, result) === 'proven') {
    course.strikes = 0;
    round.sent += 1;
    round.walks.add(entry.walk);
    return { entry, proof: result.data };
  }
  return fail(round, course, entry, result, parcel);
}

/** @type {Partial<Entry>} */
const unreadable = {
  state: 'help',
  problem: { code: 'photo_unreadable', status: 0, title: null, obey: false },
};

/** The walk is gone; it waits, for a resident who asks or a walk that comes back. @type {Partial<Entry>} */
const nobody = {
  state: 'waiting',
  problem: { code: 'walk_gone', status: 410, title: null, obey: false },
};

/** @param {Round} round @param {Entry} entry @param {Partial<Entry>} patch @returns {Outcome} */
function countFailure(round, entry, patch) {
  round.failed += 1;
  return { entry, patch };
}

/** The photo's bytes, if they are still what they were when they got their name. @param {Entry} entry */
async function photoParcel(entry) {
  try {
    const photo = await photoToSend(entry.walk, entry.target);
    const isWhole = photo && (await digest(photo.bytes)) === entry.target;
    // Sent as a buffer, the same bytes would hold the page up for ten times as long.
    return isWhole ? { body: new Blob([photo.bytes], { type: photo.type }), type: photo.type } : null;
  } catch {
    return null; // a damaged record costs this photo, not the queue
  }
}

const PATHS = { pin: 'pins', withdrawal: 'pins', rating: 'ratings', photo: 'photos' };

/** @param {Entry} entry */
function pathOf({ walk, kind, target }) {
  return `/api/walks/${walk}/${PATHS[kind]}/${target}${kind === 'withdrawal' ? '/withdrawal' : ''}`;
}

/**
 * @param {Round} round @param {Course} course @param {Entry} entry @param {ApiResult} result
 * @param {NonNullable<Parcel>} parcel @returns {Promise<Outcome>}
 */
async function fail(round, course, entry, result, parcel) {
  const { effect, stop, patch } = afterFailure(entry, result, Date.now(), Math.random);
  if (effect === 'conflict') return { entry, conflict: true };
  if (effect === 'gone') return { entry, gone: true };
  if (effect === 'rejoin') return rejoinOrPark(round, course, entry, patch);
  if (effect === 'recompress') return smaller(round, entry, parcel);
  if (stop === 'round')
    round.stopped = patch.problem?.code === 'portal' ? 'portal' : result.network ? 'network' : 'server';
  if (stop === 'photos') course.noPhotos = true;
  course.strikes = result.status >= 500 || result.status === 429 ? course.strikes + 1 : 0;
  if (course.strikes >= MOST_STRIKES && !round.stopped) round.stopped = 'server';
  return countFailure(round, entry, patch);
}

/** @param {Round} round @param {Course} course @param {Entry} entry @param {Partial<Entry>} patch @returns {Promise<Outcome>} */
async function rejoinOrPark(round, course, entry, patch) {
  const answer = await round.rejoin(entry.walk);
  if (answer === 'ok' && !course.rejoined.has(entry.id)) {
    course.rejoined.add(entry.id);
    course.tried.delete(entry.id);
    course.isStale = true;
    return { entry, patch: { state: 'waiting', problem: null } };
  }
  if (answer === 'later') round.stopped = 'network';
  else round.parked.add(entry.walk);
  if (answer === 'gone') return countFailure(round, entry, nobody);
  return countFailure(round, entry, answer === 'later' ? { state: 'waiting' } : patch);
}

/** @param {Round} round @param {Entry} entry @param {NonNullable<Parcel>} parcel @returns {Promise<Outcome>} */
async function smaller(round, entry, { body }) {
  try {
    const photo = await round.recompress(/** @type {Blob} */ (body));
    await replacePhoto(entry.walk, entry.target, photo, Date.now());
    return { entry, patch: {} }; // the entry itself is gone, its smaller follower waits
  } catch {
    const problem = { code: 'too_large', status: 413, title: null, obey: false };
    return countFailure(round, entry, { state: 'help', problem });
  }
}
