/**
 * What a human decides about a pin, its words, its photos or a participant, sent at once and undone by the same call.
 * Promises: nothing is decided about a version that was not seen. Where only something beside it changed, the decision
 * is sent once more; where the same thing was decided by somebody else, it is not, and that is said.
 */

/** @import {Act, DeskPhoto, Review, StaffView} from './types' */
/** @typedef {'done' | 'stale' | 'failed' | 'nothing'} Outcome */
/** @typedef {{outcome: Outcome, act: Act | null, problem?: string}} Done */
/** @typedef {(method: string, path: string, options?: any) => Promise<{ok: boolean, data: any, problem: any}>} Send */

export const MOST_STEPS = 50;

/** The last steps, newest last. */
export function createUndo() {
  /** @type {Act[]} */
  const steps = [];
  return {
    /** @param {Act} back what takes the step back */
    push(back) {
      steps.push(back);
      if (steps.length > MOST_STEPS) steps.shift();
    },
    pop: () => steps.pop() ?? null,
    size: () => steps.length,
  };
}

/** How the thing of an act stands. @param {StaffView} view @param {Act} act @returns {Review | boolean | undefined} */
export function standing(view, act) {
  if (act.what === 'pin') return view.review;
  if (act.what === 'text') return view.text_review;
  if (act.what === 'photo') return photoOf(view, act.photo)?.review;
  return view.participant_hidden;
}

/** @param {StaffView} view @param {string} id @returns {DeskPhoto | undefined} */
const photoOf = (view, id) => view.photos.find((photo) => photo.id === id);

/** Where an act goes, with its body and the version it has seen. @param {string} walk @param {StaffView} view @param {Act} act */
export function call(walk, view, act) {
  const base = `/api/desk/walks/${walk}`;
  switch (act.what) {
    case 'pin':
      return { path: `${base}/pins/${view.id}/review`, body: { pin: act.to }, seen: view.seq };
    case 'text':
      return { path: `${base}/pins/${view.id}/text-review`, body: { text: act.to }, seen: view.seq };
    case 'photo':
      return {
        path: `${base}/photos/${act.photo}/review`,
        body: { photo: act.to },
        seen: photoOf(view, act.photo)?.seq ?? 0,
      };
    case 'participant':
      return { path: `${base}/participants/${act.participant}/hidden`, body: { hidden: act.to }, seen: null };
  }
}

/** @param {any} data an answer, or what a refusal says stands now @returns {StaffView[]} */
const viewsOf = (data) => data?.pins?.filter?.(Boolean) ?? [data?.pin ?? data].filter((view) => view?.number);

/**
 * @param {string} walk
 * @param {{get: (number: number) => import('./types').DeskPin | undefined, takeViews: (views: StaffView[]) => unknown}} pins
 * @param {Send} send
 */
export function createActs(walk, pins, send) {
  const undo = createUndo();

  /** @param {Act} act @param {boolean} mayRepeat @returns {Promise<Done>} */
  async function attempt(act, mayRepeat) {
    const view = pins.get(act.number)?.whole;
    if (!view) return { outcome: 'nothing', act };
    const before = standing(view, act);
    // A participant's state comes by the feed and may lag behind; the server takes the same word twice.
    const isSo = before === act.to && act.what !== 'participant';
    if (before === undefined || isSo) return { outcome: 'nothing', act };
    const { path, body, seen } = call(walk, view, act);
    /** @type {Record<string, string>} */
    const headers = seen === null ? {} : { 'If-Match': `"${seen}"` };
    const { ok, data, problem } = await send('PUT', path, { body, headers });
    if (ok) {
      if (Array.isArray(data.pins) || data.pin) pins.takeViews(viewsOf(data));
      return { outcome: 'done', act: /** @type {Act} */ ({ ...act, to: data.previous }) };
    }
    if (problem?.code !== 'stale') return { outcome: 'failed', act, problem: problem?.title };
    pins.takeViews(viewsOf(problem.current));
    const now = pins.get(act.number)?.whole;
    if (mayRepeat && now && standing(now, act) === before) return attempt(act, false);
    return { outcome: 'stale', act };
  }

  return {
    /** @param {Act} act @returns {Promise<Done>} `act` of a done step is what takes it back */
    async run(act) {
      const done = await attempt(act, true);
      if (done.outcome === 'done' && done.act) undo.push(done.act);
      return done;
    },
    /** Takes the last step back. @returns {Promise<Done>} */
    async back() {
      const act = undo.pop();
      return act ? attempt(act, true) : { outcome: 'nothing', act: null };
    },
    steps: undo.size,
  };
}
