/**
 * States, places and times in plain words. Pure: takes data, gives text (and an icon's name); touches no page.
 * The two words of status are "saved" (on this phone) and "sent" (proven to be with the organiser).
 */
/** @import {Bundle, Category, EntryProblem, PinItem, PositionView, QueueSummary, Stop, SyncState} from '../types' */
import { metresBetween, windFrom } from '../../shared/geo.js';
import { formatDate, t, tn } from '../../shared/i18n.js';

/** @typedef {{lat: number, lon: number}} Place */
/** @typedef {{text: string, icon: string, tone: 'good' | 'info' | 'warning' | 'error'}} Status */

/** Metres nobody can pace: rounded as one would say them. @param {number} metres */
export function rounded(metres) {
  const step = metres < 20 ? 1 : metres < 100 ? 5 : metres < 1000 ? 10 : 100;
  return Math.round(metres / step) * step;
}

/** "37 m north of you". @param {Place} from @param {Place} to @returns {string} */
export function whereFrom(from, to) {
  const metres = metresBetween(from, to);
  if (metres < 3) return t('right where you are');
  const m = rounded(metres);
  switch (windFrom(from, to)) {
    case 'north':
      return t('{m} m north of you', { m });
    case 'northeast':
      return t('{m} m north-east of you', { m });
    case 'east':
      return t('{m} m east of you', { m });
    case 'southeast':
      return t('{m} m south-east of you', { m });
    case 'south':
      return t('{m} m south of you', { m });
    case 'southwest':
      return t('{m} m south-west of you', { m });
    case 'west':
      return t('{m} m west of you', { m });
    default:
      return t('{m} m north-west of you', { m });
  }
}

/** How sure the place is, one sentence. @param {PositionView} view @returns {string} */
export function accuracyWords(view) {
  if (view.state === 'insecure')
    return t('This address is not secure, so the phone does not tell where you are.');
  if (view.state === 'denied' || view.state === 'unavailable')
    return t('We cannot find your location. You can still place the pin on the map.');
  if (view.state === 'waiting' && !view.fix) return t('Looking for your location …');
  if (view.grade === 'none') return t('Location is uncertain. Move the map until the crosshair is right.');
  return tn(
    'Location accurate to about {n} metre',
    'Location accurate to about {n} metres',
    rounded(view.accuracy_m ?? 0),
  );
}

/** Is the sensor good enough to put a pin without looking? @param {PositionView} view */
export const isPlaced = (view) => view.fix !== null && view.grade !== 'none';

/**
 * The pill in the strip: few words, always words.
 * @param {QueueSummary} sum @param {Pick<SyncState, 'running' | 'lastError'>} sync @returns {Status}
 */
export function pillWords(sum, sync) {
  if (sum.word === 'rejoin') return { text: t('Scan the code'), icon: 'qr-code', tone: 'error' };
  if (sum.word === 'gone') return { text: t('Save as file'), icon: 'file-down', tone: 'error' };
  if (sum.help > 0) return { text: t('Needs help'), icon: 'circle-alert', tone: 'error' };
  if (sum.waiting + sum.photos === 0) return { text: t('All sent'), icon: 'cloud-check', tone: 'good' };
  const n = sum.waiting + sum.photos;
  if (sync.running) return { text: tn('Sending {n}', 'Sending {n}', n), icon: 'cloud-upload', tone: 'info' };
  if (sync.lastError)
    return { text: tn('{n} on the phone', '{n} on the phone', n), icon: 'cloud-off', tone: 'info' };
  return { text: tn('{n} waiting', '{n} waiting', n), icon: 'cloud-upload', tone: 'info' };
}

/** Nothing more can be sent to this walk. */
export const goneWords = () =>
  t('The organiser no longer has this walk. What is not sent is still on your phone: save it as a file.');

/** The sentence on top of "My pins". @param {QueueSummary} sum @param {SyncState} sync @returns {Status} */
export function sumWords(sum, sync) {
  const n = sum.waiting + sum.photos;
  if (sum.word === 'rejoin') {
    return {
      text: t('Scan the walk’s code again to send what is on your phone.'),
      icon: 'qr-code',
      tone: 'error',
    };
  }
  if (sum.word === 'gone') return { text: goneWords(), icon: 'file-down', tone: 'error' };
  if (sum.help > 0) {
    return {
      text: tn(
        '{n} could not be sent. It stays on your phone. Open the pin to see why.',
        '{n} could not be sent. They stay on your phone. Open the pin to see why.',
        sum.help,
      ),
      icon: 'circle-alert',
      tone: 'error',
    };
  }
  if (sync.lastError === 'portal') {
    return {
      text: t('This network needs a login. Log in, or switch Wi-Fi off. Your pins are still on your phone.'),
      icon: 'lock',
      tone: 'warning',
    };
  }
  if (n === 0) return { text: t('Everything is sent'), icon: 'cloud-check', tone: 'good' };
  if (sync.running && sync.n > 0)
    return { text: t('Sending {i} of {n}', { i: sync.i, n: sync.n }), icon: 'cloud-upload', tone: 'info' };
  if (sync.lastError === 'full') {
    return {
      text: t('Your phone is full. Free some space, so that what waits can be sent.'),
      icon: 'triangle-alert',
      tone: 'error',
    };
  }
  if (sync.lastError === 'storage') {
    return {
      text: t('The phone’s storage does not answer. Close the app and open it again.'),
      icon: 'triangle-alert',
      tone: 'error',
    };
  }
  if (sync.lastError === 'server') {
    return {
      text: t(
        'Something went wrong on our side. What you saved is on your phone and is tried again by itself.',
      ),
      icon: 'cloud-off',
      tone: 'warning',
    };
  }
  if (sum.waiting === 0)
    return {
      text: t('The pin is sent. The photo will follow when the network is better.'),
      icon: 'cloud-upload',
      tone: 'info',
    };
  return {
    text: tn(
      '{n} waiting to send. You do not need to do anything.',
      '{n} waiting to send. You do not need to do anything.',
      n,
    ),
    icon: sync.lastError ? 'cloud-off' : 'cloud-upload',
    tone: 'info',
  };
}

/**
 * One pin's state; `isKept` is false where the browser keeps nothing once the page is closed.
 * @param {Pick<PinItem, 'state'>} pin @param {boolean} isKept @returns {{text: string, icon: string}}
 */
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
      return t('This network needs a login. Your pins are still on your phone.');
    case 'not_joined':
      return t('Scan the walk’s code again to send what is on your phone.');
    case 'walk_gone':
      return goneWords();
    case 'pin_conflict':
      return t('There is another version of this pin. Both are kept.');
    case 'too_large':
      return t('It is too large to send.');
    case 'photo_not_image':
    case 'unsupported_type':
      return t('The file is not a picture that we can open.');
    default:
      return problem.title ?? t('Something went wrong on our side. What you saved is still on your phone.');
  }
}

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

/** @param {Bundle} bundle @param {string} code @returns {Category} an unknown one still has a name */
export function categoryOf(bundle, code) {
  return (
    bundle.categories.find((category) => category.code === code) ?? {
      code,
      group: 'general',
      symbol_group: 'other',
      icon: 'circle-ellipsis',
      sensitive: false,
      button: null,
      tile: code,
      label: code,
      label_positive: null,
      hint: null,
    }
  );
}

/** The short name on tiles, rows and toasts. @param {Category} category @param {string} kind */
export function nameOf(category, kind) {
  return kind === 'positive' ? (category.label_positive ?? category.label) : category.tile || category.label;
}

/** Something good is shown as such, and not by what it lacks. @param {Category} category @param {string} kind */
export const iconOf = (category, kind) => (kind === 'positive' && category.icon_positive) || category.icon;

/** Which colour group a pin is drawn in. @param {Category} category @param {string} kind */
export function groupOf(category, kind) {
  return kind === 'positive' ? 'good_place' : kind === 'idea' ? 'other' : category.symbol_group;
}

/** What a tile stores: a good place is good by itself, an idea is an idea. @param {Category} category @param {boolean} good */
export function kindOf(category, good) {
  if (category.code === 'idea') return 'idea';
  if (category.code === 'good_place') return 'positive';
  return good && category.label_positive ? 'positive' : 'problem';
}

/** @param {string | number} when @param {string} [timeZone] */
export const clock = (when, timeZone) => formatDate(when, { hour: '2-digit', minute: '2-digit', timeZone });

/** The stop one stands at, if any. @template {Pick<Stop, 'lat' | 'lon' | 'radius_m'>} S @param {S[]} stops @param {Place} place @param {number} [within] metres instead of the stop's own @returns {S | null} */
export function stopAt(stops, place, within) {
  const near = stops
    .map((stop) => ({ stop, metres: metresBetween(stop, place) }))
    .filter(({ stop, metres }) => metres <= (within ?? stop.radius_m))
    .sort((a, b) => a.metres - b.metres);
  return near[0]?.stop ?? null;
}

/** The buttons of a question's scale, "1-5" → [1, 2, 3, 4, 5]; none for an answer in words. @param {string} scale @returns {number[]} */
export function scaleSteps(scale) {
  const [, low, high] = /^(\d+)-(\d+)$/.exec(scale)?.map(Number) ?? [];
  return high > low && high - low <= 10 ? Array.from({ length: high - low + 1 }, (_, i) => low + i) : [];
}
