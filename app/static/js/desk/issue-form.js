/**
 * "What happens": who does it, by when, how it stands and why. Each change is saved at once and says so quietly.
 * Promises: what somebody is writing is not overwritten by what arrives; a status that residents are told the reason of
 * waits for that reason; what two people changed is shown in both versions; drafts and clashes stay with their issue.
 */
import { announce, h } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { presets } from './due.js';
import { isOfDecision, kindsOf } from './findings.js';
import { clashWord, conflictBox } from './issue-conflict.js';
import { choiceField, statusField, textField } from './issue-fields.js';
import { membersOf } from './issue-members.js';
import {
  dayWord,
  fieldWord,
  horizonOptions,
  leverOptions,
  modeOptions,
  needsReason,
  ownLang,
  priorityOptions,
  statusOptions,
} from './issue-words.js';
import { createOwnerField } from './owner-field.js';

/** @import {DeskPin, Issue, IssueFields} from './types' */
/** @import {Conflict, Fields, Settled} from './issue-acts.js' */
/** @import {MemberWays} from './issue-members.js' */
/** @import {Owners} from './owners.js' */
/**
 * @typedef {object} IssueWays
 * @property {{starts_at: string, timezone: string}} walk
 * @property {boolean} mayRun otherwise everything is read alone
 * @property {Owners} owners
 * @property {(pin: DeskPin, fields: Fields, seen: Fields) => Promise<Settled>} save
 * @property {(issue: Issue) => DeskPin[]} pinsOf
 * @property {MemberWays} members
 */

export class IssueForm {
  /** @type {DeskPin | null} */
  #pin = null;
  /** How each field stood when it was last shown. @type {Partial<IssueFields>} */
  #seen = {};
  /** States that wait for their reason, by issue. @type {Map<string, string>} */
  #drafts = new Map();
  /** What could not be sent, by issue. @type {Map<string, Fields>} */
  #unsent = new Map();
  /** @type {Map<string, Conflict>} */
  #clashes = new Map();
  #ways;
  /** @type {Record<string, import('./issue-fields.js').Field>} */
  #fields;
  /** @type {ReturnType<typeof createOwnerField> | null} */
  #owner = null;

  /** @param {IssueWays} ways */
  constructor(ways) {
    this.#ways = ways;
    this.#fields = this.#newFields();
    const f = this.#fields;
    this.saved = h('span', { class: 'saved', role: 'status' });
    this.error = h('div', { class: 'field__error', role: 'alert', hidden: true });
    this.clash = h('div', null);
    this.members = h('div', null);
    this.more = h(
      'details',
      { class: 'more' },
      h('summary', null, t('More about the work')),
      h(
        'div',
        { class: 'stack' },
        [f.title, f.horizon, f.lever, f.mode, f.priority, f.reference].map(({ el }) => el),
      ),
    );
    this.read = h('p', { class: 'field__hint' });
    f.decision.el.append(this.read);
    this.el = h(
      'section',
      { class: 'issue stack', 'aria-labelledby': 'issue-title-heading' },
      h(
        'div',
        { class: 'row row--apart' },
        h('h3', { class: 'detail__small', id: 'issue-title-heading' }, t('What happens')),
        this.saved,
      ),
      this.members,
      this.clash,
      this.error,
      h('fieldset', { class: 'stack', disabled: !ways.mayRun, 'aria-labelledby': 'issue-title-heading' }, [
        f.status.el,
        f.decision.el,
        f.owner_id.el,
        f.person.el,
        f.due_on.el,
        this.more,
      ]),
    );
  }

  #newFields() {
    this.#owner = createOwnerField(this.#ways.owners, (id) => this.#save({ owner_id: id }));
    /** @param {keyof IssueFields} name @returns {(value: any) => void} */
    const save = (name) => (value) => this.#save({ [name]: value === '' ? null : value });
    /** @param {'horizon' | 'lever' | 'mode'} name @param {import('./issue-words.js').Options} options */
    const choice = (name, options) => choiceField(name, options, save(name));
    return {
      status: statusField(statusOptions(), (status) => this.choose(status)),
      decision: textField('decision', { long: true }, (text) => this.#reason(text)),
      owner_id: this.#owner,
      person: textField('person', {}, save('person')),
      due_on: textField('due_on', { type: 'date' }, save('due_on'), [this.#presets()]),
      title: textField('title', {}, (text) => this.#save({ title: this.#text('title', text) })),
      horizon: choice('horizon', horizonOptions()),
      lever: choice('lever', leverOptions()),
      mode: choice('mode', modeOptions()),
      priority: choiceField('priority', priorityOptions(), (code) =>
        this.#save({ priority: code === null ? null : Number(code) }),
      ),
      reference: textField('reference', {}, save('reference')),
    };
  }

  #presets() {
    const days = presets(Date.now(), this.#ways.walk);
    /** @type {[string, string][]} */
    const all = [
      [t('In 4 weeks'), days.weeks],
      [t('In 6 months'), days.months],
      [t('One year after the walk'), days.year],
    ];
    const buttons = all.map(([word, day]) => {
      const set = () => this.#save({ due_on: day });
      return h(
        'button',
        { type: 'button', class: 'btn', title: dayWord(day), 'data-due': day, onclick: set },
        word,
      );
    });
    return h('div', { class: 'presets', role: 'group', 'aria-label': fieldWord('due_on') }, buttons);
  }

  /** Texts of the issue with this desk's language changed. @param {'title' | 'decision'} name @param {string} text */
  #text(name, text) {
    const { [ownLang()]: _old, ...others } = this.#pin?.issue?.[name] ?? {};
    return text ? { ...others, [ownLang()]: text } : others;
  }

  /** @param {DeskPin | null} pin */
  show(pin) {
    const isOther = pin?.number !== this.#pin?.number;
    this.#pin = pin;
    this.el.hidden = !pin?.issue;
    if (!pin?.issue) return;
    if (isOther) {
      this.saved.replaceChildren();
      this.#fault('');
      this.more.open = Boolean(pin.issue.horizon || pin.issue.lever || pin.issue.mode || pin.issue.reference);
    }
    this.#fill(pin.issue, isOther);
    this.#owner?.suggested.show(pin);
    const pins = this.#ways.pinsOf(pin.issue);
    this.members.replaceChildren(membersOf(pin.issue, pins, pin.number, this.#ways.members) ?? '');
    this.#showClash(pin.issue);
  }

  /** @param {Issue} issue @param {boolean} isOther then nothing that stands there matters */
  #fill(issue, isOther) {
    const unsent = this.#unsent.get(issue.id);
    const chosen = this.#drafts.get(issue.id) ?? unsent?.status ?? issue.status;
    for (const [name, field] of Object.entries(this.#fields)) {
      if (field.isBusy() && !isOther) continue;
      const value = issue[/** @type {keyof IssueFields} */ (name)];
      this.#seen = { ...this.#seen, [name]: value };
      field.show(name === 'status' ? { now: value, chosen } : this.#shown(name, { ...issue, ...unsent }));
    }
    this.#fields.decision.el.hidden = !needsReason(chosen) && !issue.decision[ownLang()];
    const named = (this.#pin?.whole?.findings ?? []).filter(({ field }) => isOfDecision(field));
    this.read.textContent =
      named.length > 0
        ? t('Residents read this, and it may point out a person: {kinds}.', { kinds: kindsOf(named) })
        : t('Residents read this.');
  }

  /** What a field shows. @param {string} name @param {IssueFields} values */
  #shown(name, values) {
    if (name === 'title' || name === 'decision') return values[name][ownLang()] ?? '';
    return values[/** @type {keyof IssueFields} */ (name)];
  }

  /** Set the status, or ask for its reason first. @param {string} status */
  choose(status) {
    const issue = this.#pin?.issue;
    if (!issue) return;
    const hasReason = Object.values(issue.decision).some((text) => text.trim());
    if (!needsReason(status) || hasReason) {
      this.#drafts.delete(issue.id);
      this.#save({ status });
      return;
    }
    this.#drafts.set(issue.id, status);
    this.#fill(issue, false);
    this.#fault(t('Say why: it is saved when there is a reason.'));
    this.#fields.decision.focus();
  }

  /** @param {string} text */
  #reason(text) {
    const issue = this.#pin?.issue;
    if (!issue) return;
    const draft = this.#drafts.get(issue.id);
    const decision = this.#text('decision', text);
    if (Object.keys(decision).length === 0 && needsReason(draft ?? issue.status)) {
      this.#fault(t('Say why: it is saved when there is a reason.'));
      return;
    }
    this.#drafts.delete(issue.id);
    this.#save(draft ? { status: draft, decision } : { decision });
  }

  /** @param {Fields} fields @param {Fields} [seen] */
  async #save(fields, seen) {
    const pin = this.#pin;
    if (!pin?.issue) return;
    const { id } = pin.issue;
    const names = /** @type {(keyof Fields)[]} */ (Object.keys(fields));
    const before = seen ?? Object.fromEntries(names.map((name) => [name, this.#seen[name]]));
    this.#fault('');
    this.saved.replaceChildren();
    const settled = await this.#ways.save(pin, fields, before);
    const { outcome, conflict } = settled;
    if (conflict) this.#clashes.set(id, conflict);
    if (outcome === 'failed') this.#unsent.set(id, { ...this.#unsent.get(id), ...fields });
    else this.#unsent.delete(id);
    if (this.#pin?.issue?.id !== id) return;
    if (outcome === 'done') this.saved.replaceChildren(icon('check', 18), t('Saved'));
    if (outcome === 'failed') this.#fault(settled.problem ?? t('That did not work. Try again.'), fields);
    if (outcome === 'conflict') this.show(this.#pin);
  }

  /** @param {Issue} issue */
  #showClash(issue) {
    const clash = this.#clashes.get(issue.id);
    if (!clash) {
      this.clash.replaceChildren();
      return;
    }
    if (this.clash.dataset.of === JSON.stringify(clash) && this.clash.firstChild) return;
    this.clash.dataset.of = JSON.stringify(clash);
    const settle = (/** @type {boolean} */ isMine) => {
      this.#clashes.delete(issue.id);
      if (isMine) this.#save(clash.mine, clash.theirs);
      this.show(this.#pin);
    };
    const box = conflictBox(clash, this.#ways.owners.nameOf, {
      theirs: () => settle(false),
      mine: () => settle(true),
    });
    this.clash.replaceChildren(box);
    announce(clashWord(clash.by), true);
  }

  /** @param {string} text '' takes it away @param {Fields} [again] what can be sent once more */
  #fault(text, again) {
    this.error.hidden = text === '';
    const retry = () => this.#save(again ?? {});
    const button = again && h('button', { type: 'button', class: 'btn', onclick: retry }, t('Try again'));
    this.error.replaceChildren(h('p', null, text), button ?? '');
  }

  /** Give it to whom is suggested. */
  acceptOwner() {
    if (this.#pin?.issue) this.#owner?.suggested.accept();
  }

  /** @param {'owner_id' | 'due_on' | 'status'} name */
  focus(name) {
    this.#fields[name].focus();
  }
}
