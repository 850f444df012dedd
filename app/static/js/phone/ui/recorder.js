/**
 * Recorder mode: one phone writes for a whole group, and each pin says whose voice it is. Owns the switch, which holds
 * for one walk, and the choice, which stays until the next one.
 */
/** @import {App} from './types' */
/** @import {PinFields} from '../types' */
import { t } from '../../shared/i18n.js';
import { pref, setPref } from '../prefs.js';
import { toggle, voiceField } from './fields.js';

/** @param {App} app */
export const isRecorder = (app) => pref('recorder') === app.walk.id;

/** What a new pin says of its voice. @param {App} app @returns {Partial<PinFields>} */
export const voiceOfNew = (app) =>
  isRecorder(app) ? { voice: /** @type {PinFields['voice']} */ (pref('voice')) } : {};

/** @param {string | null} voice @param {(voice: PinFields['voice']) => void} [tell] */
export const whoseVoice = (voice, tell) =>
  voiceField(
    t('Who says it?'),
    voice ?? pref('voice'),
    (chosen) => {
      setPref('voice', chosen ?? 'resident');
      tell?.(/** @type {PinFields['voice']} */ (chosen));
    },
    true,
  );

/** @param {App} app */
export const recorderSwitch = (app) =>
  toggle(
    t('This phone writes for the group'),
    isRecorder(app),
    (isOn) => setPref('recorder', isOn ? app.walk.id : ''),
    t('Each pin says whose voice it is'),
    'recorder',
  );
