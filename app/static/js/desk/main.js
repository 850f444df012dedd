/**
 * The desk of one walk: wires pins, list, map, detail, filters, keys and the feed together. Holds the page's state,
 * which stands in the address.
 */
import { request } from '../shared/api.js';
import { announce, h } from '../shared/dom.js';
import { loadCatalogue, t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { createActs } from './acts.js';
import { createBar } from './bar.js';
import { createDetail } from './detail.js';
import { nextPhoto } from './detail-photos.js';
import { acuteWaiting, categoryCounts, counts, matcher } from './filter.js';
import { createHelp } from './help.js';
import { onKeys } from './keys.js';
import { createList } from './list.js';
import { createListing } from './listing.js';
import { createLoader } from './loader.js';
import { createMapPane } from './map-pane.js';
import { createPins } from './pins.js';
import { createPoll } from './poll.js';
import { fillRow, labelOf } from './row.js';
import { toast } from './toast.js';
import { readState, writeState } from './url.js';
import { doneWord } from './words.js';

/** @import {Act, Category, DeskBundle, DeskPin, DeskState} from './types' */

/** New pins are told to a screen reader at most this often. */
const TELL_EVERY = 30_000;

/** @param {string} id @returns {HTMLElement} */
const el = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @returns {DeskBundle} */
const bundleOfPage = () => JSON.parse(el('bundle').textContent ?? '');

/** @param {DeskBundle} bundle @param {string} lang */
function start(bundle, lang) {
  const walk = bundle.walk.id;
  /** @type {Map<string, Category>} */
  const categories = new Map(bundle.categories.map((category) => [category.code, category]));
  const label = (/** @type {DeskPin} */ pin) => labelOf(pin, categories);
  const pins = createPins();
  const listing = createListing();
  const loader = createLoader(walk, pins, request);
  const acts = createActs(walk, pins, request);
  const help = createHelp();
  let state = readState(location.search);
  let fits = matcher(state, label);
  let told = 0;

  const bar = createBar(el('bar'), {
    groups: bundle.groups,
    categories: bundle.categories,
    change: (next) => {
      setState({ ...state, ...next });
      renew();
      const n = listing.rows().length;
      announce(tn('{n} pin in the list', '{n} pins in the list', n));
    },
    pane: (pane) => setState({ ...state, pane }),
  });
  const list = createList(el('list'), {
    label: t('Pins'),
    fill: (button, number) => {
      const pin = pins.get(number);
      if (pin) fillRow(button, pin, categories);
    },
    open: (number) => select(number, { focus: true }),
  });
  const map = createMapPane(el('map'), {
    bundle,
    categories,
    lang,
    open: (number) => select(number, { focus: true }),
    leave: () => list.focus(),
  });
  const detail = createDetail(el('detail'), {
    bundle,
    categories,
    run,
    close: () => {
      select(null);
      list.focus();
    },
    history: loader.history,
    countOf: (participant) => pins.all().filter((pin) => pin.whole?.participant === participant).length,
  });

  /** @param {DeskState} next */
  function setState(next) {
    state = next;
    fits = matcher(state, label);
    history.replaceState(null, '', location.pathname + writeState(state));
    document.body.dataset.pane = state.pane;
    document.body.classList.toggle('has-detail', state.pin !== null);
    refresh();
  }

  /** Begin the listing anew: a filter was changed, or what waits was asked for. */
  function renew() {
    listing.renew(pins.all(), fits);
    list.setRows(listing.rows());
    list.top();
    list.select(state.pin, { bringIntoView: false });
    refresh();
  }

  /** Draw what is known; rows stay where they are. */
  function refresh() {
    const all = pins.all();
    bar.update(state, counts(all, state, label), categoryCounts(all));
    map.setPins(all.filter(fits));
    list.redraw();
    showWaiting(listing.waiting(all, fits));
    showAcute(acuteWaiting(all));
    el('empty').hidden = listing.rows().length > 0;
    el('empty-filter').hidden = all.length === 0;
    el('empty-walk').hidden = all.length > 0;
    detail.show(state.pin === null ? null : (pins.get(state.pin) ?? null));
  }

  /** @param {DeskPin[]} waiting */
  function showWaiting(waiting) {
    if (waiting.length > 0 && listing.rows().length === 0) return renew();
    const button = el('news');
    button.hidden = waiting.length === 0;
    if (waiting.length === 0) return;
    const text = tn('{n} new – show', '{n} new – show', waiting.length);
    if (button.textContent !== text) button.replaceChildren(text);
    if (Date.now() - told < TELL_EVERY) return;
    told = Date.now();
    announce(tn('{n} new pin', '{n} new pins', waiting.length));
  }

  /** @param {DeskPin[]} acute */
  function showAcute(acute) {
    const box = el('acute');
    box.hidden = acute.length === 0 || state.show === 'acute';
    if (box.dataset.n === String(acute.length)) return;
    box.dataset.n = String(acute.length);
    const show = () => {
      setState({ ...state, show: 'acute', category: '', q: '' });
      renew();
      select(listing.step(null, 1), { focus: true });
    };
    box.replaceChildren(
      icon('siren'),
      h(
        'strong',
        { class: 'grow' },
        tn('{n} acute pin has not been reviewed', '{n} acute pins have not been reviewed', acute.length),
      ),
      h('button', { type: 'button', class: 'btn', onclick: show }, t('Show')),
    );
  }

  /** @param {number | null} number @param {{focus?: boolean}} [how] */
  function select(number, { focus = false } = {}) {
    setState({ ...state, pin: number });
    list.select(number);
    map.show(number);
    if (number === null) return;
    if (!pins.get(number)?.whole) loader.one(number).then(refresh);
    if (focus) detail.focus();
  }

  /** @param {number} steps */
  const step = (steps) => select(listing.step(state.pin, steps));

  /** @param {Act} act */
  async function run(act) {
    const { outcome, problem } = await acts.run(act);
    if (outcome === 'done') toast(doneWord(act), { action: [t('Undo'), back] });
    else tell(outcome, problem);
    refresh();
    poll.now();
  }

  async function back() {
    const { outcome, act, problem } = await acts.back();
    if (outcome === 'done' && act) {
      select(act.number);
      toast(t('Undone'));
    } else if (act) tell(outcome, problem);
    else toast(t('Nothing to undo'));
    refresh();
    poll.now();
  }

  /** @param {string} outcome @param {string} [problem] */
  function tell(outcome, problem) {
    if (outcome === 'stale')
      toast(t('Somebody changed this a moment ago. Look at the new version.'), { tone: 'error' });
    if (outcome === 'failed') toast(problem ?? t('That did not work. Try again.'), { tone: 'error' });
  }

  /** @param {'approved' | 'hidden'} to */
  const decide = (to) => {
    if (state.pin !== null) run({ what: 'pin', number: state.pin, to });
  };
  const approvePhoto = () => {
    const pin = state.pin === null ? undefined : pins.get(state.pin);
    const photo = pin && nextPhoto(pin);
    if (pin && photo?.id) run({ what: 'photo', number: pin.number, photo: photo.id, to: 'approved' });
  };
  onKeys({
    j: () => step(1),
    k: () => step(-1),
    a: () => decide('approved'),
    h: () => decide('hidden'),
    v: detail.reveal,
    g: approvePhoto,
    z: back,
    '/': bar.search,
    '?': help,
  });
  el('news').addEventListener('click', () => {
    renew();
    list.focus();
  });
  el('reset').addEventListener('click', () => {
    setState({ ...state, show: 'all', category: '', q: '' });
    renew();
  });
  el('keys').addEventListener('click', help);

  const poll = createPoll(async () => {
    const news = await loader.changes();
    if (news?.reset) await load();
    else if (news && news.added.length + news.changed.length > 0) refresh();
    return news !== null;
  }, showContact);

  async function load() {
    if (!(await loader.first())) return;
    renew();
    if (state.pin !== null) select(state.pin);
    await loader.rest(refresh);
    if (state.q) renew();
  }

  setState(state);
  load().then(poll.start);
}

/** @param {boolean} contact */
function showContact(contact) {
  const live = el('live');
  live.classList.toggle('live--lost', !contact);
  const words = contact ? t('Live') : t('No contact – trying again');
  live.replaceChildren(icon(contact ? 'circle-check' : 'cloud-off', 18), words);
  if (!contact) announce(words);
}

const lang = document.documentElement.lang;
loadCatalogue(lang).then(() => {
  showContact(true);
  start(bundleOfPage(), lang);
});
