/**
 * R9, finished: thanks, what is safe, what happens next, the last questions, and leaving. Leaving never loses what is
 * unsent: it stays on the phone, goes on being sent, and can be saved as a file.
 */
/** @import {App, Screen} from './types' */
import { h } from '../../shared/dom.js';
import { formatDate, t, tn } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { applyDrafts } from '../draft.js';
import { summary } from '../outbox.js';
import { leave, unsent } from '../session.js';
import { listEntries, onChange } from '../store.js';
import { onSync, syncNow, syncState } from '../sync.js';
import { keepsNothing, sumNow } from './now.js';
import { receiptCard } from './receipt.js';
import { saveFile } from './refused.js';
import { ask, button } from './screen.js';
import { photosOf } from './status.js';
import { questionField } from './stops.js';

/** @param {App} app @param {import('./stops.js').Stops} stops @returns {Screen} */
export function finishScreen(app, stops) {
  const { walk, end_questions } = app.bundle;
  const state = h('div', { class: 'stack', role: 'status' });
  let closed = false;

  async function draw() {
    const sync = syncState();
    const entries = await listEntries(app.walk.id);
    const words = sumNow(summary(entries, sync, app.walk.parked), sync);
    const receipt = await receiptCard(app, entries.length);
    if (!closed)
      state.replaceChildren(
        h('div', { class: `sum is-${words.tone}` }, icon(words.icon), h('p', null, words.text)),
        receipt,
      );
  }

  const photos = photosOf(app.pins);
  const good = app.pins.filter((pin) => pin.fields.kind === 'positive').length;
  const counts = [
    photos > 0 ? tn('{n} photo', '{n} photos', photos) : null,
    good > 0 ? tn('{n} good place', '{n} good places', good) : null,
  ].filter(Boolean);
  const hear = [onChange(() => void draw()), onSync(() => void draw())];
  void draw();
  return {
    title: tn('Thank you! You added {n} pin.', 'Thank you! You added {n} pins.', app.pins.length),
    body: [
      counts.length > 0 ? h('p', { class: 'muted' }, counts.join(' · ')) : null,
      state,
      nextSteps(walk),
      end_questions.length > 0
        ? h(
            'section',
            { class: 'stack', 'aria-labelledby': 'end-title' },
            h('h2', { id: 'end-title' }, t('Three last questions')),
            end_questions.map((question) => questionField(stops, question, null)),
          )
        : null,
      button('file-down', t('Save as file'), () => void saveFile(app.walk.id), {
        look: 'btn--wide',
        id: 'finish-file',
      }),
      button('log-out', t('Leave the walk'), () => void goAway(app), {
        look: 'btn--wide',
        id: 'finish-leave',
      }),
    ],
    close() {
      closed = true;
      for (const stop of hear) stop();
    },
  };
}

/** @param {import('../types').WalkInfo} walk */
function nextSteps(walk) {
  const org = walk.organisation.name;
  const date = walk.answers_by ? formatDate(walk.answers_by, { dateStyle: 'long' }) : '';
  const words = date
    ? t('{org} will go through everything and reply by {date}. Come back to My pins to see what happens.', {
        org,
        date,
      })
    : t('{org} will go through everything. Come back to My pins to see what happens.', { org });
  return h(
    'section',
    { class: 'card stack stack--tight' },
    h('h2', null, t('What happens next')),
    h('p', null, words),
  );
}

/** @param {App} app */
async function goAway(app) {
  const n = await unsent(app.walk.id);
  if (n > 0) {
    const answer = await ask(
      t('Leave the walk?'),
      [
        h(
          'p',
          null,
          tn('{n} is not sent yet.', '{n} are not sent yet.', n),
          ' ',
          keepsNothing()
            ? t('It is on this page only, and is lost when you leave.')
            : t('What is saved stays on your phone, and is sent when there is a network.'),
        ),
      ],
      [
        ['send', t('Send first'), 'btn--primary'],
        ['file', t('Save as file')],
        ['leave', t('Leave anyway')],
      ],
    );
    if (answer === 'send') {
      await syncNow({ force: true });
      app.router.go('mine');
    }
    if (answer === 'file') await saveFile(app.walk.id);
    if (answer !== 'leave') return;
  }
  await applyDrafts(true);
  await leave(app.walk.id);
  location.assign('/');
}
