/** The plan's editor without page or map: points, stops, order, length and steps back. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  askedFrom,
  Draft,
  figuresOf,
  isAsked,
  lineOf,
  metresAlong,
  reordered,
  withoutPoint,
  withoutStop,
  withPoint,
  withPointAt,
  withPointMoved,
  withStop,
  withStopAt,
  withStopChanged,
  withStopMoved,
} from '../../../app/static/js/desk/plan.js';

/** @typedef {import('../../../app/static/js/desk/plan.js').Plan} Plan */

/** @type {Plan} */
const EMPTY = { route: [], stops: [] };
const A = { lon: 24.95, lat: 60.17 };
const B = { lon: 24.95, lat: 60.18 };
const C = { lon: 24.96, lat: 60.18 };
const LIGHT = { code: 'light', scale: '1-5', sv: 'Ljus?', en: 'Light?' };

/** @param {Plan} plan @param {typeof A} place @param {string} name */
const stopAt = (plan, place, name) => withStop(plan, place, { sv: name }, [LIGHT]);

test('points come at the end, or after the one that is chosen', () => {
  const two = withPoint(withPoint(EMPTY, A), B);
  assert.deepEqual(two.route, [
    [24.95, 60.17],
    [24.95, 60.18],
  ]);
  assert.deepEqual(withPoint(two, C, 0).route[1], [24.96, 60.18]);
  assert.deepEqual(EMPTY, { route: [], stops: [] });
});

test('points are rounded to about a metre, moved, reordered and taken away', () => {
  const three = withPoint(withPoint(withPoint(EMPTY, A), B), { lon: 24.960000001, lat: 60.18 });
  assert.deepEqual(three.route[2], [24.96, 60.18]);
  assert.deepEqual(withPointAt(three, 0, C).route[0], [24.96, 60.18]);
  assert.deepEqual(withPointMoved(three, 2, 0).route[0], [24.96, 60.18]);
  assert.deepEqual(
    withoutPoint(three, 1).route.map(([lon]) => lon),
    [24.95, 24.96],
  );
});

test('an order outside the list changes nothing', () => {
  const list = [1, 2, 3];
  assert.deepEqual(reordered(list, 0, 2), [2, 3, 1]);
  assert.deepEqual(reordered(list, 2, 1), [1, 3, 2]);
  for (const [from, to] of [
    [0, -1],
    [2, 3],
    [7, 0],
    [1, 1],
  ])
    assert.equal(reordered(list, from, to), list);
});

test('a stop keeps its id wherever it goes', () => {
  const plan = stopAt(stopAt(EMPTY, A, 'Bron'), B, 'Torget');
  const [first, second] = plan.stops;
  assert.notEqual(first.id, second.id);
  const turned = withStopMoved(plan, 1, 0);
  assert.deepEqual(
    turned.stops.map(({ id }) => id),
    [second.id, first.id],
  );
  const moved = withStopAt(turned, first.id, C);
  assert.deepEqual([moved.stops[1].lon, moved.stops[1].lat, moved.stops[1].id], [24.96, 60.18, first.id]);
  assert.equal(withStopChanged(moved, first.id, { minutes: 9 }).stops[1].minutes, 9);
  assert.deepEqual(
    withoutStop(moved, 0).stops.map(({ id }) => id),
    [first.id],
  );
});

test('a new stop asks what the one before it asks, as questions of its own', () => {
  const one = stopAt(EMPTY, A, 'Bron');
  assert.ok(isAsked(one.stops[0].questions, LIGHT));
  const own = { ...askedFrom(LIGHT), text: { sv: 'Eget?' } };
  const two = stopAt(withStopChanged(one, one.stops[0].id, { questions: [own] }), B, 'Torget');
  assert.deepEqual(two.stops[1].questions[0].text, { sv: 'Eget?' });
  assert.notEqual(two.stops[1].questions[0].id, own.id);
  assert.equal(isAsked(two.stops[1].questions, LIGHT), false);
});

test('length and time: 4 km/h and the minutes at the stops', () => {
  const plan = withPoint(withPoint(EMPTY, A), B);
  const { metres, minutes } = figuresOf(plan);
  assert.ok(Math.abs(metres - 1113) <= 1);
  assert.equal(minutes, 17);
  assert.equal(figuresOf(stopAt(plan, A, 'Bron')).minutes, 23);
  assert.deepEqual(figuresOf(EMPTY), { metres: 0, minutes: 0 });
  assert.deepEqual(metresAlong(plan.route), [0, metres]);
});

test('without a route the stops are the line', () => {
  const plan = stopAt(stopAt(EMPTY, A, 'Bron'), B, 'Torget');
  assert.deepEqual(lineOf(plan), [
    [24.95, 60.17],
    [24.95, 60.18],
  ]);
  assert.equal(lineOf(withPoint(withPoint(plan, A), C)).length, 2);
});

test('every step goes back and forth, and a new one ends what was ahead', () => {
  const draft = new Draft(EMPTY);
  const [one, two] = [withPoint(EMPTY, A), withPoint(withPoint(EMPTY, A), B)];
  draft.change(one);
  draft.change(two);
  draft.undo();
  assert.equal(draft.plan, one);
  draft.undo();
  assert.equal(draft.plan, EMPTY);
  assert.deepEqual([draft.canUndo, draft.canRedo], [false, true]);
  draft.undo();
  draft.redo();
  assert.equal(draft.plan, one);
  draft.change(EMPTY);
  assert.equal(draft.canRedo, false);
});

test('a drag is one step, and two drags are two', () => {
  const draft = new Draft(withPoint(EMPTY, A));
  const start = draft.plan;
  for (const place of [B, C, A, C]) draft.change(withPointAt(draft.plan, 0, place), 'point 0');
  const dragged = draft.plan;
  draft.change(withPoint(draft.plan, B), 'point 1');
  draft.undo();
  assert.equal(draft.plan, dragged);
  draft.undo();
  assert.equal(draft.plan, start);
});

test('it knows whether the server has it all', () => {
  const draft = new Draft(EMPTY);
  assert.equal(draft.isChanged, false);
  draft.change(withPoint(EMPTY, A));
  assert.equal(draft.isChanged, true);
  draft.saved(draft.plan);
  assert.equal(draft.isChanged, false);
  draft.undo();
  assert.equal(draft.isChanged, true);
});
