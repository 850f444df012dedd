/**
 * R8, stops and their questions: which stop is the present one, the card that rises once near a stop, and the list
 * of all. Owns the present stop (kept per walk); answers are ratings in the store.
 */
/** @import {App, Screen} from './types' */
/** @import {Question, RatingRecord, Stop} from '../types' */
import { announce, h } from '../../shared/dom.js';
import { t, tn } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { answerKey, createDraft } from '../draft.js';
import { buzz, pref, setPref } from '../prefs.js';
import { listRatings, saveRating } from '../store.js';
import { createAutosave } from './autosave.js';
import { scale, text } from './fields.js';
import { button, iconButton, turning } from './screen.js';
import { scaleSteps, stopAt, whereFrom } from './words.js';

const NEAR_M = 25;

/** @param {App} app */
export function createStops(app) {
  const { stops } = app.bundle;
  /** @type {RatingRecord[]} */
  let ratings = [];
  /** Cards already shown or skipped; a stop asks by itself once. @type {Set<string>} */
  const asked = new Set();

  const current = () => {
    const [walk, order] = pref('stop').split(':');
    return walk === app.walk.id ? Number(order) : 0;
  };
  /** @param {Stop} stop */
  const arrive = (stop) => setPref('stop', `${app.walk.id}:${stop.order}`);
  /** @param {Stop} stop */
  const isAnswered = (stop) =>
    stop.questions.length > 0 && stop.questions.every((question) => answerTo(question, stop.id));
  /** @param {Question} question @param {string | null} stopId */
  const answerTo = (question, stopId) =>
    ratings.find((rating) => rating.question_id === question.id && rating.stop_id === stopId) ?? null;
  const next = () => stops.find(({ order }) => order > current()) ?? null;

  async function reload() {
    ratings = await listRatings(app.walk.id);
  }

  return {
    walk: app.walk.id,
    reload,
    current,
    next,
    arrive,
    answerTo,
    currentId: () => stops.find(({ order }) => order === current())?.id ?? null,
    text: () => t('Stop {i}/{n}', { i: current(), n: stops.length }),
    answered: () => new Set(stops.filter(isAnswered).map(({ id }) => id)),
    /** The stop to ask about here and now, if any; each only once. @param {{lat: number, lon: number}} place */
    toAsk(place) {
      const stop = stopAt(stops, place, NEAR_M);
      if (!stop || asked.has(stop.id)) return null;
      asked.add(stop.id);
      if (stop.order > current()) arrive(stop);
      return stop.questions.length > 0 && !isAnswered(stop) ? stop : null;
    },
    /** @param {Question} question @param {string | null} stopId @param {{score?: number | null, text?: string}} value */
    async answer(question, stopId, value) {
      const before = answerTo(question, stopId);
      const rating = {
        question_id: question.id,
        stop_id: stopId,
        score: before?.score ?? null,
        text: before?.text ?? '',
        ...value,
      };
      await saveRating(app.walk.id, rating);
      await reload();
    },
  };
}

/** @typedef {ReturnType<typeof createStops>} Stops */

/**
 * One question as a field. @param {Stops} stops @param {Question} question @param {string | null} stopId @param {() => void} [answered]
 */
export function questionField(stops, question, stopId, answered) {
  const before = stops.answerTo(question, stopId);
  const steps = scaleSteps(question.scale).map((value) => ({
    value,
    label: t('{i} of {n}', { i: value, n: Number(question.scale.split('-')[1]) }),
  }));
  if (steps.length === 0) {
    const written = { text: before?.text ?? '' };
    const draft = createDraft(answerKey(stops.walk, question.id, stopId), written, async (patch) => {
      await stops.answer(question, stopId, patch);
      return patch;
    });
    const autosave = createAutosave(draft.write, () => undefined, draft.keep);
    return text(question.text, written.text, (value) => autosave.set({ text: value }, true));
  }
  /** @type {[string, string]} */
  const ends = [t('Not at all'), t('Completely')];
  return scale(question.text, { value: before?.score ?? null, steps, ends }, async (score) => {
    await stops.answer(question, stopId, { score });
    buzz('saved');
    if (score !== null) answered?.();
  });
}

/**
 * The card near a stop: one question at a time, five buttons, and a way past.
 * @param {Stops} stops @param {Stop} stop @param {() => void} close
 */
export function stopCard(stops, stop, close) {
  const place = h('div');
  const open = stop.questions.filter((question) => !stops.answerTo(question, stop.id));
  let at = 0;

  function draw() {
    const question = open[at];
    if (!question) {
      announce(t('Thank you, your answer is saved'));
      close();
      return;
    }
    place.replaceChildren(
      questionField(stops, question, stop.id, () => {
        at += 1;
        draw();
      }),
    );
  }

  draw();
  const title = h('h2', { class: 'grow' }, t('Stop {n}: {name}', { n: stop.order, name: stop.name }));
  return h(
    'section',
    { class: 'stop-card rise', 'aria-label': t('Question at the stop') },
    h('div', { class: 'row' }, icon('flag'), title, iconButton('x', t('Skip the question'), close)),
    place,
  );
}

/** All stops, with the next one on top. @param {App} app @param {Stops} stops @returns {Screen} */
export function stopsScreen(app, stops) {
  const list = h('ul', { class: 'rows' });
  const top = h('div');

  function draw() {
    const next = stops.next();
    top.replaceChildren(
      next
        ? button(
            'flag',
            t('Next stop: {name}', { name: next.name }),
            () => {
              stops.arrive(next);
              app.redraw();
              app.router.go(`stop/${next.id}`);
            },
            { look: 'btn--primary btn--wide', id: 'next-stop' },
          )
        : button('flag', t('Finish the walk'), () => app.router.go('finish'), {
            look: 'btn--primary btn--wide',
          }),
    );
    const answered = stops.answered();
    list.replaceChildren(
      ...app.bundle.stops.map((stop) =>
        h('li', null, stopLine(app, stop, stop.order === stops.current(), answered.has(stop.id))),
      ),
    );
  }

  draw();
  return { title: t('Stops'), body: [top, list] };
}

/** @param {App} app @param {Stop} stop @param {boolean} isCurrent @param {boolean} isAnswered */
function stopLine(app, stop, isCurrent, isAnswered) {
  const fix = app.fix();
  const facts = [
    isCurrent ? t('you are here') : fix && whereFrom(fix, stop),
    isAnswered
      ? t('answered')
      : stop.questions.length > 0
        ? tn('{n} question', '{n} questions', stop.questions.length)
        : null,
  ];
  return h(
    'button',
    { type: 'button', class: 'line', id: `stop-${stop.id}`, onclick: () => app.router.go(`stop/${stop.id}`) },
    h('strong', { class: 'line__number' }, stop.order),
    h(
      'span',
      { class: 'line__text' },
      h('span', { class: 'line__title' }, stop.name),
      h('span', { class: 'line__more' }, facts.filter(Boolean).join(' · ')),
    ),
    isAnswered ? icon('circle-check') : turning('chevron-right'),
  );
}

/** One stop with all its questions, answered or not. @param {App} app @param {Stops} stops @param {Stop} stop @returns {Screen} */
export function stopScreen(app, stops, stop) {
  const here = button(
    'map-pin-plus',
    t('New pin at this stop'),
    () => {
      app.spot = {
        there: { lat: stop.lat, lon: stop.lon },
        here: null,
        source: 'stop',
        stop_id: stop.id,
        address: null,
      };
      app.router.go('new', { replace: true });
    },
    { look: 'btn--cta' },
  );
  const questions = stop.questions.map((question) => questionField(stops, question, stop.id));
  const none = h(
    'p',
    { class: 'muted' },
    t('No questions at this stop. Look around: what is good, what is not?'),
  );
  return {
    title: t('Stop {n}: {name}', { n: stop.order, name: stop.name }),
    body: questions.length > 0 ? questions : [none],
    foot: here,
  };
}
