/**
 * What a facilitator does with pins: decides, settles what happens, merges, splits, and takes all of it back. Each act
 * is one step of undo. With pins ticked, acts are on all of them. Knows the page only by what it is given.
 */
import { announce } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { createActs } from './acts.js';
import { createBulkBar } from './bulk-bar.js';
import { nextPhoto } from './detail-photos.js';
import { createDuplicates } from './duplicates.js';
import { needsReview } from './filter.js';
import { needsWords } from './findings.js';
import { IssueActs } from './issue-acts.js';
import { IssueForm } from './issue-form.js';
import { changeWord, KEY_STATUSES, needsReason } from './issue-words.js';
import { mergeOf, openMerge } from './merge-dialog.js';
import { el, tellFault } from './notices.js';
import { createOwners } from './owners.js';
import { createPhotoWork } from './photo-work.js';
import { createSelection } from './selection.js';
import { bulkWord, tickMany } from './ticks.js';
import { toast } from './toast.js';
import { createUndo } from './undo.js';
import { doneWord, pinsWord } from './words.js';

/** @import {Act, DeskPin, Review, TriagePage} from './types' */
/** @import {Fields, Settled} from './issue-acts.js' */
/** @import {Done} from './undo.js' */
/** @import {Group} from './duplicates.js' */

export class Triage {
  #page;
  /** Pins whose decision is on its way. @type {Set<number>} */
  #deciding = new Set();

  /** @param {TriagePage} page */
  constructor(page) {
    const { bundle, pins, send } = page;
    const { id } = bundle.walk;
    this.#page = page;
    this.undoing = createUndo(() => page.draw());
    this.#acts = createActs(id, pins, send, this.undoing);
    this.#issues = new IssueActs(id, pins, send, this.undoing);
    this.#owners = createOwners(id, send);
    this.selection = createSelection(() => {
      page.draw();
      page.ticked();
    });
    this.form = new IssueForm({
      walk: { starts_at: bundle.walk.starts_at, timezone: bundle.area.timezone },
      mayRun: bundle.may_run,
      owners: this.#owners,
      save: (pin, fields, seen) => this.#save(pin, fields, seen),
      pinsOf: (issue) => pins.all().filter((pin) => pin.issue?.id === issue.id),
      members: {
        labelOf: page.labelOf,
        open: (number) => page.select(number, { focus: true }),
        split: bundle.may_run ? (pin) => this.#split(pin) : null,
      },
    });
    this.#bulk = createBulkBar(el('bulk'), {
      owners: this.#owners,
      review: (to) => this.decide(to),
      owner: (owner) => this.#settleMany({ owner_id: owner }),
      status: (status) => this.#settleMany({ status }),
      merge: () => this.merge(),
      clear: () => this.selection.clear(),
    });
    this.photos = createPhotoWork({
      bundle,
      pins: pins.all,
      chosen: page.chosen,
      labelOf: page.labelOf,
      run: (act) => this.#run([act], doneWord(act)),
      undo: () => this.undo(),
    });
    const open = (/** @type {Group} */ group) => this.#openMerge(group.pins, group.title, group.apart);
    this.#duplicates = createDuplicates(id, pins, send, el('duplicates'), open);
  }

  #acts;
  #issues;
  #owners;
  #bulk;
  #duplicates;

  /** What the server knows besides pins. */
  async load() {
    const { may_run: mayRun } = this.#page.bundle;
    await Promise.all([this.#owners.load(), mayRun && this.#duplicates.load()]);
    this.form.show(this.#page.chosen());
  }

  /** The bar of what is ticked. */
  draw() {
    this.#bulk.show(this.selection.size());
  }

  /** What is ticked, as pins. */
  #ticked() {
    return this.selection.all().flatMap((number) => this.#page.pins.get(number) ?? []);
  }

  /** Everything ticked is here in full, so that an act reaches all of it; without contact that is said. */
  async #isReady() {
    const isHere = await this.#page.whole(this.selection.all());
    if (!isHere) tellFault({ outcome: 'failed' });
    return isHere;
  }

  /** Tick these too, as one step that can be taken back. @param {readonly number[]} numbers */
  tickMany(numbers) {
    const words = tickMany(this.selection, this.undoing, numbers);
    if (words) toast(words, { action: [t('Undo'), () => this.undo()] });
  }

  /** Approve or hide what is ticked, or the pin, with its words when it is approved; then on to the next. @param {Review} to */
  async decide(to) {
    if (this.selection.size() > 0) {
      if (!(await this.#isReady())) return;
      const ticked = this.#ticked();
      this.selection.clear();
      await this.#run(
        ticked.map(({ number }) => ({ what: 'pin', number, to })),
        bulkWord(to, ticked.length),
      );
      return;
    }
    const pin = this.#page.chosen();
    if (!pin?.whole) return;
    const { number } = pin;
    /** @type {Act[]} */
    const acts = [{ what: 'pin', number, to }];
    const isMarked = to === 'approved' && pin.text_waiting && needsWords(pin);
    if (to === 'approved' && pin.text_waiting && !isMarked) acts.push({ what: 'text', number, to });
    await this.#decided(pin, acts, to === 'hidden' || !(pin.photo_waiting || isMarked));
    if (isMarked) toast(t('Its words may point out a person, so they wait. Write a public text with E.'));
  }

  /** The first photo of the pin that nobody has judged. */
  async approvePhoto() {
    const pin = this.#page.chosen();
    const photo = pin && nextPhoto(pin);
    if (!pin || !photo?.id) return;
    const waiting = pin.whole?.photos.filter((one) => one.state === 'ready' && one.review === 'new') ?? [];
    const isLast = waiting.length === 1 && pin.review !== 'new' && !pin.text_waiting;
    await this.#decided(
      pin,
      [{ what: 'photo', number: pin.number, photo: photo.id, to: 'approved' }],
      isLast,
    );
  }

  /** Send a decision and show the next pin at once, if this one is settled by it; back to it if that fails. @param {DeskPin} pin @param {Act[]} acts @param {boolean} isSettled */
  async #decided(pin, acts, isSettled) {
    const { number } = pin;
    this.#deciding.add(number);
    if (isSettled) this.#next(number);
    const outcome = await this.#run(acts, doneWord(acts[0]));
    this.#deciding.delete(number);
    if (outcome === 'failed' || outcome === 'stale') this.#page.select(number);
  }

  /** The next pin of the list that waits for a human, from the top again after the last. @param {number} number */
  #next(number) {
    const rows = this.#page.rows();
    const at = rows.indexOf(number);
    const others = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
    const next = others.find((one) => {
      const pin = this.#page.pins.get(one);
      return pin && needsReview(pin) && !this.#deciding.has(one);
    });
    if (next === undefined) announce(t('Everything here is reviewed'));
    else this.#page.select(next);
  }

  /** Acts of the detail's buttons. @param {Act} act */
  run(act) {
    this.runAll([act]);
  }

  /** Several that are one step. @param {Act[]} acts */
  runAll(acts) {
    this.#run(acts, doneWord(acts[0]));
  }

  /** @param {Act[]} acts @param {string} words */
  async #run(acts, words) {
    const done = await this.#acts.run(acts, words);
    this.#after(done, words);
    return done.outcome;
  }

  /** @param {Done | Settled} done @param {string} words */
  #after(done, words) {
    if (done.outcome === 'done') toast(words, { action: [t('Undo'), () => this.undo()] });
    else tellFault(done);
    this.#page.draw();
    this.#page.ask();
  }

  /** @returns {Promise<number | null>} the pin whose act was taken back */
  async undo() {
    const newest = this.undoing.peek();
    if (newest?.number) this.#page.select(newest.number);
    const done = await this.undoing.back();
    const { outcome, step } = done;
    if (step?.number) this.#page.select(step.number);
    if (outcome === 'done' && step) toast(t('Undone: {what}', { what: step.words }));
    else if (step) tellFault(done);
    else toast(t('Nothing to undo'));
    this.#page.draw();
    this.#page.ask();
    this.#duplicates.load();
    return step?.number ?? null;
  }

  /** @param {DeskPin} pin @param {Fields} fields @param {Fields} seen */
  async #save(pin, fields, seen) {
    const { number } = pin;
    const id = pin.issue?.id ?? '';
    const words = changeWord(fields, t('Pin {n}', { n: number }), this.#owners.nameOf);
    const settled = await this.#issues.edit({ number, id, fields, seen, words });
    this.#page.draw();
    this.#page.ask();
    return settled;
  }

  /** @param {Fields} fields */
  async #settleMany(fields) {
    if (!(await this.#isReady())) return;
    const ids = [...new Set(this.#ticked().flatMap((pin) => pin.issue?.id ?? []))];
    const words = changeWord(fields, pinsWord(this.selection.size()), this.#owners.nameOf);
    this.selection.clear();
    const settled = await this.#issues.editMany(ids, fields, words);
    const isPart = settled.outcome === 'done' && (settled.left ?? 0) > 0;
    this.#after(isPart ? { outcome: 'stale' } : settled, words);
  }

  /** The states of the keys 1–5. @param {number} n */
  setStatus(n) {
    const status = KEY_STATUSES[n - 1];
    if (this.selection.size() > 0 && !needsReason(status)) this.#settleMany({ status });
    else if (this.#page.chosen()) this.form.choose(status);
  }

  /** Tick the pin, or take the tick away. */
  toggle() {
    const pin = this.#page.chosen();
    if (pin) this.selection.toggle(pin.number);
  }

  /** @param {number} number @param {boolean} isRange */
  tick(number, isRange) {
    if (isRange) this.selection.extend(number, this.#page.rows());
    else this.selection.toggle(number);
  }

  /** Merge what is ticked, or what is suggested. */
  async merge() {
    if (!(await this.#isReady())) return;
    const ticked = this.#ticked();
    if (ticked.length > 1) return this.#openMerge(ticked, t('Merge'));
    const group = this.#duplicates.find(this.#page.chosen());
    if (group) this.#openMerge(group.pins, group.title, group.apart);
    else toast(t('Tick the pins to merge, with X.'));
  }

  /** @param {DeskPin[]} pins @param {string} title @param {() => void} [apart] */
  #openMerge(pins, title, apart) {
    openMerge(pins, title, {
      walk: this.#page.bundle.walk.id,
      zone: this.#page.bundle.area.timezone,
      labelOf: this.#page.labelOf,
      merge: (chosen) => this.#mergeNow(chosen),
      apart,
    });
  }

  /** @param {DeskPin[]} pins */
  async #mergeNow(pins) {
    const plan = mergeOf(pins);
    if (!plan) return;
    this.selection.clear();
    const words = t('{what} merged', { what: pinsWord(pins.length) });
    const settled = await this.#issues.merge(plan.into, plan.issues, plan.number, words);
    if (settled.outcome === 'done') this.#page.select(plan.number);
    this.#after(settled, words);
    this.#duplicates.load();
  }

  /** @param {DeskPin} pin */
  async #split(pin) {
    const { number } = pin;
    const words = t('Pin {n} split off', { n: number });
    this.#after(await this.#issues.split([pin.issue?.own_id ?? ''], number, words), words);
    this.#duplicates.load();
  }
}
