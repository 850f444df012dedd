/**
 * The desk of one walk: what is shown, what is chosen, what waits. Its state stands in the address. Rows that are being
 * read never move by themselves; what arrives waits under a bar.
 */
import { request } from '../shared/api.js';
import { announce } from '../shared/dom.js';
import { tn } from '../shared/i18n.js';
import { createBar } from './bar.js';
import { Detail } from './detail.js';
import { haystack, NO_FILTER } from './filter.js';
import { createListing } from './listing.js';
import { Loader } from './loader.js';
import { MapPane } from './map-pane.js';
import { el, showAcute, showEmpty, showFetching, showWaiting } from './notices.js';
import { Overview } from './overview.js';
import { pinList } from './pin-list.js';
import { createPins } from './pins.js';
import { createPoll } from './poll.js';
import { labelOf, namesOf } from './row.js';
import { createSteps, hasSameFilter } from './steps.js';
import { Triage } from './triage.js';
import { readState } from './url.js';

/** @import {Category, DeskBundle, DeskPin, DeskState, Filter} from './types' */

export class Desk {
  #pins = createPins();
  #listing = createListing();
  #state = readState(location.search);
  #renewals = 0;
  #drawn = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;
  /** @type {Map<string, Category>} */
  #categories;

  /** @param {DeskBundle} bundle @param {string} lang @param {(contact: boolean) => void} onContact */
  constructor(bundle, lang, onContact) {
    const categories = new Map(bundle.categories.map((category) => [category.code, category]));
    this.#categories = categories;
    const pins = this.#pins;
    this.#overview = new Overview(pins, this.#listing, this.#names);
    this.loader = new Loader(bundle.walk.id, pins, request);
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
    this.#list = pinList(el('list'), { pins, categories, open, triage: this.triage });
    this.#map = new MapPane(el('map'), {
      ...{ bundle, categories, lang, open, pinOf: pins.get },
      isTicked: (number) => this.triage.selection.has(number),
      tick: (chosen) => this.triage.tickMany(chosen.map(({ number }) => number)),
      leave: () => this.#list.focus(),
      openSpot: ({ lat, lon, metres }) => this.#openSpot(`${lat.toFixed(6)},${lon.toFixed(6)},${metres}`),
    });
    this.detail = new Detail(el('detail'), {
      bundle,
      categories,
      run: (act) => this.triage.run(act),
      runAll: (acts) => this.triage.runAll(acts),
      photos: this.triage.photos,
      close: () => this.close(),
      history: (view) => this.loader.history(view),
      countOf: (id) => pins.all().filter((pin) => pin.whole?.participant === id).length,
      issue: this.triage.form,
    });
    this.#poll = createPoll(() => this.#changes(), onContact);
  }

  #steps = createSteps(window, (state) => this.#travel(state));
  #overview;
  loader;
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
      ticked: () => this.#map.redraw(),
      whole: (numbers) => this.loader.whole(numbers),
      ask: () => this.#poll.now(),
    });
  }

  async start() {
    this.#setState(this.#state);
    await this.#load();
    this.#poll.start();
    await this.triage.load();
    await this.loader.hints();
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
    this.#map.follow(number);
    if (number === null) return;
    if (!this.#pins.get(number)?.whole) this.loader.one(number).then(() => this.#refresh());
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

  /** The tools that tick by place. */
  toTools() {
    this.#setState({ ...this.#state, pane: 'map' });
    this.#map.tools.focus();
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
    this.#listing.renew(this.#overview.of(this.#state).fitting);
    this.#list.setRows(this.#listing.rows());
    this.#list.select(this.#state.pin, { bringIntoView: false });
    this.#refresh();
  }

  #label = (/** @type {DeskPin} */ pin) => labelOf(pin, this.#categories);
  #names = (/** @type {DeskPin} */ pin) => namesOf(pin, this.#categories);

  /** Only what lies on one spot, in the list. @param {string} near */
  #openSpot(near) {
    this.filter({ near });
    this.#list.focus();
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

  /** Draw what is known; rows stay where they are. What goes through all pins comes after this frame. */
  #refresh() {
    const stamp = `${this.#overview.stamp(this.#state)} ${this.#renewals}`;
    if (stamp !== this.#drawn) this.#soon ??= setTimeout(() => this.#refreshAll());
    this.#drawn = stamp;
    this.bar.mark(this.#state, this.triage.undoing.peek());
    this.triage.draw();
    this.#list.draw();
    this.detail.show(this.#chosen());
  }

  /** What thousands of pins make slow: only when pins, filter or listing have changed; the map in a turn of its own. */
  #refreshAll() {
    this.#soon = undefined;
    const { counts, byCategory, acute, fitting } = this.#overview.of(this.#state);
    this.bar.count(this.#state, counts, byCategory);
    this.#showWaiting(this.#listing.waiting(fitting));
    this.#showAcute(acute);
    showEmpty({ rows: this.#listing.rows().length, pins: this.#pins.all().length });
    setTimeout(() => this.#map.setPins(this.#overview.onMap(this.#state)));
  }

  /** @param {number} n */
  #showWaiting(n) {
    if (n > 0 && this.#listing.rows().length === 0) this.renew();
    else showWaiting(n);
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
    const isLoaded = await this.loader.first();
    el('list').removeAttribute('aria-busy');
    el('failed').hidden = isLoaded;
    if (!isLoaded) return;
    this.renew();
    if (this.#state.pin !== null) this.select(this.#state.pin);
    const isAll = await this.loader.rest(
      () => this.#list.seen(),
      (numbers) => this.#arrived(numbers),
    );
    if (!isAll) return;
    document.body.dataset.loaded = 'all';
    if (this.#state.q || this.#state.shows.length > 0) this.renew();
  }

  /** Words of pins have come: they can be searched, and rows in sight show them. @param {number[]} numbers */
  #arrived(numbers) {
    for (const number of numbers) haystack(/** @type {DeskPin} */ (this.#pins.get(number)));
    showFetching(this.loader.left(), this.#state.q !== '');
    this.#refresh();
  }

  /** @returns {Promise<boolean>} whether there was contact */
  async #changes() {
    const isFirst = !el('failed').hidden;
    const news = await this.loader.changes();
    if (news && news.added.length > 0) await this.loader.hints();
    if (news?.reset || (news && isFirst)) await this.#load();
    else if (news && news.added.length + news.changed.length > 0) this.#refresh();
    return news !== null;
  }
}
