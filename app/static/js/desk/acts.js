/**
 * What a human decides about a pin, its words, its photos or a participant, sent at once and undone by the same call.
 * Promises: nothing is decided about a version that was not seen. Where only something beside it changed, the decision
 * is sent once more; where the same thing was decided by somebody else, it is not, and that is said. While a decision
 * is on its way, the same one is not sent again: a double-click is one decision, with one "Undo".
 */

/** @import {Act, DeskPhoto, StaffView} from './types' */
/** @import {Done, Undo} from './undo.js' */
/** @typedef {'done' | 'stale' | 'failed' | 'nothing'} Outcome */
/** @typedef {{outcome: Outcome, act: Act, problem?: string, by?: string | null}} Acted `by`: who was faster, where that is known */
/** @typedef {(method: string, path: string, options?: any) => Promise<{ok: boolean, data: any, problem: any}>} Send */
/** @typedef {{get: (number: number) => import('./types').DeskPin | undefined, all: () => import('./types').DeskPin[], takeViews: (views: StaffView[]) => unknown}} KnownPins */

/** How the thing of an act stands. @param {StaffView} view @param {Act} act @returns {Act['to'] | undefined} */
export function standing(view, act) {
  if (act.what === 'pin') return view.review;
  if (act.what === 'text') return view.text_review;
  if (act.what === 'words') return view.text_public;
  if (act.what === 'conflict') return view.conflict;
  if (act.what === 'participant') return view.participant_hidden;
  if (act.what === 'waiting') return view.participant_waits;
  const photo = photoOf(view, act.photo);
  if (act.what === 'photo') return photo?.review;
  return photo && { boxes: photo.boxes, proposals: photo.proposals };
}

/** @param {unknown} one @param {unknown} other */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** @param {StaffView} view @param {string} id @returns {DeskPhoto | undefined} */
const photoOf = (view, id) => view.photos.find((photo) => photo.id === id);

/** The same for two acts that would come to the same. @param {Act} act */
const nameOf = (act) => JSON.stringify(Object.entries(act).sort());

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
    case 'redaction':
      return {
        path: `${base}/photos/${act.photo}/redaction`,
        body: act.to,
        seen: photoOf(view, act.photo)?.seq ?? 0,
      };
    case 'words':
      return { path: `${base}/pins/${view.id}/public-text`, body: { text: act.to }, seen: view.seq };
    case 'conflict':
      return { path: `${base}/pins/${view.id}/conflict`, body: { conflict: act.to }, seen: view.seq };
    case 'participant':
      return { path: `${base}/participants/${act.participant}/hidden`, body: { hidden: act.to }, seen: null };
    case 'waiting':
      return { path: `${base}/participants/${act.participant}/waiting`, body: { waits: act.to }, seen: null };
  }
}

/** @param {any} data an answer, or what a refusal says stands now @returns {StaffView[]} */
export const viewsOf = (data) =>
  data?.pins?.filter?.(Boolean) ?? [data?.pin ?? data].filter((view) => view?.number);

/** What several outcomes come to: done when any was, else the first that is not nothing. @param {Acted[]} all @returns {Done} */
function together(all) {
  const { outcome, problem, by } =
    all.find((one) => one.outcome === 'done') ?? all.find((one) => one.outcome !== 'nothing') ?? all[0];
  return { outcome, problem, by };
}

/** @param {string} walk @param {KnownPins} pins @param {Send} send @param {Undo} undo */
export function createActs(walk, pins, send, undo) {
  /** What is on its way. @type {Set<string>} */
  const onTheWay = new Set();

  /** @param {Act} act @param {boolean} mayRepeat @returns {Promise<Acted>} `act` of a done one takes it back */
  async function attempt(act, mayRepeat) {
    const view = pins.get(act.number)?.whole;
    if (!view) return { outcome: 'nothing', act };
    const before = standing(view, act);
    // A participant's state comes by the feed and may lag behind; the server takes the same word twice.
    const isSo = isSame(before, act.to) && act.what !== 'participant' && act.what !== 'waiting';
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
    if (mayRepeat && now && isSame(standing(now, act), before)) return attempt(act, false);
    return { outcome: 'stale', act, by: problem.by };
  }

  /** One after the other. @param {Act[]} acts */
  async function attemptAll(acts) {
    const all = [];
    for (const act of acts) all.push(await attempt(act, true));
    return all;
  }

  /** @param {Act[]} acts @param {string} words @returns {Promise<Done>} */
  async function oneStep(acts, words) {
    const all = await attemptAll(acts);
    const backs = all.filter(({ outcome }) => outcome === 'done').map(({ act }) => act);
    const back = async () => together(await attemptAll([...backs].reverse()));
    if (backs.length > 0) undo.push({ words, number: acts[0].number, back });
    return together(all);
  }

  return {
    /**
     * Acts that are one step, and are taken back as one. What is on its way already comes to nothing more.
     * @param {Act[]} acts @param {string} words @returns {Promise<Done>}
     */
    async run(acts, words) {
      const fresh = acts.filter((act) => !onTheWay.has(nameOf(act)));
      if (fresh.length === 0) return { outcome: 'nothing' };
      for (const act of fresh) onTheWay.add(nameOf(act));
      const done = undo.inTurn(() => oneStep(fresh, words));
      return done.finally(() => {
        for (const act of fresh) onTheWay.delete(nameOf(act));
      });
    },
  };
}
