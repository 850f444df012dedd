/**
 * What is done about photos alone: black-outs of one, and all of them one at a time. Joins the dialogs to the desk's
 * acts, so that everything in them is one step of the same undo.
 */
import { t } from '../shared/i18n.js';
import { markSeen, photoToEdit } from './detail-photos.js';
import { filmOf, openFilmstrip } from './filmstrip.js';
import { openEditor } from './photo-editor.js';
import { toast } from './toast.js';

/** @import {Act, DeskBundle, DeskPhoto, DeskPin} from './types' */
/**
 * @typedef {object} PhotoDesk
 * @property {DeskBundle} bundle
 * @property {() => DeskPin[]} pins
 * @property {() => DeskPin | null} chosen
 * @property {(pin: DeskPin) => string} labelOf
 * @property {(act: Act) => Promise<unknown>} run
 * @property {() => Promise<number | null>} undo
 */

/** @param {PhotoDesk} desk */
export function createPhotoWork(desk) {
  const walk = desk.bundle.walk.id;

  /** @param {DeskPin} pin @param {DeskPhoto} photo @param {() => void} [closed] */
  function edit(pin, photo, closed) {
    const { number } = pin;
    markSeen(photo);
    openEditor(photo, {
      base: `/api/desk/walks/${walk}/photos/${photo.id}`,
      title: t('Black out: pin {n}', { n: number }),
      faces: desk.bundle.faces,
      save: async (to) => {
        await desk.run({ what: 'redaction', number, photo: photo.id ?? '', to });
        closed?.();
      },
      closed,
    });
  }

  return {
    edit,
    /** The photo of the chosen pin. */
    editNext() {
      const pin = desk.chosen();
      const photo = pin && photoToEdit(pin);
      if (pin && photo) edit(pin, photo);
      else toast(t('This pin has no photo.'));
    },
    film() {
      if (filmOf(desk.pins()).length === 0) return toast(t('There are no photos to look at.'));
      openFilmstrip({ walk, edit, ...desk });
    },
  };
}
