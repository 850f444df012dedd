/**
 * Who could do it, under the choice of who does it: shown with its reason, and given by one press. Never by itself.
 */
import { h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { suggestionFor } from './suggestion.js';

/** @import {DeskPin} from './types' */
/** @import {Owners} from './owners.js' */
/** @import {Suggestion} from './suggestion.js' */

/** @param {Suggestion} suggestion */
const words = ({ owner: { name }, why }) =>
  why === 'ground'
    ? t('Suggested: {name} – the place is on their ground', { name })
    : t('Suggested: {name} – usual for this category', { name });

/** @param {Owners} owners @param {(id: string) => void} give */
export function createSuggested(owners, give) {
  const el = h('div', { class: 'suggested', hidden: true });
  /** @type {Suggestion | null} */
  let offer = null;
  const accept = () => {
    if (offer) give(offer.owner.id);
  };

  /** @param {DeskPin} pin */
  function show(pin) {
    const before = offer;
    offer = suggestionFor(owners.list().all, pin);
    el.hidden = offer === null;
    if (offer === null || (before?.owner.id === offer.owner.id && before.why === offer.why && el.firstChild))
      return;
    el.replaceChildren(
      h('p', { class: 'small' }, words(offer)),
      h(
        'button',
        { type: 'button', class: 'btn', 'data-suggested': offer.owner.id, onclick: accept },
        icon('check', 20),
        t('Accept'),
      ),
    );
  }

  return { el, show, accept };
}
