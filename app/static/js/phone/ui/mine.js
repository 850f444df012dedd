/**
 * R7, "My pins": what is on the phone, what is proven sent, and why something is not. Says nothing it does not know.
 * Redraws itself while open; owns no data.
 */
/** @import {App, Screen} from './types' */
/** @import {PinItem} from '../types' */
import { h } from '../../shared/dom.js';
import { formatAgo, t, tn } from '../../shared/i18n.js';
import { icon, pinSymbol } from '../../shared/symbols.js';
import { summary } from '../outbox.js';
import { listEntries, listPins, listRatings, listRemoved, onChange } from '../store.js';
import { onSync, syncNow, syncState } from '../sync.js';
import { ownSpot } from './home-map.js';
import { stateNow, sumNow } from './now.js';
import { receiptCard } from './receipt.js';
import { saveFile } from './refused.js';
import { bringBack } from './saving.js';
import { button } from './screen.js';
import { seldom } from './seldom.js';
import { browserBanner } from './strip.js';
import { toast } from './toast.js';
import { categoryOf, clock, nameOf, photoWords, troubles, whyWords } from './words.js';

class Mine {
  #isClosed = false;
  #isFull = false;
  /** Each pin's row, and what it was drawn from. @type {Map<string, {from: string, el: HTMLElement}>} */
  #rows = new Map();
  /** @type {{sum: import('../types').QueueSummary, kept: string} | null} */
  #drawn = null;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.sum = h('div', { class: 'stack stack--tight', role: 'status' });
    this.list = h('ul', { class: 'rows' });
    this.ratings = h('p', { class: 'muted small' });
    this.gone = h('div');
    const file = () => void saveFile(app.walk.id);
    this.foot = h(
      'div',
      { class: 'grid-2', hidden: true },
      button('refresh-cw', t('Try now'), () => void this.tryNow(), { look: 'btn--primary', id: 'try-now' }),
      button('file-down', t('Save as file'), file, { id: 'save-file' }),
    );
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
    const unsent = new Set(entries.map((entry) => entry.target));
    const gone = removed.filter(({ id }) => unsent.has(id)).length;
    this.#drawn = this.foot.hidden ? null : { sum, kept: keptWords(pins, gone) };
    this.#drawSum();
    this.#drawRows(pins);
    this.empty.hidden = pins.length > 0;
    this.ratings.textContent = answerWords(answers);
    this.#drawGone(removed, unsent);
    this.receipt.replaceChildren(await receiptCard(app, entries.length));
  }

  #drawSum() {
    const state = syncState();
    const { sum, kept } = this.#drawn ?? {};
    const card = sum ? sumCard(sumNow(sum, state), kept ?? '', state.lastSentAt, this.#way(sum)) : '';
    this.sum.replaceChildren(browserNote(), card, this.#isFull ? fullNote() : '');
  }

  /** A step of a queue changes one line; the rest follows seldom. @param {() => void} redraw */
  #count(redraw) {
    if (syncState().running && this.#drawn) this.#drawSum();
    redraw();
  }

  /** Rows that say the same stay: what is being read stays open, and a long list costs little. @param {PinItem[]} pins */
  #drawRows(pins) {
    const had = document.activeElement?.id;
    const rows = new Map(
      pins.map((pin) => {
        const from = JSON.stringify(pin);
        const old = this.#rows.get(pin.id);
        return [pin.id, old?.from === from ? old : { from, el: row(this.app, pin) }];
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
      const name = [what, clock(made_at), unsent.has(id) ? t('the removal is not sent yet') : '']
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

  async tryNow() {
    const { stopped } = await syncNow({ force: true });
    if (stopped === 'network')
      toast(t('No network right now. It is sent by itself later.'), { icon: 'cloud-off' });
    void this.draw();
  }

  close() {
    this.#isClosed = true;
    for (const stop of this.stops) stop();
  }
}

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

/** "In all 2 pins, 3 photos": photos, and pins taken back, are waited for as well. @param {PinItem[]} pins @param {number} gone */
function keptWords(pins, gone) {
  const photos = pins.reduce((sum, pin) => sum + pin.photos.length, 0);
  const kept = [
    tn('{n} pin', '{n} pins', pins.length),
    photos > 0 ? tn('{n} photo', '{n} photos', photos) : null,
  ];
  const all = pins.length > 0 ? t('In all {what}', { what: kept.filter(Boolean).join(', ') }) : null;
  const left = gone > 0 ? tn('{n} removal is not sent yet', '{n} removals are not sent yet', gone) : null;
  return [all, left].filter(Boolean).join(' · ');
}

/**
 * @param {import('./words.js').Status} words @param {string} kept @param {number | null} lastSentAt
 * @param {HTMLElement | null} way
 */
function sumCard(words, kept, lastSentAt, way) {
  const more = [kept, lastSentAt ? t('last sent {ago}', { ago: formatAgo(lastSentAt, Date.now()) }) : null];
  return h(
    'div',
    { class: `sum is-${words.tone}` },
    icon(words.icon),
    h(
      'div',
      { class: 'stack stack--tight' },
      h('p', null, words.text),
      h('span', { class: 'small' }, more.filter(Boolean).join(' · ')),
      way,
    ),
  );
}

/** @param {App} app @param {PinItem} pin */
function row(app, pin) {
  const { text, icon: name } = stateNow(pin);
  const title = nameOf(categoryOf(app.bundle, pin.category), pin.fields.kind);
  const more = [clock(pin.made_at), photoWords(pin), pin.fields.text.slice(0, 60)]
    .filter(Boolean)
    .join(' · ');
  const line = h(
    'button',
    { type: 'button', class: 'line', id: `mine-${pin.id}`, onclick: () => app.router.go(`pin/${pin.id}`) },
    h('span', { class: 'line__symbol' }, pinSymbol(ownSpot(app, pin))),
    h(
      'span',
      { class: 'line__text' },
      h('span', { class: 'line__title' }, title),
      h('span', { class: 'line__more' }, more),
      h('span', { class: 'state', 'data-state': pin.state }, icon(name), text),
      pin.conflict
        ? h('span', { class: 'line__more' }, t('There is another version of this pin. Both are kept.'))
        : null,
      pin.late
        ? h(
            'span',
            { class: 'line__more', 'data-late': true },
            t('It came in after the walk had ended, and was received.'),
          )
        : null,
    ),
  );
  return h('li', null, line, why(pin), addAgain(app, pin));
}

/** There is room for the photo that did not fit. @param {App} app @param {PinItem} pin */
function addAgain({ router }, { id, photo_lost, awaiting_photo }) {
  if (!photo_lost || !awaiting_photo) return null;
  return button('camera', t('Add photo'), () => router.go(`photo/${id}`), { id: `add-${id}` });
}

/** "See why": what was refused and what helps, or what it waits for. @param {PinItem} pin */
function why(pin) {
  const refused = troubles(pin);
  if (refused.length === 0 && !pin.problem) return null;
  const waits = `${whyWords(pin.problem)} ${t('It stays on your phone.')}`;
  const lines = refused.length > 0 ? refused : [waits];
  return h(
    'details',
    { class: 'more' },
    h('summary', null, t('See why')),
    lines.map((line) => h('p', { class: 'why' }, line)),
  );
}
