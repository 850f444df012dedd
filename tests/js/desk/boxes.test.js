/** Black-outs while they are drawn: inside the picture, step by step back and forth, proposals one by one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Boxes, between, SMALLEST, shifted } from '../../../app/static/js/desk/boxes.js';

const none = () => new Boxes({ boxes: [], proposals: [] }, 800, 600);

test('a box drawn from any corner is the same, and ends at the edge', () => {
  assert.deepEqual(between([300, 200], [100, 50], 800, 600), [100, 50, 200, 150]);
  assert.deepEqual(between([700, 500], [900, -20], 800, 600), [700, 0, 100, 500]);
});

test('a box stays in the picture and is never too small to hit', () => {
  assert.deepEqual(shifted([700, 10, 100, 50], [40, -30, 0, 0], 800, 600), [700, 0, 100, 50]);
  assert.deepEqual(shifted([10, 10, 20, 20], [0, 0, -50, 0], 800, 600), [10, 10, SMALLEST, 20]);
});

test('keys alone add, move, grow and remove', () => {
  const boxes = none();
  boxes.addMiddle();
  const [[x, y, w, h]] = boxes.now().boxes;
  boxes.shift([boxes.step, 0, 0, 0]);
  boxes.shift([0, 0, 0, boxes.step]);
  assert.deepEqual(boxes.now().boxes, [[x + 8, y, w, h + 8]]);
  boxes.remove();
  assert.deepEqual(boxes.now().boxes, []);
  assert.equal(boxes.isChanged(), false);
});

test('each step is taken back and done again, a drag as one', () => {
  const boxes = none();
  for (const right of [20, 60, 200]) {
    const box = between([10, 10], [right, 90], 800, 600);
    if (right === 20) boxes.add(box, 'drag 1');
    else boxes.put(0, box, 'drag 1');
  }
  boxes.rest();
  boxes.shift([8, 0, 0, 0]);
  assert.deepEqual(boxes.now().boxes, [[18, 10, 190, 80]]);
  assert.equal(boxes.undo(), true);
  assert.deepEqual(boxes.now().boxes, [[10, 10, 190, 80]]);
  assert.equal(boxes.undo(), true);
  assert.deepEqual([boxes.now().boxes, boxes.undo(), boxes.mayRedo()], [[], false, true]);
  boxes.redo();
  boxes.redo();
  assert.deepEqual([boxes.now().boxes, boxes.redo()], [[[18, 10, 190, 80]], false]);
});

test('after taking back, a new step leaves nothing to do again', () => {
  const boxes = none();
  boxes.addMiddle();
  boxes.undo();
  boxes.add([0, 0, 50, 50]);
  assert.equal(boxes.mayRedo(), false);
});

test('proposals are taken or turned down one by one, and the next is chosen', () => {
  const boxes = new Boxes(
    {
      boxes: [],
      proposals: [
        [0, 0, 9, 9],
        [20, 0, 9, 9],
        [40, 0, 9, 9],
      ],
    },
    800,
    600,
  );
  boxes.choose({ kind: 'proposal', at: 0 });
  boxes.accept();
  assert.deepEqual([boxes.now().boxes, boxes.chosen()], [[[0, 0, 9, 9]], { kind: 'proposal', at: 0 }]);
  boxes.remove();
  assert.deepEqual(boxes.now(), { boxes: [[0, 0, 9, 9]], proposals: [[40, 0, 9, 9]] });
  boxes.acceptAll();
  assert.deepEqual(boxes.now(), {
    boxes: [
      [0, 0, 9, 9],
      [40, 0, 9, 9],
    ],
    proposals: [],
  });
  assert.equal(boxes.isChanged(), true);
});

test('a proposal is not moved by arrows', () => {
  const boxes = new Boxes({ boxes: [[1, 1, 9, 9]], proposals: [[0, 0, 9, 9]] }, 800, 600);
  boxes.choose({ kind: 'proposal', at: 0 });
  boxes.shift([8, 8, 0, 0]);
  assert.equal(boxes.isChanged(), false);
});
