/**
 * What is typed into an open pin: written while it is typed, and told so. Owns the line that says it, and hears of
 * another tab of this phone: what that one wrote is shown here before anybody types over it.
 */
/** @import {App} from './types' */
/** @import {PinFields, PinItem, StoreChange} from '../types' */
import { h, on } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { createDraft } from '../draft.js';
import { getPin, onChange, release } from '../store.js';
import { createAutosave } from './autosave.js';
import { changeSavedWord, savedWord, wouldBeSavedWord } from './now.js';

/** @param {App} app @param {PinItem} pin */
export function pinSaver(app, pin) {
  const note = h(
    'p',
    { class: 'muted small grow', role: 'status' },
    pin.state === 'sent' ? wouldBeSavedWord() : savedWord(),
  );
  const words = {
    saving: t('Saving …'),
    saved: changeSavedWord(),
    failed: t('Not saved. Free some space on the phone.'),
  };
  const shown = { ...pin.fields };
  let isTyping = false;
  let isLeft = false; // this screen is closed, or gives way to a newer one of the same pin
  let isOld = false;
  /** What another tab wrote comes when nobody is at work in this one. */
  const renew = async () => {
    if (!isOld || isTyping || isAtWork()) return;
    isOld = false;
    const now = await getPin(pin.id).catch(() => undefined); // null: it was removed
    if (isLeft || now === undefined || (now && !differs(now.fields, shown))) return;
    if (isTyping || isAtWork()) {
      isOld = true;
      return;
    }
    isLeft = Boolean(now);
    if (now) app.router.again();
    else app.router.back();
  };
  const draft = createDraft(pin.id, pin.fields);
  /** @param {Partial<PinFields> | null} unwritten */
  const keep = (unwritten) => {
    isTyping = unwritten !== null;
    draft.keep(unwritten);
    void renew();
  };
  const autosave = createAutosave(draft.write, (state) => note.replaceChildren(words[state]), keep);
  /** @param {StoreChange} change */
  const hear = ({ what, by, elsewhere }) => {
    if (!elsewhere || what !== 'pins' || by !== 'resident') return;
    isOld = true;
    void renew();
  };
  const ends = [
    on(window, 'pagehide', () => void autosave.flush()),
    on(document, 'visibilitychange', () => void (document.hidden ? autosave.flush() : renew())),
    on(document, 'focusout', () => setTimeout(renew)),
    onChange(hear),
  ];
  return {
    note,
    /** @param {Partial<PinFields>} patch @param {boolean} [soon] */
    change(patch, soon) {
      Object.assign(shown, patch);
      autosave.set(patch, soon);
    },
    close() {
      for (const end of ends) end();
      const isRenewed = isLeft;
      isLeft = true;
      void autosave.flush().then(() => (isRenewed ? undefined : release(pin.id)));
    },
  };
}

/** A field of this tab has the caret, and somebody sees it. */
const isAtWork = () =>
  !document.hidden &&
  Boolean(document.activeElement?.closest('dialog :is(input, textarea, select, summary)'));

/** @param {PinFields} now @param {PinFields} shown */
const differs = (now, shown) =>
  /** @type {(keyof PinFields)[]} */ (Object.keys(now)).some(
    (name) => JSON.stringify(now[name]) !== JSON.stringify(shown[name]),
  );
