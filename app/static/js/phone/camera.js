/**
 * The viewfinder inside the app: the page stays in front, so the phone has no reason to kill it.
 * Owns the camera's life: whatever happens, its tracks are stopped.
 */
/** @import {Camera, CameraRefusal, CameraResult} from './types' */

/** Longer than this and the phone's own camera is the better answer. */
const PATIENCE_MS = 1500;
const WISHES = {
  audio: false,
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1080 } },
};

/**
 * Open the viewfinder; not ok after 1.5 s or on refusal, then use <input type=file capture>.
 * @param {{timeout?: number}} [options] ms; longer where the browser is known to ask first
 * @returns {Promise<CameraResult>}
 */
export async function openCamera({ timeout = PATIENCE_MS } = {}) {
  if (globalThis.isSecureContext === false) return { ok: false, reason: 'insecure' };
  if (!navigator.mediaDevices?.getUserMedia) return { ok: false, reason: 'none' };
  let isLate = false;
  const opening = navigator.mediaDevices.getUserMedia(WISHES).then((stream) => {
    if (isLate) stopAll(stream);
    return stream;
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, timeout, null);
  });
  try {
    const stream = await Promise.race([opening, patience]);
    isLate = stream === null;
    return stream ? { ok: true, camera: cameraOf(stream) } : { ok: false, reason: 'slow' };
  } catch (error) {
    return { ok: false, reason: refusal(error) };
  } finally {
    clearTimeout(timer);
    opening.catch(() => undefined); // a late refusal is no news
  }
}

/** @param {unknown} error @returns {CameraRefusal} */
function refusal(error) {
  const name = error instanceof Error ? error.name : '';
  return name === 'NotAllowedError' || name === 'SecurityError' ? 'denied' : 'none';
}

/** @param {MediaStream} stream */
function stopAll(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** @param {MediaStream} stream @returns {Camera} */
function cameraOf(stream) {
  const track = stream.getVideoTracks()[0];
  const abilities = /** @type {{torch?: boolean}} */ (track.getCapabilities?.() ?? {});
  /** @type {HTMLVideoElement | null} */
  let view = null;
  return {
    async attach(video) {
      view = video;
      video.srcObject = stream;
      await video.play();
    },
    async takeFrame() {
      if (!view) throw new Error('attach a video first');
      return createImageBitmap(view);
    },
    hasTorch: abilities.torch === true,
    async setTorch(on) {
      const torch = /** @type {MediaTrackConstraintSet} */ ({ torch: on }); // not yet in the type library
      await track.applyConstraints({ advanced: [torch] });
    },
    stop() {
      stopAll(stream);
      if (view) view.srcObject = null;
    },
  };
}
