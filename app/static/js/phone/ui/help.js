/**
 * Help in pictures: putting the app on the home screen, and switching location on. Knows which phone it is on only to
 * show the right drawing first; both are always there.
 */
/** @import {App, Screen} from './types' */
import { asset } from '../../shared/assets.js';
import { h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { position, startPosition } from '../position.js';
import { listEntries } from '../store.js';
import { details } from './fields.js';
import { button } from './screen.js';
import { accuracyWords } from './words.js';

/** @type {any} The browser's own install question, kept until somebody asks for it. */
let offered = null;
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offered = event;
});

const isApple = () =>
  /iP(hone|ad|od)/.test(navigator.userAgent) ||
  (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

/** Not when it is already running from the home screen. */
export const canInstall = () => !matchMedia('(display-mode: standalone)').matches;

/** @param {string} name */
const drawing = (name) =>
  h('img', {
    class: 'picture',
    src: asset(`img/help.svg#${name}`),
    alt: '',
    loading: 'lazy',
  });

/** @param {string[]} texts */
const steps = (texts) =>
  h(
    'ol',
    { class: 'steps' },
    texts.map((text) => h('li', null, h('span', null, text))),
  );

/** The phone at hand first and open, the other one folded. @param {[string, (Node | null)[]]} apple @param {[string, (Node | null)[]]} android */
function both(apple, android) {
  const [first, second] = isApple() ? [apple, android] : [android, apple];
  return [details(first[0], first[1], true), details(second[0], second[1])];
}

/** On an iPhone the app on the home screen has a store of its own, and begins empty. @param {App} app */
function unsentFirst(app) {
  const words = h('span');
  const toMine = button(null, t('My pins'), () => app.router.go('mine', { replace: true }));
  const note = h('p', { class: 'notice is-warning', id: 'install-unsent', hidden: true }, words, toMine);
  void listEntries(app.walk.id).then(({ length }) => {
    note.hidden = length === 0;
    words.textContent = t(
      'Send first what waits here. On an iPhone the app on the home screen begins empty.',
    );
  });
  return note;
}

/** @param {App} app @returns {Screen} */
export function installScreen(app) {
  const ask = async () => {
    await offered.prompt();
    offered = null;
    app.router.back();
  };
  return {
    title: t('Put on the home screen'),
    body: [
      h('p', null, t('Then the walk opens without coverage, and the phone keeps what is not sent yet.')),
      unsentFirst(app),
      offered
        ? button('square-plus', t('Put on the home screen'), () => void ask(), { look: 'btn--cta' })
        : null,
      ...both(
        [
          'iPhone, iPad',
          [
            drawing('install-ios'),
            steps([
              t('Press Share at the bottom of Safari.'),
              t('Choose “Add to Home Screen”.'),
              t('Press Add. Open the walk from the home screen and scan the code again there.'),
            ]),
          ],
        ],
        [
          'Android',
          [
            drawing('install-android'),
            steps([
              t('Press the three dots at the top.'),
              t('Choose “Install app” or “Add to Home screen”.'),
              t('Press Install.'),
            ]),
          ],
        ],
      ),
    ],
  };
}

/** @param {App} app @returns {Screen} */
export function locationScreen(app) {
  const state = h('p', { class: 'notice notice--quiet' }, accuracyWords(position()));
  return {
    title: t('Help with location'),
    body: [
      state,
      h(
        'p',
        null,
        t('You can always place pins on the map, by address or at a stop. To let the phone find you:'),
      ),
      ...both(
        [
          'iPhone, iPad',
          [
            drawing('location-ios'),
            steps([
              t('Open Settings, then Privacy, then Location Services.'),
              t('Switch it on and choose Safari.'),
              t('Choose “While using the app” and switch on Precise location.'),
              t('Come back here and load the page again.'),
            ]),
          ],
        ],
        [
          'Android',
          [
            drawing('location-android'),
            steps([
              t('Press the sign to the left of the address.'),
              t('Choose Permissions, then Location.'),
              t('Choose Allow, and come back here.'),
            ]),
          ],
        ],
      ),
      button(
        'locate-fixed',
        t('Try again'),
        () => {
          startPosition();
          app.router.go('');
        },
        { look: 'btn--primary btn--wide' },
      ),
    ],
  };
}
