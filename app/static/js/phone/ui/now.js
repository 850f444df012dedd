/**
 * What may be said now: words.js has the words, this knows whether the browser keeps anything. Where it does not,
 * nothing is called saved, and nobody is told to rest.
 */
/** @import {PinItem, QueueSummary, SyncState} from '../types' */
/** @import {Status} from './words.js' */
import { t, tn } from '../../shared/i18n.js';
import { storeMode } from '../store.js';
import { pillWords, stateWords, sumWords } from './words.js';

const keepsNothing = () => storeMode().memory;
const onPage = () => t('Kept on this page only. Do not close it.');

/** Where a pin is. */
export const savedWord = () => (keepsNothing() ? onPage() : t('Saved on your phone'));

/** Where a photo is. */
export const photoSavedWord = () => (keepsNothing() ? onPage() : t('The photo is saved on your phone'));

/** A change is held back while its form is open. */
export const changeSavedWord = () =>
  keepsNothing() ? onPage() : t('Saved on your phone. It is sent when you are done.');

/** A sent pin before anything of it is changed. */
export const wouldBeSavedWord = () => (keepsNothing() ? '' : t('What you change is saved at once'));

/** One pin's state, or one photo's. @param {{state: string}} thing */
export const stateNow = ({ state }) =>
  stateWords({ state: /** @type {PinItem['state']} */ (state) }, !keepsNothing());

/** The sentence on top of "My pins". @param {QueueSummary} sum @param {SyncState} sync @returns {Status} */
export function sumNow(sum, sync) {
  const words = sumWords(sum, sync);
  const n = sum.waiting + sum.photos;
  const isPlain = words.tone === 'info' && !(sync.running && sync.n > 0);
  if (!keepsNothing() || n === 0 || !isPlain) return words;
  const text = tn(
    '{n} waiting to send. Keep this page open.',
    '{n} waiting to send. Keep this page open.',
    n,
  );
  return { ...words, text, tone: 'warning' };
}

/** The pill in the strip. @param {QueueSummary} sum @param {SyncState} sync @returns {Status} */
export const pillNow = (sum, sync) => pillWords(sum, keepsNothing() ? { ...sync, lastError: null } : sync);
