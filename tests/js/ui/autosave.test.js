/** Nothing typed is lost: pauses, order, and a phone that refuses for a while. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createAutosave, PAUSE_MS } from '../../../app/static/js/phone/ui/autosave.js';

/** Let what is already promised happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** @param {(patch: any) => Promise<unknown>} [write] */
function setUp(write) {
  /** @type {any[]} */
  const written = [];
  /** @type {string[]} */
  const told = [];
  const save = createAutosave(write ?? (async (patch) => written.push(patch)), (state) => told.push(state));
  return { save, written, told };
}

test('typing is written once, after the pause, with the newest words', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { save, written, told } = setUp();
  for (const text of ['d', 'da', 'dark']) save.set({ text }, true);
  mock.timers.tick(PAUSE_MS - 1);
  await settle();
  assert.deepEqual(written, []);
  mock.timers.tick(1);
  await settle();
  assert.deepEqual(written, [{ text: 'dark' }]);
  assert.deepEqual(told.at(-1), 'saved');
});

test('a tap is written at once and takes along what was typed', async () => {
  const { save, written } = setUp();
  save.set({ text: 'dark' }, true);
  save.set({ acute: true });
  await settle();
  assert.deepEqual(written, [{ text: 'dark', acute: true }]);
});

test('a page that goes away writes what waits', async () => {
  const { save, written } = setUp();
  save.set({ text: 'half a sen' }, true);
  await save.flush();
  assert.deepEqual(written, [{ text: 'half a sen' }]);
});

test('patches are written one after another, in order', async () => {
  /** @type {string[]} */
  const order = [];
  /** @type {(() => void)[]} */
  const let_go = [];
  const { save } = setUp(async (patch) => {
    order.push(`begin ${patch.severity}`);
    await new Promise((resolve) => let_go.push(() => resolve(null)));
    order.push(`end ${patch.severity}`);
  });
  save.set({ severity: 1 });
  save.set({ severity: 2 });
  await settle();
  assert.deepEqual(order, ['begin 1']);
  let_go[0]();
  await settle();
  assert.deepEqual(order, ['begin 1', 'end 1', 'begin 2']);
  let_go[1]();
});

test('what could not be written is tried again, newer words first', async () => {
  let isFull = true;
  /** @type {any[]} */
  const written = [];
  const { save, told } = setUp(async (patch) => {
    if (isFull) throw new Error('full');
    written.push(patch);
  });
  save.set({ text: 'old', acute: true });
  await settle();
  assert.equal(told.at(-1), 'failed');
  isFull = false;
  save.set({ text: 'new' });
  await settle();
  assert.deepEqual(written, [{ text: 'new', acute: true }]);
  assert.equal(told.at(-1), 'saved');
});

test('what is not yet written is told at each key, and that nothing is left once it is', async () => {
  /** @type {any[]} */
  const kept = [];
  const save = createAutosave(
    async () => undefined,
    () => undefined,
    (unwritten) => kept.push(unwritten),
  );
  save.set({ text: 'd' }, true);
  save.set({ acute: true }, true);
  assert.deepEqual(kept, [{ text: 'd' }, { text: 'd', acute: true }]);
  await save.flush();
  assert.equal(kept.at(-1), null);
});
