/**
 * The page of a walk's route and stops: a map and a list of the same plan, tools to add to it, and saving. Promises that
 * nothing is lost in silence: every change can be undone, leaving with unsaved changes is asked about, and a plan that
 * somebody else has changed meanwhile is neither overwritten nor forgotten.
 */
import { AddressIndex } from '../shared/address.js';
import { request } from '../shared/api.js';
import { announce, on } from '../shared/dom.js';
import { moved } from '../shared/geo.js';
import { loadCatalogue, t } from '../shared/i18n.js';
import * as edit from './plan.js';
import { RouteList } from './route-list.js';
import { RouteMap } from './route-map.js';
import { RouteTools } from './route-tools.js';
import { toast } from './toast.js';

/** @import {Place} from '../shared/geo.js' */
/** @import {Plan, Stop} from './plan.js' */
/** @import {Chosen, Sort} from './route-list.js' */
/** @typedef {Plan & {version: string}} Saved */

const USUAL = ['feeling', 'light'];

/** @param {Plan} plan @returns {Plan} */
const planOf = ({ route, stops }) => ({ route, stops });

class RoutePage {
  /** @type {Chosen | null} */
  chosen = null;
  /** @type {AddressIndex | null} */
  #index = null;

  /** @param {any} bundle @param {string} lang */
  constructor(bundle, lang) {
    this.bundle = bundle;
    this.lang = lang === 'sv' ? 'sv' : 'en';
    this.version = bundle.plan.version;
    this.draft = new edit.Draft(planOf(bundle.plan));
    const languages = bundle.walk.languages.length ? bundle.walk.languages : [this.lang];
    const settings = { languages, places: bundle.place_types, bank: bundle.bank, lang: this.lang };
    const changeable = bundle.changeable;
    this.list = new RouteList(settings, {
      choose: (chosen) => this.choose(chosen),
      reorder: (chosen, to) => this.reorder(chosen, to),
      remove: (chosen) => this.remove(chosen),
      nudge: (chosen, east, north) => this.nudge(chosen, east, north),
      change: (stop, fields, redraw) => this.changeStop(stop, fields, redraw),
    });
    this.tools = new RouteTools({
      addAtCentre: () => this.add(this.map.map.center()),
      addAt: (place, name) => this.add(place, name),
      search: (text) => this.search(text),
      undo: () => this.back('undo'),
      redo: () => this.back('redo'),
      save: () => this.save(),
    });
    const el = /** @type {HTMLElement} */ (document.getElementById('route-map'));
    const packUrl = bundle.pack?.url ?? null;
    this.map = new RouteMap(
      el,
      { bbox: bundle.area.bbox, packUrl, lang: this.lang, changeable },
      {
        add: (place) => this.add(place),
        choose: (chosen) => this.choose(chosen, true),
        move: (chosen, place) => this.move(chosen, place),
        nudge: (chosen, east, north) => this.nudge(chosen, east, north),
        remove: (chosen) => this.remove(chosen),
      },
    );
    this.map.map.setBoundary(bundle.area.polygon);
    const panel = /** @type {HTMLElement} */ (document.getElementById('route-panel'));
    this.tools.fence.disabled = !changeable;
    this.tools.fence.append(this.list.el);
    panel.append(this.tools.figures, this.tools.fence, ...(changeable ? [this.tools.bar] : []));
    this.draw();
    this.map.fit();
    on(window, 'beforeunload', (event) => {
      if (this.draft.isChanged) event.preventDefault();
    });
  }

  get plan() {
    return this.draft.plan;
  }

  draw() {
    this.list.draw(this.plan, this.chosen);
    this.#rest();
  }

  /** Everything but the list's forms. */
  #rest() {
    this.map.draw(this.plan, this.chosen);
    this.tools.draw(this.draft, edit.figuresOf(this.plan), this.bundle.limits);
  }

  /** @param {Chosen | null} chosen @param {boolean} [fromMap] */
  choose(chosen, fromMap = false) {
    this.chosen = chosen;
    this.draw();
    if (!chosen) return;
    if (fromMap) this.list.focusRow(chosen);
    else this.map.show(chosen);
  }

  /** A stop or a point, as the tools say. @param {Place} place @param {string} [name] */
  add(place, name) {
    const after = this.chosen?.sort === 'point' ? this.chosen.at : undefined;
    if (this.tools.adds === 'stop') {
      const called = name ?? this.#nameAt(place) ?? t('Stop {n}', { n: this.plan.stops.length + 1 });
      const usual = this.bundle.bank.filter((/** @type {{code: string}} */ one) => USUAL.includes(one.code));
      this.draft.change(edit.withStop(this.plan, place, { [this.#nameTag()]: called }, usual));
      this.chosen = { sort: 'stop', at: this.plan.stops.length - 1 };
      announce(t('{name} is added.', { name: called }));
    } else {
      this.draft.change(edit.withPoint(this.plan, place, after));
      this.chosen = { sort: 'point', at: after === undefined ? this.plan.route.length - 1 : after + 1 };
      announce(t('Point {n} is added.', { n: this.chosen.at + 1 }));
    }
    this.draw();
    this.map.show(this.chosen);
  }

  /** The walk's language that the page speaks, else its first. */
  #nameTag() {
    const { languages } = this.bundle.walk;
    return languages.includes(this.lang) || languages.length === 0 ? this.lang : languages[0];
  }

  /** @param {Place} place */
  #nameAt(place) {
    const { address, landmark, park } = this.#index?.near(place) ?? {};
    if (landmark?.name) return landmark.name;
    return address ? `${address.street} ${address.number}` : park?.name;
  }

  /** @param {string} text */
  async search(text) {
    const url = this.bundle.pack?.index_url;
    if (!this.#index && url) {
      const { ok, data } = await request('GET', url);
      if (ok) this.#index = new AddressIndex(/** @type {any} */ (data));
    }
    return this.#index?.search(text) ?? [];
  }

  /** @param {Chosen} chosen @param {Place} place */
  move({ sort, at }, place) {
    const next =
      sort === 'stop'
        ? edit.withStopAt(this.plan, this.plan.stops[at].id, place)
        : edit.withPointAt(this.plan, at, place);
    this.draft.change(next, `${sort} ${at}`);
    this.list.refresh(this.plan);
    this.#rest();
  }

  /** @param {Chosen} chosen @param {number} east @param {number} north */
  nudge(chosen, east, north) {
    const { sort, at } = chosen;
    const [lon, lat] =
      sort === 'stop' ? [this.plan.stops[at].lon, this.plan.stops[at].lat] : this.plan.route[at];
    this.move(chosen, moved({ lon, lat }, east, north));
    this.map.show(chosen);
  }

  /** @param {Chosen} chosen @param {number} to */
  reorder({ sort, at }, to) {
    const change = sort === 'stop' ? edit.withStopMoved : edit.withPointMoved;
    this.draft.change(change(this.plan, at, to));
    if (this.chosen?.sort === sort) this.chosen = { sort, at: to };
    this.draw();
    announce(t('Now number {n}.', { n: to + 1 }));
    if (sort === 'point') this.list.focusRow({ sort, at: to });
  }

  /** @param {Chosen} chosen */
  remove({ sort, at }) {
    this.draft.change(sort === 'stop' ? edit.withoutStop(this.plan, at) : edit.withoutPoint(this.plan, at));
    this.chosen = null;
    this.draw();
    const left = sort === 'stop' ? this.plan.stops.length : this.plan.route.length;
    if (left) this.list.focusRow({ sort, at: Math.min(at, left - 1) });
    toast(t('Taken away.'), { action: [t('Undo'), () => this.back('undo')] });
  }

  /** @param {Stop} stop @param {Partial<Stop>} fields @param {boolean} redraw */
  changeStop(stop, fields, redraw) {
    this.draft.change(edit.withStopChanged(this.plan, stop.id, fields));
    if (redraw) this.draw();
    else {
      this.list.refresh(this.plan);
      this.#rest();
    }
  }

  /** @param {'undo' | 'redo'} which */
  back(which) {
    this.draft[which]();
    this.chosen = null;
    this.draw();
    announce(which === 'undo' ? t('Undone.') : t('Done again.'));
  }

  async save() {
    const sent = this.plan;
    const path = `/api/desk/walks/${this.bundle.walk.id}/plan`;
    this.tools.saving(true);
    const answer = await request('PUT', path, { body: sent, headers: { 'If-Match': `"${this.version}"` } });
    this.tools.saving(false);
    const problem = /** @type {any} */ (answer.problem);
    if (answer.ok) this.#saved(sent, /** @type {any} */ (answer.data).version);
    else if (problem?.code === 'stale') this.#stale(problem.current, problem.by);
    else toast(problem?.title ?? t('No contact – nothing was changed. Try again.'), { tone: 'error' });
  }

  /** @param {Plan} sent @param {string} version */
  #saved(sent, version) {
    this.version = version;
    this.draft.saved(sent);
    this.#rest();
    toast(t('Saved. Phones get the new plan when they next have contact.'));
  }

  /** Somebody else was faster: show theirs, or save ours over it. @param {Saved} theirs @param {string | null} by */
  #stale(theirs, by) {
    this.version = theirs.version;
    this.tools.conflict(theirs.stops.length, by, {
      theirs: () => {
        this.draft.change(planOf(theirs));
        this.draft.saved(this.plan);
        this.chosen = null;
        this.draw();
      },
      ours: () => this.save(),
    });
  }
}

const root = /** @type {HTMLElement} */ (document.getElementById('route'));
await loadCatalogue(document.documentElement.lang);
root.hidden = false;
new RoutePage(
  JSON.parse(/** @type {HTMLElement} */ (document.getElementById('bundle')).textContent ?? ''),
  root.dataset.lang ?? 'sv',
);
