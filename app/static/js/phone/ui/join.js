/**
 * Joining by code inside the app: on a phone that knows no walk (fresh from the home screen), and when the server has
 * forgotten this phone while its outbox still holds something.
 */
/** @import {App, Screen} from './types' */
import { h } from '../../shared/dom.js';
import { lang, t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { joinByCode } from '../session.js';
import { rejoinNow, whereNow } from './now.js';

/** @param {(walkId: string) => void} joined */
function codeForm(joined) {
  const error = h('span', { class: 'field__error', id: 'code-error', role: 'alert' });
  const hint = h(
    'span',
    { class: 'field__hint', id: 'code-hint' },
    t('Eight letters and digits, for example K7M2-PX4T. Capitals and hyphen do not matter.'),
  );
  const input = h('input', {
    class: 'input input--code',
    id: 'code',
    name: 'code',
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'characters',
    autocorrect: 'off',
    spellcheck: 'false',
    enterkeyhint: 'go',
    maxlength: 40,
    'aria-describedby': 'code-hint code-error',
  });
  const field = h(
    'div',
    { class: 'field' },
    h('label', { class: 'field__label', for: 'code' }, t('Code from the poster')),
    hint,
    error,
    input,
  );
  const go = h('button', { class: 'btn btn--cta' }, t('Join'));

  /** @param {string} text */
  function refuse(text) {
    error.replaceChildren(icon('circle-alert'), text);
    field.classList.add('field--error');
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  }

  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    if (!input.value.trim()) return refuse(t('Type the code from the poster.'));
    go.disabled = true;
    const { ok, walk, result } = await joinByCode(input.value, lang());
    go.disabled = false;
    if (ok && walk) joined(walk.id);
    else if (result?.network) refuse(t('No network right now. Try again when there is one.'));
    else if (result?.portal) refuse(t('This network needs a login. Log in, or switch Wi-Fi off.'));
    else refuse(result?.problem?.title ?? t('That code does not match. Check the poster and try again.'));
  }
  return h(
    'form',
    { class: 'stack', novalidate: true, onsubmit: (/** @type {Event} */ event) => void send(event) },
    field,
    go,
  );
}

/** @param {string} walkId */
const open = (walkId) => location.assign(`/app/${walkId}`);

/** @param {App} app @returns {Screen} */
export function codeScreen(app) {
  const why = app.walk.parked === 'rejoin' ? rejoinNow() : whereNow();
  return { title: t('Type the code'), body: [h('p', null, why), codeForm(open)] };
}

/** The whole page, when there is no walk to show. @param {HTMLElement} root @param {string | null} trouble */
export function showStart(root, trouble) {
  root.replaceChildren(
    h(
      'main',
      { class: 'page__main stack start', id: 'main' },
      h('h1', { tabindex: '-1' }, t('Join the safety walk')),
      trouble
        ? h(
            'p',
            { class: 'notice is-warning', role: 'alert' },
            icon('circle-alert'),
            h('span', null, trouble),
          )
        : null,
      h(
        'p',
        null,
        t('No walk is on this phone yet. Scan the code on the poster with the camera, or type it here.'),
      ),
      codeForm(open),
      h('p', { class: 'small' }, h('a', { href: '/offline-help' }, t('Help without coverage'))),
    ),
  );
}
