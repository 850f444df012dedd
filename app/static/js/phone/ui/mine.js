/**
 * R7, "My pins": what is on the phone, what is proven sent, and why something is not. Says nothing it does not know.
 * Redraws itself while open; owns no data.
 */
/** @import {App, Screen} from './types' */
/** @import {PinItem} from '../types' */
import { h } from '../../shared/dom.js';
import { formatAgo, t, tn } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { summary } from '../outbox.js';
import { listEntries, listPins, listRatings, listRemoved, onChange } from '../store.js';
import { onSync, syncNow, syncState } from '../sync.js';
import { mineRow } from './mine-row.js';
import { keepsNothing, sumNow } from './now.js';
import { receiptCard } from './receipt.js';
import { saveFile } from './refused.js';
import { bringBack } from './saving.js';
import { button } from './screen.js';
import { seldom } from './seldom.js';
import { againWords, countWords, isAskedToWait, isExplained } from './status.js';
import { browserBanner } from './strip.js';
import { toast } from './toast.js';
import { categoryOf, moment, nameOf } from './words.js';

class Mine {
  #isClosed = false;
  #isFull = false;
  /** Each pin's row, and what it was drawn from. @type {Map<string, {from: string, el: HTMLElement}>} */
  #rows = new Map();
  /** @type {{sum: import('../types').QueueSummary, kept: string, again: string} | null} */
  #drawn = null;
  /** The sentence on top. @type {import('./status.js').Status | null} */
  #said = null;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.sum = h('div', { class: 'stack stack--tight', role: 'status' });
    this.list = h('ul', { class: 'rows' });
    this.ratings = h('p', { class: 'muted small' });
    this.gone = h('div');
    const file = () => void saveFile(app.walk.id);
    this.try = button('refresh-cw', t('Try now'), () => void this.tryNow(), { id: 'try-now' });
    this.file = button('file-down', t('Save as file'), file, { id: 'save-file' });
    this.foot = h('div', { class: 'grid-2', hidden: true }, this.try, this.file);
    this.receipt = h('div');
    const none = t('No pins yet. Press New pin when you notice something, good or bad.');
    // Not before the store has answered.
    this.empty = h('p', { class: 'muted', hidden: true }, none);
    const redraw = seldom(() => this.draw());
    this.stops = [onChange(redraw), onSync(() => this.#count(redraw))];
  }

  async draw() {
    const { app } = this;
    const [entries, pins, answers, removed] = await Promise.all([
      listEntries(app.walk.id),
      listPins(app.walk.id),
      listRatings(app.walk.id),
      listRemoved(app.walk.id),
    ]);
    if (this.#isClosed) return;
    const state = syncState();
    const sum = summary(entries, state, app.walk.parked);
    this.#isFull = pins.some((pin) => pin.photo_lost && !pin.awaiting_photo);
    this.foot.hidden = pins.length + answers.length + entries.length === 0;
    this.try.classList.toggle('btn--primary', sum.word !== 'gone');
    this.file.classList.toggle('btn--primary', sum.word === 'gone');
    const unsent = new Set(entries.map((entry) => entry.target));
    this.#drawn = this.foot.hidden
      ? null
      : { sum, kept: countWords(entries, pins), again: againWords(entries, sum.word) };
    this.#drawSum();
    this.#drawRows(pins, isExplained(sum, state.lastError));
    this.empty.hidden = pins.length + removed.length > 0;
    this.ratings.textContent = answerWords(answers);
    this.#drawGone(removed, unsent);
    this.receipt.replaceChildren(await receiptCard(app, entries.length));
  }

  #drawSum() {
    const state = syncState();
    const drawn = this.#drawn;
    const words = drawn && sumNow(drawn.sum, state);
    const card = drawn && words ? sumCard(words, drawn, state.lastSentAt, this.#way(drawn.sum)) : '';
    this.#said = words;
    this.sum.replaceChildren(browserNote(), card, this.#isFull ? fullNote() : '');
  }

  /** A step of a queue changes one line; the rest follows seldom. @param {() => void} redraw */
  #count(redraw) {
    if (syncState().running && this.#drawn) this.#drawSum();
    redraw();
  }

  /** Rows that say the same stay: what is being read stays open, and a long list costs little. @param {PinItem[]} pins @param {boolean} explained */
  #drawRows(pins, explained) {
    const had = document.activeElement?.id;
    const now = [explained, keepsNothing(), new Date().toDateString()];
    const rows = new Map(
      pins.map((pin) => {
        const from = JSON.stringify([now, pin]);
        const old = this.#rows.get(pin.id);
        return [pin.id, old?.from === from ? old : { from, el: mineRow(this.app, pin, explained) }];
      }),
    );
    for (const [id, { el }] of this.#rows) if (rows.get(id)?.el !== el) el.remove();
    let before = this.list.firstElementChild;
    for (const { el } of rows.values()) {
      if (el === before) before = before.nextElementSibling;
      else this.list.insertBefore(el, before);
    }
    this.#rows = rows;
    if (had && document.activeElement?.id !== had) document.getElementById(had)?.focus();
  }

  /** What to do about it, where that is not on this screen already. @param {import('../types').QueueSummary} sum */
  #way({ word }) {
    const code = () => this.app.router.go('code');
    return word === 'rejoin' ? button('qr-code', t('Type the code'), code, { id: 'mine-code' }) : null;
  }

  /** @param {import('../types').PinRecord[]} removed @param {Set<string>} unsent */
  #drawGone(removed, unsent) {
    const rows = removed.map(({ id, category, fields, made_at }) => {
      const what = nameOf(categoryOf(this.app.bundle, category), fields.kind);
      const name = [what, moment(made_at), unsent.has(id) ? t('the removal is not sent yet') : '']
        .filter(Boolean)
        .join(' · ');
      const undo = button('undo-2', t('Undo'), () => void this.#bringBack(id), { id: `undo-${id}` });
      return h('p', { class: 'row row--apart' }, h('span', null, name), undo);
    });
    const title = h('h2', null, t('Recently removed'));
    this.gone.replaceChildren(
      rows.length > 0 ? h('section', { class: 'stack stack--tight' }, title, rows) : '',
    );
  }

  /** @param {string} id */
  async #bringBack(id) {
    await bringBack(id);
    void this.draw();
  }

  /** Always answers: by the sentence on top, or by what is said here. */
  async tryNow() {
    const before = this.#said?.text;
    const report = await syncNow({ force: true }).catch(() => null);
    if (report?.busy) await rested();
    const stopped = report?.busy ? syncState().lastError : report?.stopped;
    await this.draw();
    if (this.#isClosed) return;
    const entries = await listEntries(this.app.walk.id);
    if (stopped === 'network')
      toast(t('No network right now. It is sent by itself later.'), { icon: 'cloud-off' });
    else if (report?.sent === 0 && isAskedToWait(entries, Date.now()))
      toast(t('The organiser’s server asks us to wait. It is sent by itself.'), { icon: 'cloud-off' });
    else if (this.#said?.text === before)
      toast(entries.length === 0 ? t('Everything is sent') : t('Tried again just now. Nothing has changed.'));
  }

  close() {
    this.#isClosed = true;
    for (const stop of this.stops) stop();
  }
}

/** The round that is running on this page has ended. @returns {Promise<void>} */
const rested = () =>
  new Promise((done) => {
    if (!syncState().running) return done();
    const stop = onSync(({ running }) => {
      if (running) return;
      stop();
      done();
    });
  });

/** @param {App} app @returns {Screen} */
export function mineScreen(app) {
  const mine = new Mine(app);
  void mine.draw();
  return {
    title: t('My pins'),
    body: [mine.sum, mine.receipt, mine.empty, mine.list, mine.ratings, mine.gone],
    foot: mine.foot,
    close: () => mine.close(),
  };
}

/** A browser that keeps nothing is told of here as well: "saved" would not be true. */
function browserNote() {
  const note = browserBanner();
  return note ? h('p', { class: `notice is-${note.tone}` }, icon(note.icon), h('span', null, note.text)) : '';
}

/** What a full phone means: for pins nothing, for photos to wait. */
const fullNote = () =>
  h(
    'p',
    { class: 'notice is-warning' },
    icon('circle-alert'),
    h(
      'span',
      null,
      t('Your phone is full. Pins are saved all the same. Photos fit again once others have been sent.'),
    ),
  );

/** @param {import('../types').RatingItem[]} answers */
function answerWords(answers) {
  const [n, left] = [answers.length, answers.filter(({ state }) => state !== 'sent').length];
  if (n === 0) return '';
  const all = tn('{n} answer to questions', '{n} answers to questions', n);
  return `${all} · ${left > 0 ? t('{n} not sent yet', { n: left }) : t('sent')}`;
}

/**
 * @param {import('./status.js').Status} words @param {{kept: string, again: string}} drawn
 * @param {number | null} lastSentAt @param {HTMLElement | null} way
 */
function sumCard(words, { kept, again }, lastSentAt, way) {
  const more = [kept, lastSentAt ? t('last sent {ago}', { ago: formatAgo(lastSentAt, Date.now()) }) : null];
  return h(
    'div',
    { class: `sum is-${words.tone}` },
    icon(words.icon),
    h(
      'div',
      { class: 'stack stack--tight' },
      h('p', null, words.text),
      again && h('p', null, again),
      h('span', { class: 'small' }, more.filter(Boolean).join(' · ')),
      way,
    ),
  );
}
