/** Who sees a pin is said as the rules of access have it: by the walk, by what keeps a pin back, and by each review. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { audience } from '../../../app/static/js/desk/audience.js';
import { aPhoto, aView } from './made.js';

const OPEN = { state: 'open', others_visible: true };
const SEEN = /other participants see the pin on the map/;

test('other participants see pins while the walk is open or closing, and then no more', () => {
  for (const state of ['open', 'closing']) assert.match(audience(aView(1), { ...OPEN, state }), SEEN);
  for (const state of ['draft', 'closed', 'archived']) {
    const said = audience(aView(1, { review: 'approved' }), { ...OPEN, state });
    assert.match(said, /only staff and the participant/);
    assert.doesNotMatch(said, SEEN);
  }
});

test('where participants do not see each other, no pin is said to be seen', () => {
  for (const state of ['open', 'closing', 'closed'])
    assert.match(audience(aView(1), { state, others_visible: false }), /do not see each other/);
});

test('what keeps a pin back is said whatever the walk', () => {
  const kept = [
    { withdrawn: true },
    { review: /** @type {const} */ ('hidden') },
    { participant_hidden: true },
    { quarantine: 'far_away' },
    { participant_waits: true },
    { staff_only: true },
    { sensitive: true },
    { visibility: 'staff' },
  ];
  for (const fields of kept) {
    const said = audience(aView(1, fields), OPEN);
    assert.match(said, /only staff/i);
    assert.doesNotMatch(said, SEEN);
  }
  assert.equal(new Set(kept.map((fields) => audience(aView(1, fields), OPEN))).size, kept.length);
});

test('a new and an approved pin are told apart', () => {
  assert.match(audience(aView(1), OPEN), /^Not reviewed yet/);
  assert.match(audience(aView(1, { review: 'approved' }), OPEN), /^Approved/);
});

test('words and photos become visible by being approved', () => {
  const photo = aPhoto();
  const waiting = audience(aView(1, { text: 'Mörkt', photos: [photo] }), OPEN);
  assert.match(waiting, /text once the text is approved.*photo once that photo is approved/);
  const approved = [aPhoto({ review: 'approved' })];
  const shown = audience(aView(1, { text: 'Mörkt', text_review: 'approved', photos: approved }), OPEN);
  assert.match(shown, /They read its text\. They see the approved photos\./);
  const hidden = [aPhoto({ review: 'hidden' })];
  const gone = audience(aView(1, { text: 'Mörkt', text_review: 'hidden', photos: hidden }), OPEN);
  assert.match(gone, /text is hidden from them\. Its photos are hidden/);
});

test('a pin without words or photos says nothing of them', () => {
  assert.doesNotMatch(audience(aView(1), OPEN), /text|photo/);
});
