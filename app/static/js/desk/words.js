/**
 * The desk's words for codes: states, feelings, flags, what is missing. One place, so that list, map and detail agree.
 */
import { lang, t, tn } from '../shared/i18n.js';
import { isMerged } from './filter.js';

/** @import {Act, DeskPin, Review, Show} from './types' */

/** @param {Show | 'all'} show */
export function showWord(show) {
  return {
    all: t('All'),
    new: t('New'),
    photos: t('With new photos'),
    no_owner: t('Without owner'),
    acute: t('Acute'),
    late: t('Late'),
    outside: t('Outside'),
    aside: t('Set aside'),
    waiting: t('Waiting to be let in'),
    unusual: t('Worth a look'),
    merged: t('Merged'),
    hidden: t('Hidden'),
  }[show];
}

/** @param {Review} review */
export const reviewWord = (review) =>
  ({ new: t('New'), approved: t('Approved'), hidden: t('Hidden') })[review];

/** @param {string} status of the issue */
export function statusWord(status) {
  /** @type {Record<string, string>} */
  const words = {
    new: t('New'),
    reviewed: t('Being looked into'),
    assigned: t('Handed over'),
    planned: t('Planned'),
    in_progress: t('Under way'),
    done: t('Done'),
    verified: t('Done and checked'),
    declined: t('Not being done'),
    by_design: t('Meant to be so'),
    merged: t('Merged'),
    keep: t('To be kept'),
  };
  return words[status] ?? status;
}

/** @param {string} kind */
export function kindWord(kind) {
  return { problem: t('Needs to improve'), positive: t('Good – keep it'), idea: t('Idea') }[kind] ?? kind;
}

/** Who took a pin back: whoever sent it, or staff if they had entered it. @param {DeskPin} pin */
const withdrawnWord = (pin) =>
  pin.whole && !pin.whole.participant ? t('Taken back') : t('Taken back by the participant');

/** Signs that a human should see. @param {DeskPin} pin @returns {{code: string, icon: string, word: string, tone: string}[]} */
export function signsOf(pin) {
  /** @type {[boolean, string, string, string, string][]} */
  const all = [
    [pin.acute, 'acute', 'siren', t('Acute'), 'is-error'],
    [pin.withdrawn, 'withdrawn', 'undo-2', withdrawnWord(pin), ''],
    [pin.participant_hidden, 'participant', 'eye-off', t('Participant hidden'), ''],
    [pin.participant_waits, 'waiting', 'hourglass', t('Waiting to be let in'), 'is-info'],
    [pin.hints.length > 0, 'unusual', 'search', t('Worth a look'), 'is-info'],
    [pin.conflict, 'conflict', 'triangle-alert', t('Two versions'), 'is-warning'],
    [pin.quarantine, 'quarantine', 'shield-alert', t('Set aside'), 'is-warning'],
    [pin.unknown_category, 'unknown', 'circle-question-mark', t('Unknown category'), 'is-warning'],
    [pin.late, 'late', 'clock', t('Late'), 'is-info'],
    [pin.outside, 'outside', 'map-pinned', t('Outside the area'), 'is-info'],
    [pin.staff_only, 'staff', 'lock', t('Only for staff'), ''],
    [isMerged(pin), 'merged', 'combine', t('Merged'), ''],
  ];
  return all.filter(([is]) => is).map(([, code, icon, word, tone]) => ({ code, icon, word, tone }));
}

/** @param {number} value 1–5 */
export const feelingWord = (value) =>
  [t('Very unsafe'), t('Unsafe'), t('Neither'), t('Safe'), t('Very safe')][value - 1] ?? '';

/** @param {number} value 1–3 */
export const severityWord = (value) => [t('Small'), t('Medium'), t('Serious')][value - 1] ?? '';

/** @param {string} code */
export function whenWord(code) {
  /** @type {Record<string, string>} */
  const words = {
    morning: t('Morning'),
    day: t('Daytime'),
    evening: t('Evening'),
    night: t('Night'),
    weekday: t('Weekdays'),
    weekend: t('Weekends'),
    summer: t('Summer'),
    winter: t('Winter'),
    always: t('Always'),
  };
  return words[code] ?? code;
}

/** @param {string} code */
export function affectedWord(code) {
  /** @type {Record<string, string>} */
  const words = {
    all: t('Everyone'),
    children: t('Children'),
    youth: t('Young people'),
    women: t('Women'),
    elderly: t('Older people'),
    disability: t('People with disabilities'),
  };
  return words[code] ?? code;
}

/** @param {string} code how the place was found */
export function sourceWord(code) {
  return (
    {
      sensor: t('The phone’s position'),
      crosshair: t('Pointed out on the map'),
      stop: t('At a stop'),
      address: t('By address'),
      import: t('By a file that was taken in'),
    }[code] ?? code
  );
}

/** @param {string} reason why something was set aside */
export function quarantineWord(reason) {
  /** @type {Record<string, string>} */
  const words = {
    over_quota: t('The phone has sent unusually much.'),
    unreadable: t('The file is damaged, or of a kind that cannot be opened.'),
    too_heavy: t('The picture is too large to be opened safely.'),
    stuck: t('The picture could not be opened, though it was tried several times.'),
    missing: t('The file has been lost from the store. The phone may still have it.'),
  };
  return words[reason] ?? reason;
}

/** What is pointed out about a pin. @param {string} kind */
export function hintWord(kind) {
  /** @type {Record<string, string>} */
  const words = {
    many_at_once: t('The phone sent many pins within two minutes.'),
    same_spot: t('The phone sent many pins on this very spot.'),
    too_fast: t('Nobody walks so fast from the phone’s pin before or to the next.'),
    same_photo: t('Another pin has the same picture.'),
    alike_photo: t('Another pin has a picture that looks the same.'),
  };
  return words[kind] ?? kind;
}

/** What was done, for a toast. @param {Act} act */
export function doneWord(act) {
  const n = act.number;
  if (act.what === 'participant')
    return act.to ? t('Everything from the participant is hidden') : t('The participant is shown again');
  if (act.what === 'redaction') return t('Black-outs of pin {n} saved', { n });
  if (act.what === 'words') return t('Public text of pin {n} saved', { n });
  if (act.what === 'conflict')
    return act.to ? t('Pin {n} has two versions again', { n }) : t('Versions of pin {n} settled', { n });
  if (act.what === 'waiting')
    return act.to
      ? t('The phone waits again. The others do not see its pins.')
      : t('The phone is let in. The others see its pins now.');
  const words = {
    pin: {
      approved: t('Pin {n} approved', { n }),
      hidden: t('Pin {n} hidden', { n }),
      new: t('Pin {n} is new again', { n }),
    },
    text: {
      approved: t('Text of pin {n} approved', { n }),
      hidden: t('Text of pin {n} hidden', { n }),
      new: t('Text of pin {n} is to be reviewed again', { n }),
    },
    photo: {
      approved: t('Photo of pin {n} approved', { n }),
      hidden: t('Photo of pin {n} hidden', { n }),
      new: t('Photo of pin {n} is to be reviewed again', { n }),
    },
  };
  return words[act.what][act.to];
}

/** @param {number} n */
export const pinsWord = (n) => tn('{n} pin', '{n} pins', n);

/** A time in the walk's own zone. @param {string} iso @param {string} zone @param {Intl.DateTimeFormatOptions} [options] */
export function timeIn(iso, zone, options = { dateStyle: 'medium', timeStyle: 'short' }) {
  const tag = lang() === 'en-x-rtl' ? 'en' : lang();
  return new Intl.DateTimeFormat(tag, { ...options, timeZone: zone }).format(new Date(iso));
}
