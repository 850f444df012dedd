/**
 * Who sees a pin now, in plain words, and what a decision about it changes. Says what the rules of access do and makes
 * none: participants see each other's pins only while a walk is open or closing, and where the organiser lets them.
 */
import { t } from '../shared/i18n.js';

/** @import {DeskBundle, DeskPhoto, StaffView} from './types' */
/** @typedef {Pick<DeskBundle['walk'], 'state' | 'others_visible'>} Walk */

/** Why nobody but staff and whoever made it sees the pin, whatever the walk. @param {StaffView} view */
function keptBack(view) {
  if (view.withdrawn && !view.participant) return t('Taken back. Only staff see it.');
  if (view.withdrawn) return t('Taken back by the participant. Only staff see it, until it is purged.');
  if (view.review === 'hidden') return t('Hidden. Only staff and the participant see it.');
  if (view.participant_hidden) return t('Everything from this participant is hidden. Only staff see it.');
  if (view.participant_waits)
    return t('The phone waits to be let in: until then only staff and the participant see it.');
  if (view.quarantine && view.review === 'new')
    return t('Set aside: only staff and the participant see it, until it is approved.');
  if (view.staff_only) return t('The participant wants only staff to see it.');
  if (view.sensitive) return t('A sensitive subject: only staff and the participant see it.');
  if (view.visibility === 'staff') return t('Only staff and the participant see it.');
  return null;
}

/** @param {Walk} walk */
function ofWalk({ state, others_visible: isShared }) {
  if (!isShared)
    return t(
      'In this walk participants do not see each other’s pins. Only staff and the participant see it.',
    );
  if (state === 'open' || state === 'closing') return null;
  if (state === 'closed' || state === 'archived')
    return t('The walk is closed: only staff and the participant see the pin now.');
  return t('The walk is not open: only staff and the participant see the pin.');
}

/** @param {StaffView} view */
function ofText(view) {
  if (!view.text && !view.proposal) return null;
  if (view.text_review === 'approved') return t('They read its text.');
  if (view.text_review === 'hidden') return t('Its text is hidden from them.');
  return t('They read its text once the text is approved.');
}

/** @param {DeskPhoto[]} photos */
function ofPhotos(photos) {
  const reviews = photos.filter(({ state }) => state !== 'quarantined').map(({ review }) => review);
  if (reviews.length === 0) return null;
  if (reviews.includes('new')) return t('They see a photo once that photo is approved.');
  if (!reviews.includes('approved')) return t('Its photos are hidden from them.');
  return t('They see the approved photos.');
}

/** @param {StaffView} view @param {Walk} walk */
export function audience(view, walk) {
  const alone = keptBack(view) ?? ofWalk(walk);
  if (alone) return alone;
  const pin =
    view.review === 'approved'
      ? t('Approved: other participants see the pin on the map.')
      : t(
          'Not reviewed yet, but other participants see the pin on the map already; hiding it takes it away.',
        );
  return [pin, ofText(view), ofPhotos(view.photos)].filter(Boolean).join(' ');
}
