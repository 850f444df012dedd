/**
 * Pins that may be about the same thing, side by side: those that are ticked become one issue, by Enter. Every voice,
 * photo and word is kept, and it can be split again for ever. Photos nobody has approved stay blurred.
 */
import { h, on } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { timeIn } from './words.js';

/** @import {DeskPin} from './types' */
/** @typedef {{walk: string, zone: string, labelOf: (pin: DeskPin) => string, merge: (pins: DeskPin[]) => void, apart?: () => void}} MergeWays `apart`: they are not the same */

/** Where the others go: the issue with the most pins, then the oldest. @param {DeskPin[]} pins @returns {{into: string, issues: string[], number: number} | null} */
export function mergeOf(pins) {
  const known = pins.filter((pin) => pin.issue);
  const [first] = [...known].sort(bySize);
  const into = first?.issue?.id ?? '';
  const issues = [...new Set(known.map((pin) => pin.issue?.id ?? ''))].filter((id) => id !== into);
  return issues.length > 0 ? { into, issues, number: first.number } : null;
}

/** @param {DeskPin} a @param {DeskPin} b */
const bySize = (a, b) => (b.issue?.members ?? 1) - (a.issue?.members ?? 1) || a.number - b.number;

/** @param {DeskPin} pin @param {string} walk */
function picture(pin, walk) {
  const photo = pin.whole?.photos.find((one) => one.state === 'ready' && one.review !== 'hidden');
  if (!photo) return null;
  const blurred = photo.review !== 'approved';
  return h(
    'span',
    { class: 'twin__shot' },
    h('img', {
      class: blurred ? 'shot__image shot__image--blurred' : 'shot__image',
      src: `/api/desk/walks/${walk}/photos/${photo.id}/thumb`,
      alt: blurred ? t('Blurred photo') : photo.alt,
      loading: 'lazy',
    }),
  );
}

/** @param {DeskPin} pin @param {MergeWays} ways */
function card(pin, ways) {
  const { whole } = pin;
  const members = pin.issue?.members ?? 1;
  return h(
    'label',
    { class: 'twin' },
    h(
      'span',
      { class: 'row' },
      h('input', { type: 'checkbox', class: 'tick', checked: true, value: String(pin.number) }),
      h('strong', { class: 'grow' }, `${ways.labelOf(pin)} ${t('#{n}', { n: pin.number })}`),
    ),
    picture(pin, ways.walk),
    h('span', { class: 'twin__words', dir: 'auto' }, whole?.text || whole?.proposal || t('No text')),
    h(
      'span',
      { class: 'small muted' },
      whole && timeIn(whole.made_at, ways.zone),
      members > 1 && ` · ${tn('merged with {n} more', 'merged with {n} more', members - 1)}`,
    ),
  );
}

/** @param {DeskPin[]} pins @param {string} title @param {MergeWays} ways */
export function openMerge(pins, title, ways) {
  const opener = document.activeElement;
  const go = h('button', { type: 'submit', class: 'btn btn--primary' });
  const cards = h(
    'div',
    { class: 'twins' },
    pins.map((pin) => card(pin, ways)),
  );
  const ticked = () => {
    const boxes = [...cards.querySelectorAll('input')].filter((box) => box.checked);
    const numbers = new Set(boxes.map((box) => Number(box.value)));
    return pins.filter((pin) => numbers.has(pin.number));
  };
  const count = () => {
    const n = ticked().length;
    go.disabled = mergeOf(ticked()) === null;
    go.replaceChildren(icon('combine', 20), tn('Merge {n} pin', 'Merge {n} pins', n));
  };
  const close = () => dialog.close();
  const apart = () => {
    close();
    ways.apart?.();
  };
  const form = h(
    'form',
    { class: 'stack', method: 'dialog' },
    h('h2', { id: 'merge-title' }, title),
    h('p', { class: 'muted' }, t('All photos, words and voices are kept. You can split them again.')),
    cards,
    h(
      'div',
      { class: 'row' },
      go,
      ways.apart && h('button', { type: 'button', class: 'btn', onclick: apart }, t('Not the same')),
      h('button', { type: 'button', class: 'btn btn--quiet', onclick: close }, t('Cancel')),
    ),
  );
  const dialog = h('dialog', { class: 'help merge', 'aria-labelledby': 'merge-title' }, form);
  on(cards, 'change', count);
  on(form, 'submit', () => ways.merge(ticked()));
  on(dialog, 'close', () => {
    dialog.remove();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
  count();
  document.body.append(dialog);
  dialog.showModal();
  cards.querySelector('input')?.focus();
}
