/**
 * What a pin, a withdrawal and a rating look like on the wire, and which outbox entries a change needs. Pure.
 *
 * Promises: a body is built the same way every time, so that its hash can be compared; an entry that may have left
 * the phone is never rewritten, a newer revision follows it instead.
 */
/** @import {Entry, EntryKind, NewPin, PinFields, PinRecord, RatingRecord} from './types' */
import { sha256 } from '../shared/hash.js';

/** A pin is not sent while its sheet or camera is open, but never held longer than this. */
export const HOLD_MS = 10 * 60_000;
/** How long a removed pin's withdrawal waits for an "Undo". */
export const UNDO_MS = 10_000;
/** How long a removed pin can be brought back at all: a walk. */
export const KEEP_REMOVED_MS = 12 * 3_600_000;
/** The server's limits (schemas/pin.py). */
const LONGEST = { text: 4000, proposal: 4000, address: 200, alt: 500, extra: 200 };
export const MOST_PHOTOS = 12;
export const LARGEST_PHOTO = 8_000_000;
const [EARLIEST, LATEST] = [Date.UTC(2000, 0, 1), Date.UTC(2199, 11, 31)];

/** The build this page runs, from its own address. */
export const CLIENT = `web/${/\/static\/([^/]+)\/js\//.exec(import.meta.url)?.[1] ?? 'dev'}`;

/** @type {Omit<PinFields, 'kind' | 'category' | 'there'>} */
const DEFAULTS = {
  secondary: null,
  place_type: null,
  here: null,
  source: 'crosshair',
  stop_id: null,
  address: null,
  text: '',
  text_lang: null,
  severity: null,
  acute: false,
  feeling_day: null,
  feeling_dark: null,
  avoids: null,
  when: [],
  affected: [],
  proposal: '',
  voice: null,
  group: null,
  staff_only: false,
};

/** This moment as the phone's clock has it, kept within the years a server accepts. @param {number} now */
export const moment = (now) => new Date(Math.min(Math.max(now, EARLIEST), LATEST)).toISOString();

/**
 * Text that a database and a person can read: no lone surrogates, no control characters but line break and tab.
 * @param {string} text @param {keyof typeof LONGEST} field
 */
export function clean(text, field) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what is removed
  return text.slice(0, LONGEST[field]).replace(/\p{Surrogate}|[\0-\x08\x0b-\x1f]/gu, '');
}

/** @param {Partial<PinFields>} patch @returns {Partial<PinFields>} */
export function cleanFields(patch) {
  const copy = { ...patch };
  for (const name of /** @type {const} */ (['text', 'proposal', 'address'])) {
    const value = copy[name];
    if (typeof value === 'string') copy[name] = clean(value, name);
  }
  if (copy.extra)
    copy.extra = Object.fromEntries(
      Object.entries(copy.extra).map(([key, value]) => [key, clean(value, 'extra')]),
    );
  return copy;
}

/** @param {NewPin} fields @returns {PinFields} */
export const completeFields = (fields) => /** @type {PinFields} */ ({ ...DEFAULTS, ...cleanFields(fields) });

/** @param {PinRecord} pin @param {number} rev @param {number | null} base @param {string} [client] @returns {string} */
export function pinBody(pin, rev, base, client = CLIENT) {
  const head = { schema: 1, client, rev, base_rev: base, made_at: pin.made_at };
  return JSON.stringify({ ...head, ...pin.fields, secret_sha256: sha256(pin.secret), photos: pin.photos });
}

/** @param {RatingRecord} rating @param {number} rev @param {number | null} base @returns {string} */
export function ratingBody(rating, rev, base) {
  const { question_id, stop_id, score, text, made_at } = rating;
  return JSON.stringify({ rev, base_rev: base, question_id, stop_id, score, text, made_at });
}

/** @param {number} rev @param {number | null} base @returns {string} */
export const withdrawalBody = (rev, base) => JSON.stringify({ rev, base_rev: base });

/** @param {string} walk @param {EntryKind} kind @param {string} target @param {number} rev */
export const entryId = (walk, kind, target, rev) => `${walk}/${kind}/${target}/${rev}`;

/**
 * A fresh entry.
 * @param {string} walk @param {EntryKind} kind @param {string} target @param {number} rev
 * @param {string | null} body null for a photo, whose hash is its target
 * @param {number} now @param {number} notBefore
 * @returns {Entry}
 */
export function entryFor(walk, kind, target, rev, body, now, notBefore = 0) {
  return {
    id: entryId(walk, kind, target, rev),
    walk,
    kind,
    target,
    rev,
    body,
    sha256: body === null ? target : sha256(body),
    created_at: now,
    not_before: notBefore,
    tries: 0,
    next_at: 0,
    state: 'waiting',
    problem: null,
    maybe_sent: false,
    recompressed: false,
  };
}

/**
 * Which revision a change becomes, and which entries it replaces.
 * @param {{rev: number, acked_rev: number}} thing
 * @param {Entry[]} entries of this thing, pins or ratings only
 * @returns {{rev: number, base: number | null, replaces: Entry[]}}
 */
export function revision(thing, entries) {
  const refused = entries.filter((entry) => entry.state === 'help');
  const queued = entries.filter((entry) => entry.state !== 'help').sort((a, b) => a.rev - b.rev);
  const last = queued.at(-1);
  const canRewrite = last?.state === 'waiting' && !last.maybe_sent;
  const before = canRewrite ? queued.at(-2) : last;
  const base = before?.rev ?? (thing.acked_rev || null);
  return {
    rev: canRewrite ? last.rev : thing.rev + 1,
    base,
    replaces: canRewrite ? [...refused, last] : refused,
  };
}

/** True when the proven body says exactly what the pin says now. @param {PinRecord} pin */
export function isAsProven(pin) {
  if (pin.acked_body === null) return false;
  const proven = JSON.parse(pin.acked_body);
  return pinBody(pin, proven.rev, proven.base_rev, proven.client) === pin.acked_body;
}
