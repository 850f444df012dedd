/**
 * The desk of one walk: what is shown, what is chosen, what waits. Its state stands in the address. Rows that are being
 * read never move by themselves; what arrives waits under a bar.
 */
import { request } from '../shared/api.js';
import { announce, h } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { createActs } from './acts.js';
import { createBar } from './bar.js';
import { Detail } from './detail.js';
import { nextPhoto } from './detail-photos.js';
import { acuteWaiting, categoryCounts, counts, matcher } from './filter.js';
import { PinList } from './list.js';
import { createListing } from './listing.js';
import { createLoader } from './loader.js';
import { createMapPane } from './map-pane.js';
import { createPins } from './pins.js';
import { createPoll } from './poll.js';
import { fillRow, labelOf } from './row.js';
import { toast } from './toast.js';
import { readState, writeState } from './url.js';
import { doneWord } from './words.js';

/** @import {Act, Category, DeskBundle, DeskPin, DeskState, Filter, Review} from './types' */

/** New pins are told to a screen reader at most this often. */
const TELL_EVERY = 30_000;
/** The map follows when nobody has stepped on for so long. */
const MAP_FOLLOWS = 120;
const NO_FILTER = { show: /** @type {const} */ ('all'), category: '', q: '' };

/** @param {string} id @returns {HTMLElement} */
export const el = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Desk {
  #pins = createPins();
  #listing = createListing();
  #state = readState(location.search);
  #told = 0;
  #renewals = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #following;
  #drawn = '';
  /** @type {Map<string, Category>} */
  #categories;

  /** @param {DeskBundle} bundle @param {string} lang @param {(contact: boolean) => void} onContact */
  constructor(bundle, lang, onContact) {
    const categories = new Map(bundle.categories.map((category) => [category.code, category]));
    this.#categories = categories;
    const pins = this.#pins;
    this.#loader = createLoader(bundle.walk.id, pins, request);
    this.#acts = createActs(bundle.walk.id, pins, request);
    const { groups } = bundle;
    this.bar = createBar(el('bar'), {
      groups,
      categories: bundle.categories,
      change: (next) => this.filter(next),
      pane: (pane) => this.#setState({ ...this.#state, pane }),
    });
    const open = (/** @type {number} */ number) => this.select(number, { focus: true });
    this.#list = new PinList(el('list'), {
      label: t('Pins'),
      fill: (button, number) => {
        const pin = pins.get(number);
        if (pin) fillRow(button, pin, categories);
      },
      open,
    });
    this.#map = createMapPane(el('map'), { bundle, categories, lang, open, leave: () => this.#list.focus() });
    this.detail = new Detail(el('detail'), {
      bundle,
      categories,
      run: (act) => this.run(act),
      close: () => this.close(),
      history: this.#loader.history,
      countOf: (id) => pins.all().filter((pin) => pin.whole?.participant === id).length,
    });
    this.#poll = createPoll(() => this.#changes(), onContact);
  }

  #loader;
  #acts;
  #list;
  #map;
  #poll;

  async start() {
    this.#setState(this.#state);
    await this.#load();
    this.#poll.start();
  }

  /** @param {Partial<Filter>} next */
  filter(next) {
    this.#setState({ ...this.#state, ...next });
    this.renew();
    announce(tn('{n} pin in the list', '{n} pins in the list', this.#listing.rows().length));
  }

  reset() {
    this.filter(NO_FILTER);
  }

  /** Take what waits into the list. */
  showNews() {
    this.renew();
    this.#list.focus();
  }

  /** @param {number | null} number @param {{focus?: boolean}} [how] */
  select(number, { focus = false } = {}) {
    this.#setState({ ...this.#state, pin: number });
    this.#list.select(number);
    clearTimeout(this.#following);
    this.#following = setTimeout(() => this.#map.show(number), MAP_FOLLOWS);
    if (number === null) return;
    if (!this.#pins.get(number)?.whole) this.#loader.one(number).then(() => this.#refresh());
    if (focus) this.detail.focus();
  }

  close() {
    this.select(null);
    this.#list.focus();
  }

  /** @param {number} steps */
  step(steps) {
    this.select(this.#listing.step(this.#state.pin, steps));
  }

  /** @param {Review} to */
  decide(to) {
    if (this.#state.pin !== null) this.run({ what: 'pin', number: this.#state.pin, to });
  }

  /** The first photo of the pin that nobody has judged. */
  approvePhoto() {
    const pin = this.#chosen();
    const photo = pin && nextPhoto(pin);
    if (pin && photo?.id) this.run({ what: 'photo', number: pin.number, photo: photo.id, to: 'approved' });
  }

  /** @param {Act} act */
  async run(act) {
    const { outcome, problem } = await this.#acts.run(act);
    if (outcome === 'done') toast(doneWord(act), { action: [t('Undo'), () => this.undo()] });
    else this.#tell(outcome, problem);
    this.#refresh();
    this.#poll.now();
  }

  async undo() {
    const { outcome, act, problem } = await this.#acts.back();
    if (outcome === 'done' && act) {
      this.select(act.number);
      toast(t('Undone'));
    } else if (act) this.#tell(outcome, problem);
    else toast(t('Nothing to undo'));
    this.#refresh();
    this.#poll.now();
  }

  /** Begin the listing anew: a filter was changed, or what waits was asked for. */
  renew() {
    this.#renewals++;
    this.#listing.renew(this.#pins.all(), this.#fits());
    this.#list.setRows(this.#listing.rows());
    this.#list.select(this.#state.pin, { bringIntoView: false });
    this.#refresh();
  }

  /** @param {DeskPin} pin */
  #label = (pin) => labelOf(pin, this.#categories);

  #fits() {
    return matcher(this.#state, this.#label);
  }

  /** @returns {DeskPin | null} */
  #chosen() {
    const { pin } = this.#state;
    return pin === null ? null : (this.#pins.get(pin) ?? null);
  }

  /** @param {DeskState} next */
  #setState(next) {
    this.#state = next;
    history.replaceState(null, '', location.pathname + writeState(next));
    document.body.dataset.pane = next.pane;
    document.body.classList.toggle('has-detail', next.pin !== null);
    this.#refresh();
  }

  /** Draw what is known; rows stay where they are. */
  #refresh() {
    const { show, category, q } = this.#state;
    const stamp = JSON.stringify([this.#pins.version(), show, category, q, this.#renewals]);
    if (stamp !== this.#drawn) this.#refreshAll();
    this.#drawn = stamp;
    this.bar.mark(this.#state);
    this.#list.draw();
    this.detail.show(this.#chosen());
  }

  /** What thousands of pins make slow: only when pins, filter or listing have changed. */
  #refreshAll() {
    const all = this.#pins.all();
    const fits = this.#fits();
    this.bar.count(this.#state, counts(all, this.#state, this.#label), categoryCounts(all));
    this.#map.setPins(all.filter((pin) => fits(pin) || this.#listing.has(pin.number)));
    this.#showWaiting(this.#listing.waiting(all, fits));
    this.#showAcute(acuteWaiting(all).length);
    el('empty').hidden = this.#listing.rows().length > 0;
    el('empty-filter').hidden = all.length === 0;
    el('empty-walk').hidden = all.length > 0;
  }

  /** @param {DeskPin[]} waiting */
  #showWaiting(waiting) {
    if (waiting.length > 0 && this.#listing.rows().length === 0) {
      this.renew();
      return;
    }
    const button = el('news');
    button.hidden = waiting.length === 0;
    if (waiting.length === 0) return;
    const text = tn('{n} new – show', '{n} new – show', waiting.length);
    if (button.textContent !== text) button.replaceChildren(text);
    if (Date.now() - this.#told < TELL_EVERY) return;
    this.#told = Date.now();
    announce(tn('{n} new pin', '{n} new pins', waiting.length));
  }

  /** @param {number} n */
  #showAcute(n) {
    const box = el('acute');
    box.hidden = n === 0 || this.#state.show === 'acute';
    if (box.dataset.n === String(n)) return;
    box.dataset.n = String(n);
    const show = () => {
      this.filter({ ...NO_FILTER, show: 'acute' });
      this.select(this.#listing.step(null, 1), { focus: true });
    };
    const words = tn('{n} acute pin has not been reviewed', '{n} acute pins have not been reviewed', n);
    box.replaceChildren(
      icon('siren'),
      h('strong', { class: 'grow' }, words),
      h('button', { type: 'button', class: 'btn', onclick: show }, t('Show')),
    );
  }

  /** @param {string} outcome @param {string} [problem] */
  #tell(outcome, problem) {
    const stale = t('Somebody changed this a moment ago. Look at the new version.');
    if (outcome === 'stale') toast(stale, { tone: 'error' });
    if (outcome === 'failed') toast(problem ?? t('That did not work. Try again.'), { tone: 'error' });
  }

  async #load() {
    if (!(await this.#loader.first())) return;
    this.renew();
    if (this.#state.pin !== null) this.select(this.#state.pin);
    await this.#loader.rest(() => this.#refresh());
    if (this.#state.q) this.renew();
  }

  /** @returns {Promise<boolean>} whether there was contact */
  async #changes() {
    const news = await this.#loader.changes();
    if (news?.reset) await this.#load();
    else if (news && news.added.length + news.changed.length > 0) this.#refresh();
    return news !== null;
  }
}
