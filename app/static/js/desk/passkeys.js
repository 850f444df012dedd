/**
 * Passkeys in forms: the question stands on the form as JSON, the browser's answer goes into its hidden field, and the
 * form is sent. Owns the two forms' way between base64url and bytes. On the log-in page the browser also offers
 * passkeys in the e-mail field, where it can. Without a script or a capable browser the form stays hidden.
 */
import { on } from '../shared/dom.js';
import { loadCatalogue, t } from '../shared/i18n.js';

/** @param {string} text */
function bytes(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer | null} buffer */
function text(buffer) {
  if (!buffer) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @typedef {{type: 'public-key', id: string}} Known */

/** @param {Known[]} known */
const keys = (known) => known.map((one) => ({ ...one, id: bytes(one.id) }));

/** @param {any} question what the server asks, parsed */
function toMake(question) {
  const user = { ...question.user, id: bytes(question.user.id) };
  const excludeCredentials = keys(question.excludeCredentials ?? []);
  return { ...question, user, excludeCredentials, challenge: bytes(question.challenge) };
}

/** @param {any} question */
function toUse(question) {
  return {
    ...question,
    challenge: bytes(question.challenge),
    allowCredentials: keys(question.allowCredentials ?? []),
  };
}

/** @param {PublicKeyCredential} made */
function answerOf(made) {
  const response = /** @type {AuthenticatorAttestationResponse & AuthenticatorAssertionResponse} */ (
    made.response
  );
  const said =
    'attestationObject' in response && response.attestationObject
      ? {
          attestationObject: text(response.attestationObject),
          transports: response.getTransports?.() ?? [],
        }
      : {
          authenticatorData: text(response.authenticatorData),
          signature: text(response.signature),
          userHandle: text(response.userHandle),
        };
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: {},
    response: { clientDataJSON: text(response.clientDataJSON), ...said },
  };
}

/** @param {HTMLFormElement} form @param {Credential | null} made */
function send(form, made) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem('answer'));
  field.value = JSON.stringify(answerOf(/** @type {PublicKeyCredential} */ (made)));
  form.submit();
}

/** @param {unknown} error */
function words(error) {
  if (error instanceof DOMException && error.name === 'InvalidStateError')
    return t('This device has a passkey for you already.');
  return t('Nothing came of it. Try again when you are ready.');
}

/** @type {AbortController | null} */
let offer = null;

/** @param {HTMLFormElement} form */
async function ask(form) {
  offer?.abort();
  const status = form.querySelector('[data-passkey-status]');
  const question = JSON.parse(form.dataset.passkey ?? '');
  try {
    const made =
      'new' in form.dataset
        ? await navigator.credentials.create({ publicKey: toMake(question) })
        : await navigator.credentials.get({ publicKey: toUse(question) });
    send(form, made);
  } catch (error) {
    if (status) status.textContent = words(error);
  }
}

/** The browser names its passkeys in the e-mail field; nothing happens until one is chosen. @param {HTMLFormElement} form */
async function offerInField(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  offer = new AbortController();
  const publicKey = toUse(JSON.parse(form.dataset.passkey ?? ''));
  try {
    send(
      form,
      await navigator.credentials.get({ publicKey, mediation: 'conditional', signal: offer.signal }),
    );
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // taken back, or refused: the button is still there
  }
}

async function start() {
  if (!('PublicKeyCredential' in globalThis)) return;
  await loadCatalogue(document.documentElement.lang);
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (
    document.querySelectorAll('form[data-passkey]')
  )) {
    on(form, 'submit', (event) => {
      event.preventDefault();
      ask(form);
    });
    form.hidden = false;
    if ('offered' in form.dataset) offerInField(form);
  }
  for (const notice of document.querySelectorAll('[data-passkey-missing]')) notice.remove();
}
start();
