/**
 * States of sending in plain words. Pure: takes data, gives text (and an icon's name); touches no page.
 * The two words of status are "saved" (on this phone) and "sent" (proven to be with the organiser). A reason says the
 * cause and what to do; where things are is a sentence of its own, chosen by `isKept`: false where the browser keeps
 * nothing once the page is closed.
 */
/** @import {Entry, EntryProblem, PinItem, QueueSummary, SyncState} from '../types' */
import { t, tn } from '../../shared/i18n.js';

/** @typedef {{text: string, icon: string, tone: 'good' | 'info' | 'warning' | 'error'}} Status */

/**
 * The pill in the strip: few words, always words.
 * @param {QueueSummary} sum @param {Pick<SyncState, 'running' | 'lastError'>} sync @param {boolean} isKept @returns {Status}
 */
export function pillWords(sum, sync, isKept) {
  if (sum.word === 'rejoin') return { text: t('Scan the code'), icon: 'qr-code', tone: 'error' };
  if (sum.word === 'gone') return { text: t('Save as file'), icon: 'file-down', tone: 'error' };
  if (sum.help > 0) return { text: t('Needs help'), icon: 'circle-alert', tone: 'error' };
  if (sum.waiting + sum.photos === 0) return { text: t('All sent'), icon: 'cloud-check', tone: 'good' };
  const n = sum.waiting + sum.photos;
  if (sync.running) return { text: tn('Sending {n}', 'Sending {n}', n), icon: 'cloud-upload', tone: 'info' };
  if (sync.lastError && isKept)
    return { text: tn('{n} on the phone', '{n} on the phone', n), icon: 'cloud-off', tone: 'info' };
  return { text: tn('{n} waiting', '{n} waiting', n), icon: 'cloud-upload', tone: 'info' };
}

/** Where that is which is not sent. @param {boolean} isKept */
export const whereWords = (isKept) =>
  isKept ? t('What is saved stays on your phone.') : t('It is on this page only. Do not close it.');

/** @param {string} cause @param {boolean} isKept */
const withWhere = (cause, isKept) => `${cause} ${whereWords(isKept)}`;

/** Nothing more can be sent to this walk. @param {boolean} isKept */
export const goneWords = (isKept) =>
  withWhere(t('The organiser no longer has this walk. Save what is not sent as a file.'), isKept);

/** The server no longer knows this phone; to scan the code is to leave this page. @param {boolean} isKept */
export const rejoinWords = (isKept) =>
  isKept
    ? withWhere(t('Scan the walk’s code again to send what waits.'), isKept)
    : withWhere(t('Save what is not sent as a file. Then scan the walk’s code again.'), isKept);

const loginWords = () => t('This network needs a login. Log in, or switch Wi-Fi off.');

/** @param {boolean} isKept */
export const portalWords = (isKept) => withWhere(loginWords(), isKept);

/** Who has a page that keeps nothing is not told to close it. @param {boolean} isKept */
const stuckWords = (isKept) =>
  withWhere(
    isKept
      ? t('The phone’s storage does not answer. Close the app and open it again.')
      : t('The phone’s storage does not answer.'),
    isKept,
  );

/** What keeps things from being sent until somebody does something. @param {QueueSummary} sum @param {boolean} isKept @returns {Status | null} */
function stopWords(sum, isKept) {
  if (sum.word === 'rejoin') return { text: rejoinWords(isKept), icon: 'qr-code', tone: 'error' };
  if (sum.word === 'gone') return { text: goneWords(isKept), icon: 'file-down', tone: 'error' };
  if (sum.help === 0) return null;
  const cause = tn(
    '{n} could not be sent. Open what needs help to see why.',
    '{n} could not be sent. Open what needs help to see why.',
    sum.help,
  );
  return { text: withWhere(cause, isKept), icon: 'circle-alert', tone: 'error' };
}

/** What went wrong last. @param {SyncState['lastError']} error @param {boolean} isKept @returns {Status | null} */
function faultWords(error, isKept) {
  switch (error) {
    case 'portal':
      return { text: portalWords(isKept), icon: 'lock', tone: 'warning' };
    case 'full': {
      const cause = t('Your phone is full. Free some space, so that what waits can be sent.');
      return { text: withWhere(cause, isKept), icon: 'triangle-alert', tone: 'error' };
    }
    case 'storage':
      return { text: stuckWords(isKept), icon: 'triangle-alert', tone: 'error' };
    case 'server': {
      const cause = t('Something went wrong on our side. It is tried again by itself.');
      return { text: withWhere(cause, isKept), icon: 'cloud-off', tone: 'warning' };
    }
    default:
      return null;
  }
}

/** The sentence on top of "My pins". @param {QueueSummary} sum @param {SyncState} sync @param {boolean} isKept @returns {Status} */
export function sumWords(sum, sync, isKept) {
  const n = sum.waiting + sum.photos;
  const stopped = stopWords(sum, isKept);
  if (stopped) return stopped;
  if (n === 0 && sync.lastError === 'portal') return { text: loginWords(), icon: 'lock', tone: 'warning' };
  if (n === 0) return { text: t('Everything is sent'), icon: 'cloud-check', tone: 'good' };
  if (sync.running && sync.n > 0) {
    const i = Math.min(sync.i + 1, sync.n); // the one that is on its way, not those that are through
    return { text: t('Sending {i} of {n}', { i, n: sync.n }), icon: 'cloud-upload', tone: 'info' };
  }
  return faultWords(sync.lastError, isKept) ?? waitWords(sum, sync.lastError !== null, isKept);
}

/** Nothing is wrong but the network. @param {QueueSummary} sum @param {boolean} isOff @param {boolean} isKept @returns {Status} */
function waitWords(sum, isOff, isKept) {
  const n = sum.waiting + sum.photos;
  const name = isOff ? 'cloud-off' : 'cloud-upload';
  if (!isKept) {
    const text = tn(
      '{n} waiting to send. Keep this page open.',
      '{n} waiting to send. Keep this page open.',
      n,
    );
    return { text, icon: name, tone: 'warning' };
  }
  if (sum.waiting === 0) {
    const text = t('The pin is sent. The photo will follow when the network is better.');
    return { text, icon: 'cloud-upload', tone: 'info' };
  }
  const text = tn(
    '{n} waiting to send. You do not need to do anything.',
    '{n} waiting to send. You do not need to do anything.',
    n,
  );
  return { text, icon: name, tone: 'info' };
}

/** The sentence on top tells why: a row's older reason would contradict it. @param {QueueSummary} sum @param {SyncState['lastError']} error */
export const isExplained = (sum, error) =>
  sum.word === 'rejoin' || sum.word === 'gone' || (error !== null && error !== 'network');

/** The server named a time, and it has not come. @param {Entry[]} entries @param {number} now */
export const isAskedToWait = (entries, now) =>
  entries.some(({ problem, next_at }) => problem?.obey === true && next_at > now);

// ---------------------------------------------------------------- counts
/** One picture on two pins is one. @param {Pick<PinItem, 'photos'>[]} pins */
export const photosOf = (pins) =>
  new Set(pins.flatMap(({ photos }) => photos.map(({ sha256 }) => sha256))).size;

/** @param {number} pins @param {number} photos @param {number} [answers] @param {number} [removals] */
function kinds(pins, photos, answers = 0, removals = 0) {
  const all = [
    pins > 0 ? tn('{n} pin', '{n} pins', pins) : '',
    photos > 0 ? tn('{n} photo', '{n} photos', photos) : '',
    answers > 0 ? tn('{n} answer', '{n} answers', answers) : '',
    removals > 0 ? tn('{n} removal', '{n} removals', removals) : '',
  ];
  return all.filter(Boolean).join(', ');
}

/**
 * "Not sent yet: 1 pin, 2 photos · in all 3 pins, 4 photos".
 * @param {Pick<Entry, 'kind' | 'target'>[]} entries @param {Pick<PinItem, 'photos'>[]} pins
 */
export function countWords(entries, pins) {
  const targets = (/** @type {Entry['kind']} */ kind) =>
    new Set(entries.filter((entry) => entry.kind === kind).map((entry) => entry.target));
  const removed = targets('withdrawal');
  const unsent = [...targets('pin')].filter((id) => !removed.has(id)).length;
  const what = kinds(pins.length, photosOf(pins));
  const left = kinds(unsent, targets('photo').size, targets('rating').size, removed.size);
  if (!left) return what && t('In all {what}', { what });
  const waits = t('Not sent yet: {what}', { what: left });
  return what && what !== left ? `${waits} · ${t('in all {what}', { what })}` : waits;
}

/**
 * What was called sent is not any more, and by whose doing; '' where nothing of it is sent by itself.
 * @param {Pick<Entry, 'again' | 'state'>[]} entries @param {QueueSummary['word']} word
 */
export const againWords = (entries, word) =>
  word !== 'gone' && word !== 'rejoin' && entries.some(({ again, state }) => again && state !== 'help')
    ? t('The organiser’s server has lost something that had arrived. Your phone sends it again by itself.')
    : '';

// ---------------------------------------------------------------- one thing
/** A pin needs help when anything of it does. @param {Pick<PinItem, 'state' | 'photos'>} pin @returns {PinItem['state']} */
export const wholeState = ({ state, photos }) =>
  photos.some((photo) => photo.state === 'help') ? 'help' : state;

/** @param {Pick<PinItem, 'state'>} pin @param {boolean} isKept @returns {{text: string, icon: string}} */
export function stateWords({ state }, isKept) {
  if (state === 'sent') return { text: t('sent'), icon: 'cloud-check' };
  if (state === 'sending') return { text: t('sending'), icon: 'cloud-upload' };
  if (state === 'help') return { text: t('needs help'), icon: 'circle-alert' };
  return isKept
    ? { text: t('saved'), icon: 'smartphone' }
    : { text: t('on this page only'), icon: 'triangle-alert' };
}

/** The photo that had no room; '' where none was lost. @param {Pick<PinItem, 'photo_lost' | 'awaiting_photo'>} pin */
const lostWords = ({ photo_lost, awaiting_photo }) =>
  !photo_lost ? '' : awaiting_photo ? t('there is room for its photo now') : t('the photo did not fit');

/** "photo sent", "1 of 2 photos sent · the photo did not fit"; '' without photos. @param {Pick<PinItem, 'photos' | 'photo_lost' | 'awaiting_photo'>} pin */
export const photoWords = (pin) => [keptWords(pin), lostWords(pin)].filter(Boolean).join(' · ');

/** @param {Pick<PinItem, 'photos'>} pin */
function keptWords({ photos }) {
  if (photos.length === 0) return '';
  const sent = photos.filter((photo) => photo.state === 'sent').length;
  if (photos.some((photo) => photo.state === 'help')) return t('a photo needs help');
  if (sent === photos.length) return tn('photo sent', '{n} photos sent', sent);
  if (sent > 0) return t('{i} of {n} photos sent', { i: sent, n: photos.length });
  return tn('the photo is waiting', '{n} photos are waiting', photos.length);
}

/** Why something was not sent, in one sentence. @param {EntryProblem | null} problem @returns {string} */
export function whyWords(problem) {
  if (!problem) return t('It has not been tried yet.');
  switch (problem.code) {
    case 'network':
      return t('The phone had no network.');
    case 'portal':
      return loginWords();
    case 'not_joined':
      return t('Scan the walk’s code again to send what waits.');
    case 'walk_gone':
      return t('The organiser no longer has this walk.');
    case 'pin_conflict':
      return t('There is another version of this pin. Both are kept, and the organiser chooses.');
    case 'too_large':
      return t('It is too large to send.');
    case 'photo_not_image':
    case 'unsupported_type':
      return t('The file is not a picture that we can open.');
    case 'storage_full':
      return t('The organiser’s storage is full.');
    case 'server_error':
      return t('Something went wrong on our side.');
    default:
      return problem.title ?? t('Something went wrong on our side.');
  }
}

/** Why it still waits. @param {EntryProblem | null} problem @param {boolean} isKept */
export const waitsWords = (problem, isKept) => withWhere(whyWords(problem), isKept);

/** Why it was refused for good, and what can be done. @param {EntryProblem | null} problem @param {boolean} isPhoto @returns {string} */
export function refusedWords(problem, isPhoto) {
  const help = isPhoto
    ? t('It is not tried again by itself. Save it as a file, or remove the photo.')
    : t('It is not tried again by itself. Save it as a file, or remove the pin.');
  return `${whyWords(problem)} ${help}`;
}

/** What needs help on a pin: each thing refused for good, the pin itself first. @param {Pick<PinItem, 'state' | 'problem' | 'photos'>} pin @returns {string[]} */
export function troubles({ state, problem, photos }) {
  const refused = photos.filter((photo) => photo.state === 'help');
  const all = refused.map((photo) => refusedWords(photo.problem, true));
  return [...new Set(state === 'help' ? [refusedWords(problem, false), ...all] : all)];
}
