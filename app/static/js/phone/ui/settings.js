/**
 * Settings, and the menu that leads to everything. Owns no state: choices are prefs.js.
 */
/** @import {App, Screen} from './types' */
import { h } from '../../shared/dom.js';
import { lang, t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { pref, setPref } from '../prefs.js';
import { oneOf, toggle } from './fields.js';
import { canInstall } from './help.js';
import { recorderSwitch } from './recorder.js';
import { turning } from './screen.js';

/** Own names, never translated. @type {[string, string][]} */
const LANGUAGES = [
  ['sv', 'Svenska'],
  ['en', 'English'],
];
const LANGUAGE_COOKIE_S = 365 * 86_400;

/** The page is read again in the chosen language, and the server's pages follow. @param {string | null} code */
function speak(code) {
  if (!code || code === lang()) return;
  setPref('lang', code);
  // biome-ignore lint/suspicious/noDocumentCookie: the store for cookies is too young, and this is one choice
  document.cookie = `trygg_lang=${code}; path=/; max-age=${LANGUAGE_COOKIE_S}; samesite=lax`;
  location.reload();
}

/** @param {string} legend @param {import('../prefs.js').PrefName} name @param {[string, string][]} options */
const choice = (legend, name, options) =>
  oneOf(legend, options, pref(name), (value) => setPref(name, value ?? ''), { required: true });

/** @param {string} label @param {import('../prefs.js').PrefName} name @param {string} [hint] */
const flip = (label, name, hint) =>
  toggle(label, pref(name) === 'on', (isOn) => setPref(name, isOn ? 'on' : 'off'), hint);

/** @returns {Screen} */
export function settingsScreen() {
  const offered =
    lang() === 'en-x-rtl'
      ? [...LANGUAGES, /** @type {[string, string]} */ (['en-x-rtl', 'en-x-rtl'])]
      : LANGUAGES;
  const build = document.getElementById('app')?.dataset.build ?? '';
  const left = (/** @type {boolean} */ isLeft) => setPref('hand', isLeft ? 'left' : 'right');
  return {
    title: t('Settings'),
    body: [
      oneOf(t('Language'), offered, lang(), speak, { required: true }),
      choice(t('Appearance'), 'theme', [
        ['auto', t('Follow the sun')],
        ['light', t('Light')],
        ['dark', t('Dark')],
        ['sun', t('Bright sunlight')],
      ]),
      toggle(t('Left hand'), pref('hand') === 'left', left, t('The map’s buttons stand on the left')),
      choice(t('Camera after a pin'), 'camera', [
        ['app', t('In the app')],
        ['phone', t('The phone’s own')],
        ['off', t('Do not ask')],
      ]),
      flip(t('Vibrate when saved'), 'vibrate'),
      flip(t('Keep the screen on'), 'awake', t('Uses more battery')),
      h(
        'nav',
        { 'aria-label': t('About') },
        h('ul', { class: 'rows' }, [
          outside('/integritet', 'shield-check', t('How we handle what you send')),
          outside('/om', 'info', t('About and licences')),
          outside('/tillganglighet', 'accessibility', t('Accessibility')),
        ]),
      ),
      h('p', { class: 'muted small' }, `${t('Version')} ${build}`),
    ],
  };
}

/** A link out of the app to a page of the same service. @param {string} href @param {string} name @param {string} label */
function outside(href, name, label) {
  return h(
    'li',
    null,
    h(
      'a',
      { class: 'line', href },
      icon(name),
      h('span', { class: 'line__text' }, label),
      turning('chevron-right'),
    ),
  );
}

/** Whom to call, each number its own link. */
function emergency() {
  const parts = t('In danger now? Call 112. Police non-emergency: 114 14.').split(/(112|114 14)/);
  return parts.map((part, i) =>
    i % 2 === 1 ? h('a', { href: `tel:${part.replace(' ', '')}` }, part) : part,
  );
}

/** @param {App} app @returns {Screen} */
export function menuScreen(app) {
  /** @param {string} path @param {string} name @param {string} label @param {string} [more] */
  const entry = (path, name, label, more) =>
    h(
      'li',
      null,
      h(
        'button',
        {
          type: 'button',
          class: 'line',
          id: `menu-${path}`,
          onclick: () => app.router.go(path, { replace: path === 'place' }),
        },
        icon(name),
        h(
          'span',
          { class: 'line__text' },
          h('span', { class: 'line__title' }, label),
          more ? h('span', { class: 'line__more' }, more) : null,
        ),
        turning('chevron-right'),
      ),
    );
  const { walk, area, stops } = app.bundle;
  return {
    title: t('Menu'),
    body: [
      h(
        'div',
        { class: 'stack stack--tight' },
        h('p', { class: 'strong' }, walk.title),
        h('p', { class: 'muted' }, `${walk.organisation.name} · ${area.name}`),
      ),
      h('p', { class: 'notice is-error' }, icon('phone-call'), h('strong', null, emergency())),
      h('ul', { class: 'rows' }, [
        entry('mine', 'cloud-check', t('My pins'), t('What is sent and what is waiting')),
        entry('list', 'list', t('List'), t('The same as the map, in words')),
        entry('place', 'signpost', t('New pin by address or stop')),
        stops.length > 0 ? entry('stops', 'flag', t('Stops and questions')) : null,
        entry('ready', 'download', t('Without coverage'), t('What is on the phone')),
        canInstall() ? entry('install', 'square-plus', t('Put on the home screen')) : null,
        h(
          'li',
          null,
          flip(t('Hide the pins on the map'), 'hidden', t('When somebody looks over your shoulder')),
        ),
        h('li', null, recorderSwitch(app)),
        entry('location', 'locate-fixed', t('Help with location')),
        entry('settings', 'settings', t('Settings')),
        entry('finish', 'circle-check', t('Finish the walk')),
      ]),
    ],
  };
}
