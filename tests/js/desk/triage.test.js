/** Undo for every act of the desk, edits that never overwrite unseen, ticks, and days by which something is done. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { plusDays, plusMonths, presets } from '../../../app/static/js/desk/due.js';
import { grouped, IssueActs } from '../../../app/static/js/desk/issue-acts.js';
import { mayFollow } from '../../../app/static/js/desk/issue-words.js';
import { mergeOf } from '../../../app/static/js/desk/merge-dialog.js';
import { createPins, fromView } from '../../../app/static/js/desk/pins.js';
import { createSelection } from '../../../app/static/js/desk/selection.js';
import { createUndo, MOST_STEPS } from '../../../app/static/js/desk/undo.js';
import { anIssue, aView } from './made.js';

/** @import {Issue, StaffView} from '../../../app/static/js/desk/types' */

const DONE = /** @type {const} */ ({ outcome: 'done' });
/** @param {number} number @param {() => Promise<any>} [back] */
const step = (number, back = async () => DONE) => ({ words: `step ${number}`, number, back });

test('fifty steps can be taken back, the oldest are forgotten', async () => {
  const undo = createUndo();
  for (let n = 1; n <= MOST_STEPS + 5; n++) undo.push(step(n));
  assert.equal(undo.size(), MOST_STEPS);
  assert.equal(undo.peek()?.words, 'step 55');
  const taken = [];
  while (undo.size() > 0) taken.push((await undo.back()).step?.number);
  assert.deepEqual([taken[0], taken.at(-1)], [55, 6]);
  assert.equal((await undo.back()).outcome, 'nothing');
});

test('a step that could not be sent stays, one that others overtook does not', async () => {
  const undo = createUndo();
  const outcomes = ['failed', 'done', 'stale'];
  undo.push(step(1, async () => ({ outcome: outcomes.pop() })));
  undo.push(step(2, async () => ({ outcome: outcomes.pop() })));
  assert.equal((await undo.back()).outcome, 'stale');
  assert.equal(undo.size(), 1);
  outcomes.pop();
  assert.equal((await undo.back()).outcome, 'failed');
  assert.equal(undo.size(), 1);
});

test('taking back waits for the act before it', async () => {
  const undo = createUndo();
  /** @type {(value?: unknown) => void} */
  let answer = () => {};
  const asked = new Promise((resolve) => {
    answer = resolve;
  });
  const acting = undo.inTurn(async () => {
    await asked;
    undo.push(step(1));
  });
  const back = undo.back();
  answer();
  await acting;
  assert.equal((await back).step?.number, 1);
});

/** A desk that answers as told. @param {StaffView[]} views @param {any[]} answers */
function deskOf(views, ...answers) {
  const pins = createPins();
  pins.takeViews(views);
  /** @type {any[]} */
  const sent = [];
  const send = async (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {any} */ options,
  ) => {
    sent.push([method, path.replace('/api/desk/walks/w', ''), options.body, options.headers?.['If-Match']]);
    return { ok: false, data: null, problem: null, ...answers.shift() };
  };
  const undo = createUndo();
  return { pins, sent, undo, acts: new IssueActs('w', pins, send, undo) };
}

/** A pin whose issue is as told. @param {number} number @param {number} seq @param {Partial<Issue>} [fields] */
const stood = (number, seq, fields) => aView(number, { seq, issue: anIssue(number, { seq, ...fields }) });
/** @param {any} previous @param {StaffView[]} pins */
const answered = (previous, ...pins) => ({ ok: true, data: { previous, pins, stale: [] } });
const PERSON = { number: 1, id: 'issue-1', fields: { person: 'Ali' }, seen: { person: null }, words: '' };

test('a field is saved with the version that was seen, and taken back with what was before', async () => {
  const { acts, undo, sent, pins } = deskOf(
    [stood(1, 1)],
    answered({ person: null }, stood(1, 2, { person: 'Ali' })),
    answered({ person: 'Ali' }, stood(1, 3)),
  );
  assert.equal((await acts.edit(PERSON)).outcome, 'done');
  assert.equal(pins.get(1)?.issue?.person, 'Ali');
  assert.equal((await undo.back()).outcome, 'done');
  assert.deepEqual(sent, [
    ['PUT', '/issues/issue-1', { person: 'Ali' }, '"1"'],
    ['PUT', '/issues/issue-1', { person: null }, '"2"'],
  ]);
});

test('another field changed meanwhile: it is sent once more; the same field: both versions are told', async () => {
  const beside = { problem: { code: 'stale', current: { pins: [stood(1, 5, { due_on: '2026-12-24' })] } } };
  const sameField = {
    problem: { code: 'stale', by: 'Nils', current: { pins: [stood(1, 7, { person: 'Bo' })] } },
  };
  const first = deskOf([stood(1, 1)], beside, answered({ person: null }, stood(1, 6, { person: 'Ali' })));
  assert.equal((await first.acts.edit(PERSON)).outcome, 'done');
  assert.equal(first.sent[1][3], '"5"');
  const second = deskOf([stood(1, 1)], sameField);
  const settled = await second.acts.edit(PERSON);
  assert.equal(settled.outcome, 'conflict');
  assert.deepEqual(settled.conflict, { theirs: { person: 'Bo' }, mine: { person: 'Ali' }, by: 'Nils' });
  assert.equal(second.undo.size(), 0);
});

test('what the feed brought while somebody wrote is a clash too: the server is asked whose, not to overwrite', async () => {
  const theirs = stood(1, 4, { person: 'Bo' });
  const refusal = { problem: { code: 'stale', by: 'Nils', current: { pins: [theirs] } } };
  const { acts, sent } = deskOf([theirs], refusal);
  const settled = await acts.edit(PERSON);
  assert.deepEqual(settled.conflict, { theirs: { person: 'Bo' }, mine: { person: 'Ali' }, by: 'Nils' });
  assert.deepEqual(
    sent.map((one) => one[3]),
    ['"0"'],
  );
});

test('without an answer such a clash is one all the same, of somebody', async () => {
  const { acts } = deskOf([stood(1, 4, { person: 'Bo' })], {});
  const settled = await acts.edit(PERSON);
  assert.deepEqual(settled.conflict, { theirs: { person: 'Bo' }, mine: { person: 'Ali' } });
});

test('an edit that somebody changed since is not taken back over their word', async () => {
  const { acts, undo, pins, sent } = deskOf(
    [stood(1, 1)],
    answered({ person: null }, stood(1, 2, { person: 'Ali' })),
    { problem: { code: 'stale', by: 'Nils', current: { pins: [stood(1, 3, { person: 'Bo' })] } } },
  );
  await acts.edit(PERSON);
  pins.takeViews([stood(1, 3, { person: 'Bo' })]);
  const { outcome, by } = await undo.back();
  assert.deepEqual([outcome, by], ['stale', 'Nils']);
  assert.deepEqual(sent[1][3], '"0"');
});

test('many get one value and each gets its own back', async () => {
  const previous = [
    { id: 'issue-1', seq: 3, fields: { status: 'new' } },
    { id: 'issue-2', seq: 3, fields: { status: 'done' } },
    { id: 'issue-3', seq: 3, fields: { status: 'new' } },
  ];
  assert.deepEqual(grouped(previous), [
    [{ status: 'new' }, ['issue-1', 'issue-3']],
    [{ status: 'done' }, ['issue-2']],
  ]);
  const { acts, undo, sent } = deskOf(
    [1, 2, 3].map((n) => stood(n, n)),
    answered(previous, ...[1, 2, 3].map((n) => stood(n, n + 10, { status: 'planned' }))),
    answered([]),
    answered([]),
  );
  const { outcome } = await acts.editMany(['issue-1', 'issue-2', 'issue-3'], { status: 'planned' }, '');
  assert.equal(outcome, 'done');
  assert.equal((await undo.back()).outcome, 'done');
  assert.deepEqual(sent[1][2], {
    issues: [
      { id: 'issue-1', seq: 11 },
      { id: 'issue-3', seq: 13 },
    ],
    fields: { status: 'new' },
  });
  assert.deepEqual(sent[2][2].fields, { status: 'done' });
});

test('a merge is taken back by a split of those that were merged, and a split by a merge', async () => {
  const regrouped = { ok: true, data: { merged: ['issue-2', 'issue-3'], into: 'issue-1', pins: [] } };
  const { acts, undo, sent } = deskOf([], regrouped, regrouped, regrouped, regrouped);
  await acts.merge('issue-1', ['issue-2'], 1, '');
  await undo.back();
  await acts.split(['issue-3'], 3, '');
  await undo.back();
  assert.deepEqual(
    sent.map(([, path, body]) => [path, body]),
    [
      ['/issues/merge', { into: 'issue-1', issues: ['issue-2'] }],
      ['/issues/split', { issues: ['issue-2', 'issue-3'] }],
      ['/issues/split', { issues: ['issue-3'] }],
      ['/issues/merge', { into: 'issue-1', issues: ['issue-3'] }],
    ],
  );
});

test('pins go into the issue that has most, then the oldest; one issue alone cannot be merged', () => {
  const shared = (/** @type {number} */ n) => aView(n, { issue: anIssue(9, { members: 2 }) });
  const pins = [aView(1), shared(7), shared(9)].map(fromView);
  assert.deepEqual(mergeOf(pins), { into: 'issue-9', issues: ['issue-1'], number: 7 });
  assert.deepEqual(mergeOf([aView(4), aView(2)].map(fromView))?.into, 'issue-2');
  assert.equal(mergeOf([shared(7), shared(9)].map(fromView)), null);
});

test('ticks: one by one, a range along the rows, and none', () => {
  let changes = 0;
  const selection = createSelection(() => {
    changes++;
  });
  const rows = [9, 7, 5, 3, 1];
  selection.toggle(7);
  selection.extend(3, rows);
  assert.deepEqual(selection.all(), [7, 5, 3]);
  selection.toggle(5);
  assert.equal(selection.has(5), false);
  selection.extend(9, rows);
  assert.deepEqual(selection.all().sort(), [3, 5, 7, 9]);
  selection.clear();
  selection.extend(1, rows);
  assert.deepEqual(selection.all(), [1]);
  assert.equal(changes, 6);
});

test('days by which it is to be done keep to the calendar', () => {
  assert.equal(plusDays('2026-10-01', 28), '2026-10-29');
  assert.equal(plusMonths('2026-08-31', 6), '2027-02-28');
  assert.equal(plusMonths('2028-02-29', 12), '2029-02-28');
  const walk = { starts_at: '2026-05-20T22:30:00+00:00', timezone: 'Europe/Stockholm' };
  const now = Date.parse('2026-05-31T23:00:00Z');
  assert.deepEqual(presets(now, walk), { weeks: '2026-06-29', months: '2026-12-01', year: '2027-05-21' });
});

test('only what is done can be verified, and it is opened again before it is refused', () => {
  assert.equal(mayFollow('new', 'done'), true);
  assert.equal(mayFollow('done', 'verified'), true);
  assert.equal(mayFollow('planned', 'verified'), false);
  assert.equal(mayFollow('done', 'declined'), false);
  assert.equal(mayFollow('declined', 'planned'), true);
});
