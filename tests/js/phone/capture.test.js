/** Pictures: small, upright, nameless; or kept as they are and said so. */
import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';
import { openCamera, PhotoUnusable, preparePhoto, recompress } from '../../../app/static/js/phone/capture.js';
import { fit } from '../../../app/static/js/phone/capture-image.js';
import { sha256 } from '../../../app/static/js/shared/hash.js';

/** A browser's picture tools; a "picture" is the text "<width>x<height>". */
const tools = {
  canDecode: true,
  type: 'image/jpeg',
  closed: 0,
  decodeOptions: /** @type {any} */ (null),
  drawn: /** @type {string[]} */ ([]),
};

class FakeCanvas {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
  }
  getContext() {
    return {
      drawImage: (
        /** @type {any} */ image,
        /** @type {number} */ _x,
        /** @type {number} */ _y,
        /** @type {number} */ w,
        /** @type {number} */ h,
      ) => tools.drawn.push(`${image.width}→${w}x${h}`),
    };
  }
  /** @param {{quality: number}} options */
  async convertToBlob({ quality }) {
    return new Blob([`jpeg ${this.width}x${this.height} q${quality}`], { type: tools.type });
  }
}

/** A worker that does what the test says. */
class FakeWorker extends EventTarget {
  static terminated = 0;
  /** @type {(job: any) => any} */
  static answer = () => 'error';
  /** @param {any} job */
  postMessage(job) {
    const data = FakeWorker.answer(job);
    queueMicrotask(() =>
      this.dispatchEvent(data === 'error' ? new Event('error') : new MessageEvent('message', { data })),
    );
  }
  terminate() {
    FakeWorker.terminated += 1;
  }
}

beforeEach(() => {
  Object.assign(tools, { canDecode: true, type: 'image/jpeg', closed: 0, drawn: [] });
  FakeWorker.answer = () => 'error';
  Object.assign(globalThis, {
    OffscreenCanvas: FakeCanvas,
    Worker: FakeWorker,
    createImageBitmap: async (/** @type {Blob} */ blob, /** @type {any} */ options) => {
      tools.decodeOptions = options;
      if (!tools.canDecode) throw new DOMException('no', 'InvalidStateError');
      const [width, height] = (await blob.text()).split('x').map(Number);
      return {
        width,
        height,
        close: () => {
          tools.closed += 1;
        },
      };
    },
  });
});
afterEach(() => Object.assign(globalThis, { Worker: undefined }));

const picture = (size = '4000x3000', type = 'image/jpeg') => new Blob([size], { type });

test('a picture becomes 1600 px at most, with a thumbnail and its hash', async () => {
  const photo = await preparePhoto(picture());
  const text = new TextDecoder().decode(photo.bytes);
  assert.equal(text, 'jpeg 1600x1200 q0.8');
  assert.equal(new TextDecoder().decode(/** @type {ArrayBuffer} */ (photo.thumb)), 'jpeg 320x240 q0.7');
  assert.deepEqual(
    [photo.type, photo.width, photo.height, photo.raw, photo.sha256],
    ['image/jpeg', 1600, 1200, false, sha256(text)],
  );
  assert.deepEqual(tools.decodeOptions, { imageOrientation: 'from-image' });
  assert.equal(tools.closed, 1);
});

test('nothing is made larger, and nothing vanishes', () => {
  assert.deepEqual(fit(800, 600, 1600), { width: 800, height: 600 });
  assert.deepEqual(fit(3000, 4000, 1600), { width: 1200, height: 1600 });
  assert.deepEqual(fit(10_000, 1, 1600), { width: 1600, height: 1 });
});

test('the worker does it where it can', async () => {
  const made = {
    type: 'image/jpeg',
    bytes: new ArrayBuffer(1),
    thumb: null,
    sha256: 'x',
    width: 1,
    height: 1,
    raw: false,
  };
  FakeWorker.answer = ({ id }) => ({ id, photo: made });
  assert.deepEqual(await preparePhoto(picture()), made);
  assert.deepEqual(tools.drawn, []);
});

test('a worker that dies costs the picture nothing', async () => {
  const before = FakeWorker.terminated;
  assert.equal((await preparePhoto(picture())).width, 1600);
  assert.equal(FakeWorker.terminated, before + 1);
});

test('a picture that cannot be opened is kept as it is, and says so', async () => {
  tools.canDecode = false;
  const heic = picture('sizeftypheic', 'image/heic');
  const photo = await preparePhoto(heic);
  assert.deepEqual(
    [photo.raw, photo.type, photo.thumb, photo.sha256],
    [true, 'image/heic', null, sha256('sizeftypheic')],
  );
  FakeWorker.answer = ({ id }) => ({ id, error: 'undecodable' });
  assert.equal((await preparePhoto(heic)).raw, true);
});

test('what can neither be opened nor sent is refused', async () => {
  tools.canDecode = false;
  await assert.rejects(
    preparePhoto(new Blob([Uint8Array.from({ length: 64_000_001 }, (_, i) => [0xff, 0xd8, 0xff][i] ?? 0)])),
    PhotoUnusable,
  );
  await assert.rejects(preparePhoto(new Blob([])), PhotoUnusable);
});

test('what this phone cannot open is kept only if it begins like a picture', async () => {
  tools.canDecode = false;
  const kept = ['\xff\xd8\xff\xe0', '\x89PNG\r\n', 'RIFF1234WEBPVP8 ', '1234ftypmif1', '1234ftypavif'];
  for (const head of kept) {
    const bytes = Uint8Array.from(head, (char) => char.charCodeAt(0));
    assert.equal((await preparePhoto(new Blob([bytes]))).raw, true, head);
  }
  for (const text of ['%PDF-1.7', 'just words', 'RIFF1234AVI LIST', '1234ftypisom', 'PNG'])
    await assert.rejects(preparePhoto(picture(text, 'image/jpeg')), PhotoUnusable, text);
});

test('a browser that writes PNG under the name of JPEG is caught', async () => {
  tools.type = 'image/png';
  const png = new Blob([Uint8Array.from([0x89, 0x50, 0x4e, 0x47])], { type: 'image/png' });
  Object.assign(globalThis, { createImageBitmap: async () => ({ width: 4, height: 3, close() {} }) });
  assert.equal((await preparePhoto(png)).raw, true);
});

test('a photo that was too large becomes smaller or is given up', async () => {
  const bytes = /** @type {ArrayBuffer} */ (new TextEncoder().encode('4000x3000'.padEnd(90)).buffer);
  const photo = await recompress(new Blob([bytes], { type: 'image/jpeg' }));
  assert.equal(new TextDecoder().decode(photo.bytes), 'jpeg 1200x900 q0.7');
  const small = /** @type {ArrayBuffer} */ (new TextEncoder().encode('40x30').buffer);
  await assert.rejects(recompress(new Blob([small], { type: 'image/jpeg' })), PhotoUnusable);
});

/** @param {(wishes: any) => Promise<any>} getUserMedia */
function withCamera(getUserMedia) {
  Object.defineProperty(globalThis, 'navigator', {
    configurable: true,
    value: { mediaDevices: { getUserMedia } },
  });
}
function aStream() {
  const track = {
    stopped: 0,
    torch: false,
    stop: () => {
      track.stopped += 1;
    },
    getCapabilities: () => ({ torch: true }),
    applyConstraints: async (/** @type {any} */ wish) => {
      track.torch = wish.advanced[0].torch;
    },
  };
  return { track, stream: { getTracks: () => [track], getVideoTracks: () => [track] } };
}

test('the viewfinder opens towards the world, with its lamp, and stops', async () => {
  const { track, stream } = aStream();
  /** @type {any} */
  let wishes = null;
  withCamera(async (wanted) => {
    wishes = wanted;
    return stream;
  });
  const opened = await openCamera();
  assert.ok(opened.ok);
  assert.deepEqual([wishes.audio, wishes.video.facingMode.ideal], [false, 'environment']);
  const video = { srcObject: null, play: async () => undefined };
  await opened.camera.attach(/** @type {any} */ (video));
  assert.equal(video.srcObject, stream);
  assert.equal(opened.camera.hasTorch, true);
  await opened.camera.setTorch(true);
  assert.equal(track.torch, true);
  opened.camera.stop();
  assert.deepEqual([track.stopped, video.srcObject], [1, null]);
});

test('a camera that is slow is not waited for, and not left on', async () => {
  const { track, stream } = aStream();
  /** @type {(stream: any) => void} */
  let open = () => undefined;
  withCamera(
    () =>
      new Promise((resolve) => {
        open = resolve;
      }),
  );
  assert.deepEqual(await openCamera({ timeout: 5 }), { ok: false, reason: 'slow' });
  open(stream);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(track.stopped, 1);
});

test('no is an answer: refused, missing, insecure', async () => {
  withCamera(async () => {
    throw new DOMException('no', 'NotAllowedError');
  });
  assert.deepEqual(await openCamera(), { ok: false, reason: 'denied' });
  withCamera(async () => {
    throw new DOMException('no', 'NotFoundError');
  });
  assert.deepEqual(await openCamera(), { ok: false, reason: 'none' });
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: {} });
  assert.deepEqual(await openCamera(), { ok: false, reason: 'none' });
  Object.assign(globalThis, { isSecureContext: false });
  assert.deepEqual(await openCamera(), { ok: false, reason: 'insecure' });
  Object.assign(globalThis, { isSecureContext: undefined });
});
