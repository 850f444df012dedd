/** Decisions name what they have seen, are undone by the same call, and are never taken about something unseen. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createActs } from '../../../app/static/js/desk/acts.js';
import { createPins } from '../../../app/static/js/desk/pins.js';
import { createUndo } from '../../../app/static/js/desk/undo.js';
import { aPhoto, aView } from './made.js';

/** @import {Act, StaffView} from '../../../app/static/js/desk/types' */

/** @type {Act} */
const HIDE = { what: 'pin', number: 1, to: 'hidden' };

/** A desk with one pin and a server that answers as told. @param {StaffView} view @param {any[]} answers */
function deskOf(view, ...answers) {
  const pins = createPins();
  pins.takeViews([view]);
  /** @type {any[]} */
  const sent = [];
  const send = async (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {any} */ options,
  ) => {
    sent.push([method, path, options.body, options.headers['If-Match']]);
    return { ok: false, data: null, problem: null, ...answers.shift() };
  };
  const undo = createUndo();
  const acts = createActs('w', pins, send, undo);
  const run = (/** @type {Act[]} */ ...steps) => acts.run(steps, 'Done');
  return { pins, sent, run, undo };
}

/** @param {StaffView} pin */
const done = (pin, previous = 'new') => ({ ok: true, data: { previous, pin } });
/** @param {any} current */
const stale = (current) => ({ problem: { code: 'stale', current, by: 'Nils' } });

test('a decision is sent with the version that was seen, and undone with the state before', async () => {
  const hidden = aView(1, { seq: 2, review: 'hidden' });
  const { run, undo, pins, sent } = deskOf(aView(1), done(hidden), done(aView(1, { seq: 3 }), 'hidden'));
  assert.equal((await run(HIDE)).outcome, 'done');
  assert.equal(pins.get(1)?.review, 'hidden');
  assert.deepEqual(sent[0], ['PUT', '/api/desk/walks/w/pins/pin-1/review', { pin: 'hidden' }, '"1"']);
  assert.equal((await undo.back()).outcome, 'done');
  assert.deepEqual(sent[1].slice(2), [{ pin: 'new' }, '"2"']);
  assert.equal((await undo.back()).outcome, 'nothing');
});

test('a photo is decided about by its own version', async () => {
  const view = aView(1, { photos: [aPhoto({ id: 'p', seq: 4 })] });
  const after = aView(1, { seq: 9, photos: [aPhoto({ id: 'p', seq: 8, review: 'approved' })] });
  const { run, pins, sent } = deskOf(view, {
    ok: true,
    data: { previous: 'new', seq: 8, pins: [after] },
  });
  await run({ what: 'photo', number: 1, photo: 'p', to: 'approved' });
  assert.deepEqual(sent[0], ['PUT', '/api/desk/walks/w/photos/p/review', { photo: 'approved' }, '"4"']);
  assert.equal(pins.get(1)?.photo_waiting, false);
});

test('when only something beside it has changed, the decision is sent once more', async () => {
  const moved = aView(1, { seq: 5, text: 'mer' });
  const { run, sent } = deskOf(aView(1), stale(moved), done(aView(1, { seq: 6, review: 'hidden' })));
  assert.equal((await run(HIDE)).outcome, 'done');
  assert.equal(sent[1][3], '"5"');
});

test('when somebody else has decided the same thing, it is not overruled, and their word is shown', async () => {
  const theirs = aView(1, { seq: 5, review: 'approved' });
  const { run, undo, pins, sent } = deskOf(aView(1), stale(theirs));
  assert.deepEqual(await run(HIDE), { outcome: 'stale', problem: undefined, by: 'Nils' });
  assert.equal(sent.length, 1);
  assert.equal(pins.get(1)?.review, 'approved');
  assert.equal(undo.size(), 0);
});

test('it does not go round for ever while others keep changing the pin', async () => {
  const { run, sent } = deskOf(aView(1), stale(aView(1, { seq: 5 })), stale(aView(1, { seq: 6 })));
  assert.equal((await run(HIDE)).outcome, 'stale');
  assert.equal(sent.length, 2);
});

test('what is so already is not sent', async () => {
  const { run, sent } = deskOf(aView(1, { review: 'hidden' }));
  assert.equal((await run(HIDE)).outcome, 'nothing');
  assert.deepEqual(sent, []);
});

test('without contact nothing is remembered as done', async () => {
  const { run, undo } = deskOf(aView(1), { problem: null });
  assert.equal((await run(HIDE)).outcome, 'failed');
  assert.equal(undo.size(), 0);
});

test('a participant is hidden and shown again, also before the feed has told of it', async () => {
  const answer = (/** @type {boolean} */ previous) => ({
    ok: true,
    data: { previous, hidden: !previous, pins: 3 },
  });
  const { run, undo, sent } = deskOf(aView(1), answer(false), answer(true));
  await run({ what: 'participant', number: 1, participant: 'amina', to: true });
  assert.equal((await undo.back()).outcome, 'done');
  assert.deepEqual(
    sent.map(([, path, body]) => [path, body]),
    [true, false].map((hidden) => ['/api/desk/walks/w/participants/amina/hidden', { hidden }]),
  );
});

test('a pin and its words are one step, and both are taken back, the last first', async () => {
  const view = aView(1, { text: 'Mörkt' });
  const half = aView(1, { seq: 2, text: 'Mörkt', review: 'approved' });
  const whole = aView(1, { ...half, seq: 3, text_review: 'approved' });
  const back = [
    done({ ...whole, seq: 4, text_review: 'new' }, 'approved'),
    done({ ...view, seq: 5 }, 'approved'),
  ];
  const { run, undo, sent, pins } = deskOf(view, done(half), done(whole), ...back);
  await run({ what: 'pin', number: 1, to: 'approved' }, { what: 'text', number: 1, to: 'approved' });
  assert.equal(undo.size(), 1);
  assert.equal((await undo.back()).outcome, 'done');
  assert.deepEqual(
    sent.map(([, , body]) => body),
    [{ pin: 'approved' }, { text: 'approved' }, { text: 'new' }, { pin: 'new' }],
  );
  assert.equal(pins.get(1)?.review, 'new');
});

test('what could be done of a step is remembered, and only that', async () => {
  const { run, undo, sent } = deskOf(
    aView(1, { review: 'approved', text: 'Mörkt' }),
    done(aView(1, { seq: 2 })),
  );
  const { outcome } = await run(
    { what: 'pin', number: 1, to: 'approved' },
    { what: 'text', number: 1, to: 'approved' },
  );
  assert.equal(outcome, 'done');
  assert.equal(sent.length, 1);
  assert.equal(undo.size(), 1);
});

test('a double-click is one decision: while it is on its way the same one is not sent again', async () => {
  const hidden = aView(1, { seq: 2, review: 'hidden' });
  const { run, undo, sent } = deskOf(aView(1), done(hidden), done(aView(1, { seq: 3 }), 'hidden'));
  const outcomes = await Promise.all([run(HIDE), run(HIDE)]);
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ['done', 'nothing'],
  );
  assert.equal(sent.length, 1);
  assert.equal((await undo.back()).outcome, 'done');
  assert.deepEqual(sent[1].slice(2), [{ pin: 'new' }, '"2"']);
});

test('hiding a participant twice at once is sent once, and taking it back shows them again', async () => {
  const answers = [false, true].map((previous) => ({ ok: true, data: { previous, pins: 1 } }));
  const { run, undo, sent } = deskOf(aView(1), ...answers);
  /** @type {Act} */
  const hide = { what: 'participant', number: 1, participant: 'amina', to: true };
  await Promise.all([run(hide), run(hide)]);
  await undo.back();
  assert.deepEqual(
    sent.map(([, , body]) => body.hidden),
    [true, false],
  );
});

test('another decision about the same pin waits its turn and is sent', async () => {
  const approved = aView(1, { seq: 2, review: 'approved' });
  const hidden = aView(1, { seq: 3, review: 'hidden' });
  const { run, sent } = deskOf(aView(1), done(approved), done(hidden, 'approved'));
  await Promise.all([run({ what: 'pin', number: 1, to: 'approved' }), run(HIDE)]);
  assert.deepEqual(
    sent.map(([, , body, seen]) => [body.pin, seen]),
    [
      ['approved', '"1"'],
      ['hidden', '"2"'],
    ],
  );
});
