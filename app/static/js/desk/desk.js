/**
 * The desk of one walk: what is shown, what is chosen, what waits. Its state stands in the address. Rows that are being
 * read never move by themselves; what arrives waits under a bar.
 */
import { request } from '../shared/api.js';
import { announce } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { createBar } from './bar.js';
import { Detail } from './detail.js';
import { acuteWaiting, categoryCounts, counts, matcher } from './filter.js';
import { PinList } from './list.js';
import { createListing } from './listing.js';
import { createLoader } from './loader.js';
import { createMapPane } from './map-pane.js';
import { el, showAcute, showEmpty, showWaiting } from './notices.js';
import { createPins } from './pins.js';
import { createPoll } from './poll.js';
import { fillRow, labelOf, namesOf } from './row.js';
import { createSteps, hasSameFilter } from './steps.js';
import { Triage } from './triage.js';
import { readState } from './url.js';

/** @import {Category, DeskBundle, DeskPin, DeskState, Filter} from './types' */

/** The map follows when nobody has stepped on for so long. */
const MAP_FOLLOWS = 120;
/** @type {Filter} */
const NO_FILTER = { shows: [], category: '', q: '' };

export class Desk {
  #pins = createPins();
  #listing = createListing();
  #state = readState(location.search);
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
    this.triage = this.#newTriage(bundle);
    const { groups } = bundle;
    this.bar = createBar(el('bar'), {
      groups,
      categories: bundle.categories,
      change: (next) => this.filter(next),
      pane: (pane) => this.#setState({ ...this.#state, pane }),
      undo: () => this.triage.undo(),
    });
    const open = (/** @type {number} */ number) => this.select(number, { focus: true });
    this.#list = this.#newList(open);
    this.#map = createMapPane(el('map'), { bundle, categories, lang, open, leave: () => this.#list.focus() });
    this.detail = new Detail(el('detail'), {
      bundle,
      categories,
      run: (act) => this.triage.run(act),
      runAll: (acts) => this.triage.runAll(acts),
      photos: this.triage.photos,
      close: () => this.close(),
      history: this.#loader.history,
      countOf: (id) => pins.all().filter((pin) => pin.whole?.participant === id).length,
      issue: this.triage.form,
    });
    this.#poll = createPoll(() => this.#changes(), onContact);
  }

  #steps = createSteps(window, (state) => this.#travel(state));
  #loader;
  #list;
  #map;
  #poll;

  /** @param {DeskBundle} bundle */
  #newTriage(bundle) {
    return new Triage({
      bundle,
      pins: this.#pins,
      send: request,
      chosen: () => this.#chosen(),
      rows: () => this.#listing.rows(),
      select: (number, how) => this.select(number, how),
      labelOf: this.#label,
      draw: () => this.#refresh(),
      ask: () => this.#poll.now(),
    });
  }

  /** @param {(number: number) => void} open */
  #newList(open) {
    return new PinList(el('list'), {
      label: t('Pins'),
      fill: (button, number) => {
        const pin = this.#pins.get(number);
        if (pin) fillRow(button, pin, this.#categories);
      },
      open,
      isTicked: (number) => this.triage.selection.has(number),
      tick: (number, isRange) => this.triage.tick(number, isRange),
      tickWord: (number) => t('Tick pin {n}', { n: number }),
    });
  }

  async start() {
    this.#setState(this.#state);
    await this.#load();
    this.#poll.start();
    await this.triage.load();
    await this.#loader.hints();
    this.#refresh();
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

  /** Show what is worth a look, or everything again. */
  filterUnusual() {
    this.filter({ ...NO_FILTER, shows: this.#state.shows.includes('unusual') ? [] : ['unusual'] });
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

  /** Escape: a pin that covers the list first, then what is ticked, then the pin beside the list. */
  leave() {
    const isOpen = this.#state.pin !== null;
    const isCovering = isOpen && getComputedStyle(el('detail')).position === 'fixed';
    if (!isCovering && this.triage.selection.size() > 0) this.triage.selection.clear();
    else if (isOpen) this.close();
  }

  /** @param {number} steps */
  step(steps) {
    this.select(this.#listing.step(this.#state.pin, steps));
  }

  /** Tick this pin and the one so many steps on. @param {number} steps */
  tickOn(steps) {
    const { pin } = this.#state;
    const { selection } = this.triage;
    if (pin !== null && !selection.has(pin)) selection.toggle(pin);
    this.step(steps);
    if (this.#state.pin !== null && !selection.has(this.#state.pin)) selection.toggle(this.#state.pin);
  }

  /** From the list to the map or back. */
  turn() {
    const isMap = this.#state.pane === 'map';
    this.#setState({ ...this.#state, pane: isMap ? 'list' : 'map' });
    if (isMap) this.#list.focus();
    else this.#map.focus();
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

  /** @param {DeskPin} pin */
  #names = (pin) => namesOf(pin, this.#categories);

  #fits() {
    return matcher(this.#state, this.#names);
  }

  /** @returns {DeskPin | null} */
  #chosen() {
    const { pin } = this.#state;
    return pin === null ? null : (this.#pins.get(pin) ?? null);
  }

  /** @param {DeskState} next */
  #setState(next) {
    this.#steps.note(this.#state, next);
    this.#show(next);
  }

  /** "Back" or "Forward" came to another view. @param {DeskState} next */
  #travel(next) {
    const isRenewed = !hasSameFilter(this.#state, next);
    this.#show(next);
    if (isRenewed) this.renew();
    this.select(next.pin);
    if (document.activeElement === document.body) this.#list.focus();
  }

  /** @param {DeskState} next */
  #show(next) {
    this.#state = next;
    document.body.dataset.pane = next.pane;
    document.body.classList.toggle('has-detail', next.pin !== null);
    this.#refresh();
  }

  /** Draw what is known; rows stay where they are. */
  #refresh() {
    const { shows, category, q } = this.#state;
    const stamp = JSON.stringify([this.#pins.version(), shows, category, q, this.#renewals]);
    if (stamp !== this.#drawn) this.#refreshAll();
    this.#drawn = stamp;
    this.bar.mark(this.#state, this.triage.undoing.peek());
    this.triage.draw();
    this.#list.draw();
    this.detail.show(this.#chosen());
  }

  /** What thousands of pins make slow: only when pins, filter or listing have changed. */
  #refreshAll() {
    const all = this.#pins.all();
    const fits = this.#fits();
    this.bar.count(this.#state, counts(all, this.#state, this.#names), categoryCounts(all));
    this.#map.setPins(all.filter((pin) => fits(pin) || this.#listing.has(pin.number)));
    this.#showWaiting(this.#listing.waiting(all, fits));
    this.#showAcute(acuteWaiting(all).length);
    showEmpty({ rows: this.#listing.rows().length, pins: all.length });
  }

  /** @param {DeskPin[]} waiting */
  #showWaiting(waiting) {
    if (waiting.length > 0 && this.#listing.rows().length === 0) this.renew();
    else showWaiting(waiting.length);
  }

  /** @param {number} n */
  #showAcute(n) {
    el('acute').hidden = n === 0 || this.#state.shows.includes('acute');
    showAcute(n, () => {
      this.filter({ ...NO_FILTER, shows: ['acute'] });
      this.select(this.#listing.step(null, 1), { focus: true });
    });
  }

  async #load() {
    el('list').setAttribute('aria-busy', 'true');
    const isLoaded = await this.#loader.first();
    el('list').removeAttribute('aria-busy');
    el('failed').hidden = isLoaded;
    if (!isLoaded) return;
    this.renew();
    if (this.#state.pin !== null) this.select(this.#state.pin);
    await this.#loader.rest(() => this.#refresh());
    if (this.#state.q || this.#state.shows.length > 0) this.renew();
  }

  /** @returns {Promise<boolean>} whether there was contact */
  async #changes() {
    const isFirst = !el('failed').hidden;
    const news = await this.#loader.changes();
    if (news && news.added.length > 0) await this.#loader.hints();
    if (news?.reset || (news && isFirst)) await this.#load();
    else if (news && news.added.length + news.changed.length > 0) this.#refresh();
    return news !== null;
  }
}
