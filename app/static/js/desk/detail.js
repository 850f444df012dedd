/**
 * The third pane: everything about one pin, and what can be decided about it. Pin, text and each photo are decided
 * apart. Drawn anew when the pin changes; focus goes back to where it was.
 */
import { h } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon, pinSymbol } from '../shared/symbols.js';
import { audience } from './audience.js';
import { experience, historyList, place, times } from './detail-facts.js';
import { photosOf, toggleReveal } from './detail-photos.js';
import { beginWords, clash, wordsOf } from './detail-words.js';
import { pseudonym } from './filter.js';
import { once } from './keys.js';
import { labelOf, lookOf } from './row.js';
import { hintWord, reviewWord, signsOf } from './words.js';

/** @import {Act, Category, DeskBundle, DeskPhoto, DeskPin, Review, StaffView} from './types' */
/**
 * @typedef {object} DetailContext
 * @property {DeskBundle} bundle
 * @property {Map<string, Category>} categories
 * @property {(act: Act) => void} run
 * @property {(acts: Act[]) => void} runAll as one step
 * @property {{edit: (pin: DeskPin, photo: DeskPhoto) => void, film: () => void}} photos
 * @property {() => void} close
 * @property {(view: StaffView) => Promise<any[] | null>} history
 * @property {(participant: string) => number} countOf pins of a participant
 * @property {{el: HTMLElement, show: (pin: DeskPin | null) => void}} issue what happens about the pin; keeps itself
 */

/**
 * @param {'pin' | 'text'} what @param {DeskPin} pin @param {Review} now
 * @param {DetailContext} context @param {{approve: string, hide: string, name: string}} words
 */
function decisions(what, pin, now, context, words) {
  /** @param {Review} to @param {string} symbol @param {string} word */
  const button = (to, symbol, word) =>
    h(
      'button',
      {
        type: 'button',
        class: 'btn',
        'data-act': `${what}-${to}`,
        'aria-pressed': String(now === to),
        onclick: once(() => context.run({ what, number: pin.number, to: now === to ? 'new' : to })),
      },
      icon(symbol, 20),
      word,
    );
  return h(
    'div',
    { class: 'decide', role: 'group', 'aria-label': words.name },
    button('approved', 'check', words.approve),
    button('hidden', 'eye-off', words.hide),
  );
}

/** @param {DeskPin} pin @param {DetailContext} context */
function head(pin, context) {
  const signs = signsOf(pin).map(({ icon: name, word, tone }) =>
    h('li', { class: `pill ${tone}` }, icon(name, 18), word),
  );
  return h(
    'header',
    { class: 'detail__head' },
    h('span', { class: 'detail__symbol' }, pinSymbol({ ...lookOf(pin, context.categories), faint: false })),
    h(
      'div',
      { class: 'grow stack stack--tight' },
      h('h2', { class: 'detail__title', tabindex: -1, id: 'detail-title' }, labelOf(pin, context.categories)),
      h(
        'p',
        { class: 'row' },
        h('span', { class: 'muted' }, t('Pin {n}', { n: pin.number })),
        h('span', { class: `review review--${pin.review}` }, reviewWord(pin.review)),
      ),
      signs.length > 0 && h('ul', { class: 'row detail__signs' }, signs),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'btn btn--icon detail__close',
        'aria-label': t('Close'),
        onclick: context.close,
      },
      icon('x'),
    ),
  );
}

/** @param {DeskPin} pin @param {StaffView} view @param {DetailContext} context */
function participant(pin, view, context) {
  const id = view.participant;
  if (!id) return null;
  const to = !view.participant_hidden;
  const run = () => context.run({ what: 'participant', number: pin.number, participant: id, to });
  const letIn = () => context.run({ what: 'waiting', number: pin.number, participant: id, to: false });
  return h(
    'section',
    { class: 'stack stack--tight', 'aria-label': t('Participant') },
    h('h3', { class: 'detail__small' }, t('Participant')),
    h(
      'p',
      { class: 'small' },
      h('code', null, pseudonym(id)),
      ` · ${tn('{n} pin in this walk', '{n} pins in this walk', context.countOf(id))}`,
    ),
    h(
      'p',
      { class: 'small muted' },
      t('A device in this walk, without a name. It is a new one in every walk.'),
    ),
    context.bundle.may_run &&
      view.participant_waits &&
      h(
        'button',
        { type: 'button', class: 'btn', 'data-act': 'waiting', onclick: once(letIn) },
        icon('check', 20),
        t('Let the phone in'),
      ),
    context.bundle.may_run &&
      h(
        'button',
        { type: 'button', class: 'btn btn--danger', 'data-act': 'participant', onclick: once(run) },
        icon(to ? 'eye-off' : 'eye', 20),
        to ? t('Hide everything from this participant') : t('Show this participant again'),
      ),
  );
}

/** Loaded when it is opened. @param {StaffView} view @param {DetailContext} context */
function past(view, context) {
  const body = h('div', null);
  const box = h('details', { class: 'more' }, h('summary', null, t('History')), body);
  box.addEventListener('toggle', async () => {
    if (!box.open || body.childElementCount > 0) return;
    const revisions = await context.history(view);
    body.replaceChildren(
      revisions ? historyList(revisions, context.bundle) : h('p', null, t('No contact just now.')),
    );
  });
  if (view.conflict) box.open = true;
  return box;
}

/** In place of decisions, for whom the server would refuse them. */
const lookWord = () => h('p', { class: 'row' }, icon('eye', 20), t('You can look and change nothing'));

const empty = () =>
  h(
    'div',
    { class: 'detail__empty' },
    icon('map-pin', 48),
    h('p', null, t('Choose a pin in the list or on the map.')),
  );

/** @param {string} title @param {Node | null} body */
const section = (title, body) => (body ? [h('h3', { class: 'detail__small' }, title), body] : []);

/** @param {...(Node | null | false | undefined)} nodes @returns {Node[]} */
const children = (...nodes) => nodes.flatMap((node) => node || []);

export class Detail {
  #drawn = '';
  /** @type {DeskPin | null} */
  #pin = null;
  #pane;
  #context;
  #before = h('div', { class: 'stack' });
  #after = h('div', { class: 'stack' });
  #foot = h('footer', { class: 'detail__foot' });
  #body;

  /** @param {HTMLElement} pane @param {DetailContext} context */
  constructor(pane, context) {
    this.#pane = pane;
    this.#context = context;
    const inside = {
      class: 'detail__body stack',
      tabindex: 0,
      role: 'group',
      'aria-labelledby': 'detail-title',
    };
    this.#body = h('div', inside, this.#before, context.issue.el, this.#after);
    pane.replaceChildren(empty());
  }

  /** @param {DeskPin | null} pin */
  show(pin) {
    const stamp = pin
      ? `${pin.number} ${pin.seq} ${pin.whole ? 1 : 0} ${pin.participant_hidden} ${pin.hints.join()}`
      : '';
    if (stamp === this.#drawn) return;
    this.#drawn = stamp;
    if (pin) {
      this.#draw(pin);
      return;
    }
    this.#pin = null;
    this.#context.issue.show(null);
    this.#pane.replaceChildren(empty());
  }

  /** Show or blur the photos of the pin. */
  reveal() {
    if (!this.#pin) return;
    toggleReveal(this.#pin);
    this.#draw(this.#pin);
  }

  /** Write the pin's public text. */
  write() {
    if (!this.#pin?.whole?.text) return;
    beginWords(this.#pin, this.#context.bundle);
    this.#draw(this.#pin);
    /** @type {HTMLElement | null} */ (this.#pane.querySelector('.public textarea'))?.focus();
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.#pane.querySelector('#detail-title'))?.focus();
  }

  /** Above what happens: the pin, its photos and words. @param {DeskPin} pin @param {StaffView} view */
  #seen(pin, view) {
    const context = this.#context;
    const { bundle, run } = context;
    const acute = view.acute && pin.review === 'new';
    return [
      acute && h('p', { class: 'notice is-error' }, icon('siren'), t('Marked as acute. Look at it first.')),
      h('p', { class: 'small muted' }, audience(view, bundle.walk)),
      pin.hints.length > 0 &&
        h('p', { class: 'notice is-info' }, icon('search'), pin.hints.map(hintWord).join(' ')),
      ...photosOf(pin, {
        walk: bundle.walk.id,
        mayRun: bundle.may_run,
        run,
        changed: () => this.#draw(pin),
        ...context.photos,
      }),
      view.conflict && bundle.may_run && clash(pin, context),
      wordsOf(pin, view, {
        bundle,
        runAll: context.runAll,
        changed: () => this.#draw(pin),
        decisions:
          bundle.may_run &&
          decisions('text', pin, view.text_review, context, {
            name: t('Text'),
            approve: t('Approve text'),
            hide: t('Hide text'),
          }),
      }),
    ];
  }

  /** Below it: facts and history. @param {DeskPin} pin @param {StaffView} view */
  #known(pin, view) {
    const context = this.#context;
    const { bundle } = context;
    return [
      ...section(t('Experience'), experience(view, bundle)),
      ...section(t('Place'), place(view, bundle)),
      ...section(t('Time'), times(view, bundle)),
      participant(pin, view, context),
      past(view, context),
    ];
  }

  /** @param {DeskPin} pin */
  #draw(pin) {
    const pane = this.#pane;
    const active = document.activeElement;
    const isInside = active instanceof HTMLElement && pane.contains(active);
    const mark = isInside ? active.dataset.act : undefined;
    const onTitle = isInside && active.id === 'detail-title';
    const isSame = this.#pin?.number === pin.number;
    this.#pin = pin;
    const { whole } = pin;
    const names = { name: t('Pin'), approve: t('Approve pin'), hide: t('Hide pin') };
    const seen = whole ? this.#seen(pin, whole) : [h('p', { class: 'muted' }, t('Loading …'))];
    this.#before.replaceChildren(...children(head(pin, this.#context), ...seen));
    this.#context.issue.show(pin);
    this.#after.replaceChildren(...children(...(whole ? this.#known(pin, whole) : [])));
    this.#foot.replaceChildren(
      this.#context.bundle.may_run ? decisions('pin', pin, pin.review, this.#context, names) : lookWord(),
    );
    if (!this.#body.isConnected) pane.replaceChildren(this.#body, this.#foot);
    if (!isSame) this.#body.scrollTop = 0;
    const again = mark ? pane.querySelector(`[data-act="${mark}"]`) : null;
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
    if (onTitle) this.focus();
  }
}
