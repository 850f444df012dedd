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
import { saveFile } from './refused.js';
import { bringBack } from './saving.js';
import { button } from './screen.js';
import { categoryOf, clock, nameOf, photoWords, stateWords, sumWords, troubles, whyWords } from './words.js';

class Mine {
  #isClosed = false;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.sum = h('div', { role: 'status' });
    this.list = h('ul', { class: 'rows' });
    this.ratings = h('p', { class: 'muted small' });
    this.gone = h('div');
    const none = t('No pins yet. Press New pin when you notice something, good or bad.');
    // Not before the store has answered.
    this.empty = h('p', { class: 'muted', hidden: true }, none);
    this.stops = [onChange(() => void this.draw()), onSync(() => void this.draw())];
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
    const words = sumWords(summary(entries, state), state);
    this.sum.replaceChildren(sumCard(words, pins.length, state.lastSentAt));
    this.list.replaceChildren(...pins.map((pin) => row(app, pin)));
    this.empty.hidden = pins.length > 0;
    const n = answers.length;
    this.ratings.textContent = n > 0 ? tn('{n} answer to questions', '{n} answers to questions', n) : '';
    this.#drawGone(removed);
  }

  /** @param {import('../types').PinRecord[]} removed */
  #drawGone(removed) {
    const rows = removed.map(({ id, category, fields, made_at }) => {
      const name = `${nameOf(categoryOf(this.app.bundle, category), fields.kind)}, ${clock(made_at)}`;
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
    await syncNow({ force: true });
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
  const again = () => void mine.tryNow();
  const file = () => void saveFile(app.walk.id);
  return {
    title: t('My pins'),
    body: [mine.sum, mine.empty, mine.list, mine.ratings, mine.gone],
    foot: h(
      'div',
      { class: 'grid-2' },
      button('refresh-cw', t('Try now'), again, { look: 'btn--primary', id: 'try-now' }),
      button('file-down', t('Save as file'), file, { id: 'save-file' }),
    ),
    close: () => mine.close(),
  };
}

/** @param {import('./words.js').Status} words @param {number} n @param {number | null} lastSentAt */
function sumCard(words, n, lastSentAt) {
  const more = [
    n > 0 ? tn('{n} pin on this phone', '{n} pins on this phone', n) : null,
    lastSentAt ? t('last sent {ago}', { ago: formatAgo(lastSentAt, Date.now()) }) : null,
  ];
  return h(
    'div',
    { class: `sum is-${words.tone}` },
    icon(words.icon),
    h('div', null, h('p', null, words.text), h('span', { class: 'small' }, more.filter(Boolean).join(' · '))),
  );
}

/** @param {App} app @param {PinItem} pin */
function row(app, pin) {
  const { text, icon: name } = stateWords(pin);
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
    ),
  );
  return h('li', null, line, why(pin));
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
