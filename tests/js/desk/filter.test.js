/** Which pins are shown and in which order; the address that remembers it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { matcher, needsReview, order, survey } from '../../../app/static/js/desk/filter.js';
import { createListing } from '../../../app/static/js/desk/listing.js';
import { createPins, fromView } from '../../../app/static/js/desk/pins.js';
import { isFiltered, readState, writeState } from '../../../app/static/js/desk/url.js';
import { anIssue, aPhoto, aView } from './made.js';

/** @import {Filter, StaffView} from '../../../app/static/js/desk/types' */

const ALL = /** @type {Filter} */ ({ shows: [], category: '', q: '', near: '' });
const label = () => 'Belysning';
/** @param {number} number @param {Partial<StaffView>} [fields] */
const pin = (number, fields) => fromView(aView(number, fields));
/** @param {Partial<Filter>} filter @param {ReturnType<typeof pin>[]} pins */
const shown = (filter, pins) =>
  pins.filter(matcher({ ...ALL, ...filter }, label)).map(({ number }) => number);

test('what is hidden, withdrawn or from a hidden participant stands under its own heading only', () => {
  const pins = [
    pin(1),
    pin(2, { review: 'hidden' }),
    pin(3, { withdrawn: true }),
    pin(4, { participant_hidden: true, acute: true }),
  ];
  assert.deepEqual(shown({}, pins), [1]);
  assert.deepEqual(shown({ shows: ['hidden'] }, pins), [2, 3, 4]);
  assert.deepEqual(shown({ shows: ['acute'] }, pins), []);
  assert.equal(survey(pins, ALL, label).acute, 0);
});

test('each heading has the pins it names, and counts them', () => {
  const photos = [aPhoto()];
  const pins = [
    pin(1, { acute: true }),
    pin(2, { photos, review: 'approved' }),
    pin(3, { late: true, review: 'approved' }),
    pin(4, { outside: true }),
    pin(5, { review: 'hidden', late: true }),
  ];
  const found = survey(pins, ALL, label);
  const none = { aside: 0, merged: 0, waiting: 0, unusual: 0 };
  const some = { all: 4, new: 2, photos: 1, no_owner: 4, acute: 1, late: 1, outside: 1, hidden: 1 };
  assert.deepEqual(found.counts, { ...some, ...none });
  assert.deepEqual([...found.byCategory], [['lighting', 4]]);
  assert.equal(found.acute, 1);
});

test('a photo that has not been encoded, or has been judged, is not to be reviewed', () => {
  const judged = /** @type {const} */ (['approved', 'hidden']).map((review, i) =>
    pin(i + 1, { photos: [aPhoto({ review })] }),
  );
  const late = pin(3, { photos: [aPhoto({ state: 'received' })] });
  assert.deepEqual(shown({ shows: ['photos'] }, [...judged, late]), []);
});

test('words are looked for in text, proposal, address, number and category, all of them, in any case', () => {
  const pins = [
    pin(1, { text: 'Mörkt vid BRON' }),
    pin(2, { proposal: 'Bygg en bro', address: 'Kajen 4' }),
    pin(30, {}),
  ];
  assert.deepEqual(shown({ q: 'bron' }, pins), [1]);
  assert.deepEqual(shown({ q: 'bro kajen' }, pins), [2]);
  assert.deepEqual(shown({ q: '#3' }, pins), [30]);
  assert.deepEqual(shown({ q: 'belysning' }, pins), [1, 2, 30]);
  assert.deepEqual(shown({ q: 'belysning mörkt' }, pins), [1]);
});

test('only pins within the metres of a place are shown, and counted', () => {
  const pins = [
    pin(1, { lat: 60, lon: 24 }),
    pin(2, { lat: 60.0001, lon: 24 }),
    pin(3, { lat: 60.001, lon: 24 }),
  ];
  assert.deepEqual(shown({ near: '60,24,1' }, pins), [1]);
  assert.deepEqual(shown({ near: '60,24,12' }, pins), [1, 2]);
  assert.equal(survey(pins, { ...ALL, near: '60,24,12' }, label).counts.all, 2);
  assert.deepEqual(shown({ near: 'somewhere' }, pins), [1, 2, 3]);
});

test('what is said of all pins is the same in one pass and one by one', () => {
  const pins = Array.from({ length: 200 }, (_, at) =>
    pin(at + 1, {
      acute: at % 7 === 0,
      late: at % 5 === 0,
      review: at % 3 === 0 ? 'hidden' : 'new',
      text: `bro ${at}`,
    }),
  );
  for (const filter of [{}, { shows: ['late'] }, { q: '1' }, { shows: ['acute', 'late'], q: 'bro 1' }]) {
    const whole = /** @type {Filter} */ ({ ...ALL, ...filter });
    const { counts, fitting } = survey(pins, whole, label);
    assert.deepEqual(fitting, pins.filter(matcher(whole, label)));
    const one = { ...whole, shows: /** @type {any} */ ([...new Set([...whole.shows, 'acute'])]) };
    assert.equal(counts.acute, pins.filter(matcher(one, label)).length);
  }
});

test('category and heading hold together', () => {
  const pins = [pin(1), pin(2, { category: 'litter' }), pin(3, { category: 'litter', review: 'approved' })];
  assert.deepEqual(shown({ shows: ['new'], category: 'litter' }, pins), [2]);
  assert.equal(survey(pins, { ...ALL, category: 'litter' }, label).counts.new, 1);
});

test('headings hold together, and each says how many it would leave', () => {
  const owned = { issue: anIssue(3, { owner_id: 'park' }) };
  const pins = [
    pin(1, { late: true }),
    pin(2, { late: true, quarantine: 'over_quota' }),
    pin(3, { late: true, ...owned }),
    pin(4, { kind: 'positive', late: true }),
    pin(5, { issue: anIssue(5, { members: 2 }) }),
    pin(6, { late: true, review: 'hidden' }),
  ];
  assert.deepEqual(shown({ shows: ['late', 'no_owner'] }, pins), [1, 2]);
  assert.deepEqual(shown({ shows: ['late', 'hidden'] }, pins), [6]);
  assert.deepEqual(shown({ shows: ['merged'] }, pins), [5]);
  const found = survey(pins, { ...ALL, shows: ['late'] }, label).counts;
  assert.deepEqual([found.all, found.late, found.aside, found.no_owner, found.merged], [5, 4, 1, 2, 0]);
});

test('accents, case and letter forms make no difference, in any script', () => {
  /** @type {[string, string][]} */
  const pairs = [
    ['Ängsgatan', 'angsgatan'],
    ['Ängsgatan', 'a\u0308ngs'],
    ['Straße', 'STRASSE'],
    ['Łódź', 'lodz'],
    ['Kvarnhøj', 'kvarnhoj'],
    ['Iğdır sokağı', 'igdir'],
    ['Ελλάδος', 'ΕΛΛΑΔΟΣ'],
    ['الإضاءةُ ضعيفة', 'الاضاءه'],
    ['تاریک', 'تاريك'],
    ['Ліхтар й ключ', 'ліхтар и'],
    ['ﬁnns', 'finns'],
  ];
  for (const [text, q] of pairs) assert.deepEqual(shown({ q }, [pin(1, { text })]), [1], `${q} in ${text}`);
  assert.deepEqual(shown({ q: 'angsvagen' }, [pin(1, { text: 'Ängsgatan' })]), []);
});

test('what waits for a human: pin, words or photo, unless it is hidden', () => {
  const settled = { review: /** @type {const} */ ('approved') };
  assert.equal(needsReview(pin(1)), true);
  assert.equal(needsReview(pin(1, settled)), false);
  assert.equal(needsReview(pin(1, { ...settled, text: 'Mörkt' })), true);
  assert.equal(needsReview(pin(1, { ...settled, photos: [aPhoto()] })), true);
  assert.equal(needsReview(pin(1, { review: 'hidden', photos: [aPhoto()] })), false);
});

test('acute pins come first, then the newest', () => {
  const pins = [pin(1), pin(2, { acute: true }), pin(3), pin(4, { acute: true })];
  assert.deepEqual(
    pins.sort(order).map(({ number }) => number),
    [4, 2, 3, 1],
  );
});

test('rows stand still: what arrives waits, and what no longer fits stays', () => {
  const listing = createListing();
  const fits = matcher({ ...ALL, shows: ['new'] }, label);
  listing.renew([pin(2), pin(1)].filter(fits));
  assert.deepEqual(listing.rows(), [2, 1]);
  const later = [pin(3), pin(2), pin(1, { review: 'approved' })];
  assert.equal(listing.waiting(later.filter(fits)), 1);
  assert.deepEqual(listing.rows(), [2, 1]);
  listing.renew(later.filter(fits));
  assert.deepEqual(listing.rows(), [3, 2]);
});

test('J and K go from row to row and stop at the ends', () => {
  const listing = createListing();
  listing.renew([pin(3), pin(2), pin(1)]);
  assert.deepEqual(
    [3, 2, 1].map((number) => listing.step(number, 1)),
    [2, 1, 1],
  );
  assert.equal(listing.step(3, -1), 3);
  assert.equal(listing.step(null, 1), 3);
  assert.equal(listing.step(99, -1), 1);
  listing.renew([]);
  assert.equal(listing.step(null, 1), null);
});

test('the address holds the whole state and nothing that is as usual', () => {
  const fresh = readState('');
  assert.equal(writeState(fresh), '');
  assert.equal(isFiltered(fresh), false);
  const state = {
    shows: /** @type {import('../../../app/static/js/desk/types').Show[]} */ (['acute', 'late']),
    category: 'litter',
    q: 'å & ö',
    near: '60.1,24.9,25',
    pin: 12,
    pane: /** @type {const} */ ('map'),
  };
  assert.deepEqual(readState(writeState(state)), state);
  assert.equal(isFiltered(state), true);
});

test('an address that makes no sense is forgiven', () => {
  const state = readState(`?show=everything&pin=-3&pane=moon&near=here,there&q=${'x'.repeat(999)}`);
  assert.deepEqual(
    [state.shows, state.pin, state.pane, state.near, state.q.length],
    [[], null, 'list', '', 200],
  );
});

test('what is pointed out stands under its own heading, whatever comes later', () => {
  const pins = createPins();
  pins.takeViews([aView(1), aView(2), aView(3)]);
  pins.setHints([
    { kind: 'same_photo', pins: [1, 2] },
    { kind: 'too_fast', pins: [2] },
    { kind: 'too_fast', pins: [2] },
  ]);
  assert.deepEqual(shown({ shows: ['unusual'] }, pins.all()), [2, 1]);
  pins.takeViews([aView(2, { seq: 9, review: 'approved' })]);
  assert.deepEqual(pins.get(2)?.hints, ['same_photo', 'too_fast']);
  pins.setHints([]);
  assert.deepEqual(shown({ shows: ['unusual'] }, pins.all()), []);
});

test('who waits and what is set aside have their headings, until a human has decided', () => {
  const aside = aPhoto({ state: 'quarantined', quarantine: 'unreadable' });
  const pins = [
    pin(1, { participant_waits: true }),
    pin(2, { quarantine: 'over_quota' }),
    pin(3, { quarantine: 'over_quota', review: 'approved' }),
    pin(4, { photos: [aside] }),
    pin(5, { photos: [{ ...aside, review: 'hidden' }] }),
  ];
  assert.deepEqual(shown({ shows: ['waiting'] }, pins), [1]);
  assert.deepEqual(shown({ shows: ['aside'] }, pins), [2, 4]);
});

test('a participant is found by the name that the desk gives it', () => {
  const pins = [pin(1, { participant: '01a2-b3f9' }), pin(2, { participant: '01a2-77aa' })];
  assert.deepEqual(shown({ q: 'B3F9' }, pins), [1]);
});
