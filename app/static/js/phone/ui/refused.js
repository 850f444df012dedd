/**
 * What was refused for good, where it is seen: the reason, what helps, and saving it as a file. Owns no state.
 */
import { h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { saveAsFile } from '../savefile.js';
import { button } from './screen.js';
import { toast } from './toast.js';

/** @param {string} walkId */
export async function saveFile(walkId) {
  try {
    const how = await saveAsFile(walkId);
    if (how !== 'cancelled')
      toast(
        how === 'shared'
          ? t('The file is handed over')
          : t('The file is in your downloads. Give it to the organiser.'),
      );
  } catch {
    toast(t('The file could not be made. Free some space on the phone.'), { icon: 'circle-alert' });
  }
}

/** @param {string} walkId @param {string} words @param {HTMLElement | null} [drop] */
export const refusal = (walkId, words, drop = null) =>
  h(
    'div',
    { class: 'stack stack--tight refused' },
    h('p', { class: 'field__error' }, words),
    button('file-down', t('Save as file'), () => void saveFile(walkId), { look: 'btn--wide' }),
    drop,
  );
