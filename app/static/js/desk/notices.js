/**
 * What the desk says by itself: pins that wait, acute ones, an empty list, and what came of an act.
 */
import { announce, h } from '../shared/dom.js';
import { formatNumber, t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { toast } from './toast.js';

/** @import {Outcome} from './acts.js' */

/** New pins are told to a screen reader at most this often. */
const TELL_EVERY = 30_000;
let told = 0;

/** @param {string} id @returns {HTMLElement} */
export const el = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Pins that fit and wait beside the list. @param {number} n */
export function showWaiting(n) {
  const button = el('news');
  button.hidden = n === 0;
  if (n === 0) return;
  const text = tn('{n} new – show', '{n} new – show', n);
  if (button.textContent !== text) button.replaceChildren(text);
  if (Date.now() - told < TELL_EVERY) return;
  told = Date.now();
  announce(tn('{n} new pin', '{n} new pins', n));
}

/** How far the words of the pins have come; told where they are searched. @param {{missing: number, all: number}} left @param {boolean} isSearching */
export function showFetching({ missing, all }, isSearching) {
  const line = el('fetching');
  line.hidden = missing === 0 || !isSearching;
  if (line.hidden) return;
  const share = formatNumber((all - missing) / all, { style: 'percent' });
  const words = t('The search covers {share} so far. The rest is on its way.', { share });
  if (line.textContent !== words) line.replaceChildren(words);
}

/** @param {number} n acute pins that nobody has looked at @param {() => void} show */
export function showAcute(n, show) {
  const box = el('acute');
  if (box.dataset.n === String(n)) return;
  box.dataset.n = String(n);
  const words = tn('{n} acute pin has not been reviewed', '{n} acute pins have not been reviewed', n);
  box.replaceChildren(
    icon('siren'),
    h('strong', { class: 'grow' }, words),
    h('button', { type: 'button', class: 'btn', onclick: show }, t('Show')),
  );
}

/** @param {{rows: number, pins: number}} there */
export function showEmpty({ rows, pins }) {
  el('empty').hidden = rows > 0;
  el('empty-filter').hidden = pins === 0;
  el('empty-walk').hidden = pins > 0;
}

/** @param {string | null} [by] */
const staleWord = (by) =>
  by
    ? t('{name} changed this a moment ago. Look at the new version.', { name: by })
    : t('Somebody changed this a moment ago. Look at the new version.');

/** What did not come to anything. @param {{outcome: Outcome | 'conflict', problem?: string, by?: string | null}} done */
export function tellFault({ outcome, problem, by }) {
  if (outcome === 'stale') toast(staleWord(by), { tone: 'error' });
  if (outcome === 'failed') toast(problem ?? t('That did not work. Try again.'), { tone: 'error' });
}
