/**
 * The desk's words for what happens about a pin: states of an issue, how soon, by what means, with whom.
 */
import { lang, t } from '../shared/i18n.js';
import { statusWord } from './words.js';

/** @import {IssueFields} from './types' */

export const STATUSES = [
  'new',
  'reviewed',
  'assigned',
  'planned',
  'in_progress',
  'done',
  'verified',
  'declined',
  'by_design',
  'keep',
];
/** What the keys 1–5 say. */
export const KEY_STATUSES = ['new', 'reviewed', 'planned', 'done', 'declined'];
/** States that residents are told the reason of. */
export const needsReason = (/** @type {string} */ status) => status === 'declined' || status === 'by_design';

const AT_WORK = ['new', 'reviewed', 'assigned', 'planned', 'in_progress'];

/** Which status may come after which: only what is done can be verified or opened again. @param {string} before @param {string} after */
export function mayFollow(before, after) {
  const pair = [before, after];
  if (before === after) return true;
  if (pair.includes('verified')) return pair.includes('done');
  return !pair.includes('done') || pair.some((one) => AT_WORK.includes(one));
}

/** @typedef {[string, string][]} Options codes with their words */

/** @returns {Options} */
export const statusOptions = () => STATUSES.map((code) => [code, statusWord(code)]);

/** @returns {Options} */
export const horizonOptions = () => [
  ['quick', t('Quick: within four weeks')],
  ['medium', t('Within half a year')],
  ['long', t('Long: plan or budget')],
  ['keep', t('Keep as it is')],
];

/** @returns {Options} */
export const leverOptions = () => [
  ['physical', t('The place itself')],
  ['management', t('Care and upkeep')],
  ['social', t('People and activities')],
  ['enforcement', t('Supervision')],
  ['policy', t('Rules and planning')],
];

/** @returns {Options} */
export const modeOptions = () => [
  ['to', t('To the residents')],
  ['for', t('For the residents')],
  ['with', t('With the residents')],
  ['by', t('By the residents')],
];

/** @returns {Options} */
export const priorityOptions = () => [
  ['1', t('High')],
  ['2', t('Medium')],
  ['3', t('Low')],
];

/** @returns {Options} */
export const ownerKindOptions = () => [
  ['municipality', t('Municipality')],
  ['housing_company', t('Housing company')],
  ['property_owner', t('Property owner')],
  ['public_transport', t('Public transport')],
  ['road_authority', t('Road authority')],
  ['police', t('Police')],
  ['association', t('Association')],
  ['residents', t('Residents')],
  ['other', t('Other')],
];

/** @param {string} name */
export function fieldWord(name) {
  /** @type {Record<string, string>} */
  const words = {
    status: t('Status'),
    owner_id: t('Who does it'),
    person: t('Person'),
    due_on: t('Done by'),
    horizon: t('How soon'),
    lever: t('By what means'),
    mode: t('How together'),
    priority: t('Priority'),
    reference: t('Reference'),
    title: t('Heading'),
    decision: t('Public reason'),
  };
  return words[name] ?? name;
}

/** The language that texts are written in at this desk. */
export const ownLang = () => (lang() === 'en-x-rtl' ? 'en' : lang());

/** @param {string} day 2026-05-20 */
export const dayWord = (day) =>
  new Intl.DateTimeFormat(ownLang(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day));

/** @param {string} name @param {unknown} value @param {(id: string) => string} ownerName */
export function valueWord(name, value, ownerName) {
  if (value === null || value === '' || value === undefined) return t('Nothing');
  if (name === 'owner_id') return ownerName(String(value));
  if (name === 'due_on') return dayWord(String(value));
  if (typeof value === 'object') return Object.values(value).join(' · ') || t('Nothing');
  /** @type {Record<string, () => Options>} */
  const lists = {
    status: statusOptions,
    horizon: horizonOptions,
    lever: leverOptions,
    mode: modeOptions,
    priority: priorityOptions,
  };
  const word = lists[name]?.().find(([code]) => code === String(value));
  return word ? word[1] : String(value);
}

/** What was changed, for "Undo". @param {Partial<IssueFields>} fields @param {string} what "Pin 4" or "12 pins" @param {(id: string) => string} ownerName */
export function changeWord(fields, what, ownerName) {
  const [name, value] = Object.entries(fields)[0];
  if (typeof value === 'object' && value !== null)
    return t('{what}: {field}', { what, field: fieldWord(name) });
  return t('{what}: {field} – {value}', {
    what,
    field: fieldWord(name),
    value: valueWord(name, value, ownerName),
  });
}
