/**
 * What is settled about issues: fields of one or of many, merging and splitting. Each is one step that can be taken back.
 * Promises: a field that somebody else changed meanwhile is not overwritten; the answer then says how it stands and
 * what was wanted, and nothing of either is lost. Where only something beside it changed, it is sent once more.
 */
import { viewsOf } from './acts.js';

/** @import {KnownPins, Outcome, Send} from './acts.js' */
/** @import {Issue, IssueFields} from './types' */
/** @import {Done, Undo} from './undo.js' */
/** @typedef {Partial<IssueFields>} Fields */
/** @typedef {{theirs: Fields, mine: Fields, by?: string | null}} Conflict `by`: whose theirs are, where that is known */
/** @typedef {{outcome: Outcome | 'conflict', problem?: string, code?: string, conflict?: Conflict, left?: number}} Settled `left`: issues that others changed */
/** @typedef {{id: string, seq: number, fields: Fields}} Previous */

/** Issues that the server takes in one request. */
const MOST_TOGETHER = 500;

/** The fields of `fields`, as the issue has them. @param {Issue} issue @param {Fields} fields @returns {Fields} */
export const sameOf = (issue, fields) =>
  Object.fromEntries(Object.keys(fields).map((name) => [name, issue[/** @type {keyof Fields} */ (name)]]));

/** @param {unknown} a @param {unknown} b */
const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Issues to be given the same fields go together. @param {Previous[]} previous @returns {[Fields, string[]][]} */
export function grouped(previous) {
  /** @type {Map<string, [Fields, string[]]>} */
  const groups = new Map();
  for (const { id, fields } of previous) {
    const key = JSON.stringify(fields);
    const group = groups.get(key) ?? [fields, []];
    group[1].push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What somebody else's answer comes to when a step is taken back. @param {Settled} settled @returns {Done} */
const asDone = ({ outcome, problem, conflict }) =>
  outcome === 'conflict' ? { outcome: 'stale', by: conflict?.by } : { outcome, problem };

/** @param {any} problem @returns {Settled} */
const failed = (problem) => ({ outcome: 'failed', problem: problem?.title, code: problem?.code });

export class IssueActs {
  #base;
  #pins;
  #send;
  #undo;

  /** @param {string} walk @param {KnownPins} pins @param {Send} send @param {Undo} undo */
  constructor(walk, pins, send, undo) {
    this.#base = `/api/desk/walks/${walk}/issues`;
    this.#pins = pins;
    this.#send = send;
    this.#undo = undo;
  }

  /** @param {string} id @returns {Issue | undefined} */
  #issueOf(id) {
    return this.#pins.all().find((pin) => pin.issue?.id === id)?.issue ?? undefined;
  }

  /** @param {string} id @param {Fields} fields @param {Fields} seen how they stood @param {boolean} mayRepeat @returns {Promise<Settled & {previous?: Fields}>} */
  async #put(id, fields, seen, mayRepeat) {
    const issue = this.#issueOf(id);
    if (!issue || isSame(sameOf(issue, fields), fields)) return { outcome: 'nothing' };
    // Where the feed has brought somebody's value, a version from before it is named: the server refuses, and says whose.
    const isOvertaken = !isSame(sameOf(issue, fields), seen);
    const headers = { 'If-Match': `"${isOvertaken ? 0 : issue.seq}"` };
    const { ok, data, problem } = await this.#send('PUT', `${this.#base}/${id}`, { body: fields, headers });
    if (ok) {
      this.#pins.takeViews(viewsOf(data));
      return { outcome: 'done', previous: data.previous };
    }
    if (problem?.code !== 'stale' && isOvertaken)
      return { outcome: 'conflict', conflict: { theirs: sameOf(issue, fields), mine: fields } };
    if (problem?.code !== 'stale') return failed(problem);
    this.#pins.takeViews(viewsOf(problem.current));
    const theirs = sameOf(this.#issueOf(id) ?? issue, fields);
    if (mayRepeat && isSame(theirs, seen)) return this.#put(id, fields, seen, false);
    return { outcome: 'conflict', conflict: { theirs, mine: fields, by: problem.by } };
  }

  /** As many at once as the server takes; what was done before a refusal is told with it. @param {string[]} ids @param {Fields} fields */
  async #putMany(ids, fields) {
    const wanted = new Set(ids);
    /** @type {Map<string, number>} */
    const versions = new Map();
    for (const { issue } of this.#pins.all())
      if (issue && wanted.has(issue.id)) versions.set(issue.id, issue.seq);
    const seen = [...wanted]
      .flatMap((id) => ({ id, seq: versions.get(id) ?? -1 }))
      .filter(({ seq }) => seq >= 0);
    /** @type {{previous: Previous[], stale: string[]}} */
    const data = { previous: [], stale: [] };
    for (let first = 0; first < seen.length; first += MOST_TOGETHER) {
      const body = { issues: seen.slice(first, first + MOST_TOGETHER), fields };
      const answer = await this.#send('PUT', this.#base, { body });
      if (!answer.ok) return { ok: false, data, problem: answer.problem };
      this.#pins.takeViews(viewsOf(answer.data));
      data.previous.push(...answer.data.previous);
      data.stale.push(...answer.data.stale);
    }
    return { ok: true, data, problem: null };
  }

  /** @param {Previous[]} previous @returns {Promise<Done>} */
  async #restore(previous) {
    let left = 0;
    for (const [fields, ids] of grouped(previous)) {
      const { ok, data, problem } = await this.#putMany(ids, fields);
      if (!ok) return { outcome: 'failed', problem: problem?.title };
      left += data.stale.length;
    }
    return { outcome: left > 0 ? 'stale' : 'done' };
  }

  /** @param {'merge' | 'split'} what @param {object} body */
  async #regroup(what, body) {
    const { ok, data, problem } = await this.#send('POST', `${this.#base}/${what}`, { body });
    if (ok) this.#pins.takeViews(viewsOf(data));
    return { ok, data, problem };
  }

  /** @param {'merge' | 'split'} what @param {object} body @returns {Promise<Done>} */
  async #regroupBack(what, body) {
    const { ok, problem } = await this.#regroup(what, body);
    return ok ? { outcome: 'done' } : { outcome: 'failed', problem: problem?.title };
  }

  /**
   * @param {{number: number, id: string, fields: Fields, seen: Fields, words: string}} edit `seen`: how the fields stood
   * @returns {Promise<Settled>}
   */
  edit({ number, id, fields, seen, words }) {
    return this.#undo.inTurn(async () => {
      const settled = await this.#put(id, fields, seen, true);
      const { previous } = settled;
      if (previous) {
        const after = sameOf(this.#issueOf(id) ?? /** @type {Issue} */ (fields), previous);
        const back = async () => asDone(await this.#put(id, previous, after, true));
        this.#undo.push({ words, number, back });
      }
      return settled;
    });
  }

  /** The same fields for many. @param {string[]} ids @param {Fields} fields @param {string} words @returns {Promise<Settled>} */
  editMany(ids, fields, words) {
    return this.#undo.inTurn(async () => {
      const { ok, data, problem } = await this.#putMany(ids, fields);
      const { previous, stale } = data;
      if (previous.length > 0) this.#undo.push({ words, number: null, back: () => this.#restore(previous) });
      if (!ok) return failed(problem);
      if (previous.length === 0) return { outcome: stale.length > 0 ? 'stale' : 'nothing' };
      return { outcome: 'done', left: stale.length };
    });
  }

  /** @param {string} into @param {string[]} issues @param {number} number @param {string} words @returns {Promise<Settled>} */
  merge(into, issues, number, words) {
    return this.#undo.inTurn(async () => {
      const { ok, data, problem } = await this.#regroup('merge', { into, issues });
      if (!ok) return failed(problem);
      const { merged } = data;
      if (merged.length === 0) return { outcome: 'nothing' };
      this.#undo.push({ words, number, back: () => this.#regroupBack('split', { issues: merged }) });
      return { outcome: 'done' };
    });
  }

  /** @param {string[]} issues births that stand for themselves again @param {number} number @param {string} words @returns {Promise<Settled>} */
  split(issues, number, words) {
    return this.#undo.inTurn(async () => {
      const { ok, data, problem } = await this.#regroup('split', { issues });
      if (!ok) return failed(problem);
      const { into } = data;
      this.#undo.push({ words, number, back: () => this.#regroupBack('merge', { into, issues }) });
      return { outcome: 'done' };
    });
  }
}
