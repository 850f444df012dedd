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
  const draft = createDraft(pin.id, pin.fields);
  /** @param {Partial<PinFields> | null} unwritten */
  const keep = (unwritten) => {
    isTyping = unwritten !== null;
    draft.keep(unwritten);
  };
  const autosave = createAutosave(draft.write, (state) => note.replaceChildren(words[state]), keep);
  /** @param {StoreChange} change */
  const hearOf = async ({ what, by, elsewhere }) => {
    if (!elsewhere || what !== 'pins' || by !== 'resident') return;
    const now = await getPin(pin.id);
    if (now && !isTyping && (now.withdrawn || differs(now.fields, shown))) app.router.again();
  };
  const ends = [
    on(window, 'pagehide', () => void autosave.flush()),
    on(document, 'visibilitychange', () => document.hidden && void autosave.flush()),
    onChange((change) => void hearOf(change)),
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
      void autosave.flush().then(() => release(pin.id));
    },
  };
}

/** @param {PinFields} now @param {PinFields} shown */
const differs = (now, shown) =>
  /** @type {(keyof PinFields)[]} */ (Object.keys(now)).some(
    (name) => JSON.stringify(now[name]) !== JSON.stringify(shown[name]),
  );
