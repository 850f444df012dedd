/**
 * What may be said now: status.js has the words, this knows whether the browser keeps anything. Where it does not,
 * nothing is called saved, and nobody is told to rest.
 */
/** @import {EntryProblem, PinItem, QueueSummary, SyncState} from '../types' */
/** @import {Status} from './status.js' */
import { t } from '../../shared/i18n.js';
import { storeMode } from '../store.js';
import {
  goneWords,
  pillWords,
  portalWords,
  rejoinWords,
  stateWords,
  sumWords,
  waitsWords,
  whereWords,
} from './status.js';

/** Nothing here outlives this page. */
export const keepsNothing = () => storeMode().memory;
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
export const sumNow = (sum, sync) => sumWords(sum, sync, !keepsNothing());

/** The pill in the strip. @param {QueueSummary} sum @param {SyncState} sync @returns {Status} */
export const pillNow = (sum, sync) => pillWords(sum, sync, !keepsNothing());

/** Where that is which is not sent. */
export const whereNow = () => whereWords(!keepsNothing());

export const goneNow = () => goneWords(!keepsNothing());
export const rejoinNow = () => rejoinWords(!keepsNothing());
export const portalNow = () => portalWords(!keepsNothing());

/** Why it still waits. @param {EntryProblem | null} problem */
export const waitsNow = (problem) => waitsWords(problem, !keepsNothing());
