/**
 * Blacking out parts of a photo, in a dialog: boxes by mouse, finger or keys alone; faces that the server found are
 * proposed, taken or turned down by one key. Saved, the boxes are burnt into every copy that is shown. What was there
 * before can be looked at while it is kept; that stands in the log. Sends nothing itself but that one question.
 */
import { request } from '../shared/api.js';
import { announce, h, on } from '../shared/dom.js';
import { t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';
import { Stage } from './box-stage.js';
import { Boxes } from './boxes.js';

/** @import {DeskPhoto} from './types' */
/** @import {Redaction} from './boxes.js' */
/**
 * @typedef {object} EditorWays
 * @property {string} base the photo's address
 * @property {string} title
 * @property {boolean} faces whether the server looks for faces at all
 * @property {(to: Redaction) => void} save
 * @property {() => void} [closed]
 */

/** @param {string} name @param {string} words @param {string} key @param {() => void} act @param {string} [more] */
function tool(name, words, key, act, more = '') {
  const shown = h('span', { class: 'grow' }, words);
  const hint = h('kbd', { 'aria-hidden': 'true' }, key);
  return h('button', { type: 'button', class: `btn ${more}`, onclick: act }, icon(name, 20), shown, hint);
}

/** What is known of faces in the photo, in words. @param {DeskPhoto} photo @param {boolean} faces @param {number} left */
function faceWords(photo, faces, left) {
  if (left > 0)
    return tn(
      '{n} possible face. Black it out or turn it down.',
      '{n} possible faces. Black them out or turn them down.',
      left,
    );
  if (photo.looked_at)
    return t('No face left to check. Look yourself as well: small and turned faces are missed.');
  if (faces) return t('Faces are still being looked for.');
  return t('This server does not look for faces. It does when the extra [redact] is installed.');
}

class Editor {
  #photo;
  #ways;
  #boxes;
  #stage;
  #opener = document.activeElement;
  #faces = h('p', { class: 'small', role: 'status' });
  #fault = h('p', { class: 'notice is-error', role: 'alert', hidden: true });
  #leave = h('div', { class: 'notice is-warning editor__leave', role: 'alert', hidden: true });
  #tools;
  #save;
  #dialog;

  /** @param {DeskPhoto} photo @param {EditorWays} ways */
  constructor(photo, ways) {
    const [width, height] = [photo.w ?? 1, photo.h ?? 1];
    this.#photo = photo;
    this.#ways = ways;
    this.#boxes = new Boxes({ boxes: photo.boxes, proposals: photo.proposals }, width, height);
    this.#stage = new Stage({ boxes: this.#boxes, width, height, changed: () => this.#mark() });
    this.#tools = this.#makeTools();
    this.#save = tool('check', t('Save black-outs'), 'S', () => this.#keep(), 'btn--primary');
    this.#fillLeave();
    this.#dialog = this.#makeDialog();
    on(this.#dialog, 'keydown', (event) => this.#press(event));
    on(this.#dialog, 'cancel', (event) => this.#cancel(event));
    on(this.#dialog, 'close', () => this.#closed());
  }

  open() {
    const { base } = this.#ways;
    this.#stage.onFault(() => this.#tell(t('The photo could not be loaded. Close and try again.')));
    this.#stage.show(`${base}/full?v=${this.#photo.version}`, false);
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    if (this.#photo.proposals.length > 0) this.#boxes.choose({ kind: 'proposal', at: 0 });
    this.#stage.draw();
    this.#mark();
    if (!this.#stage.focus()) this.#tools.add.focus();
  }

  /** @param {() => unknown} change */
  #doing(change) {
    return () => {
      change();
      this.#stage.draw();
      this.#mark();
    };
  }

  #makeTools() {
    const boxes = this.#boxes;
    const add = this.#doing(() => boxes.addMiddle());
    const tools = {
      add: tool('square-plus', t('Add a box'), 'B', () => {
        add();
        this.#stage.focus();
      }),
      accept: tool(
        'check',
        t('Black this face out'),
        '⏎',
        this.#doing(() => boxes.accept()),
      ),
      remove: tool(
        'trash-2',
        t('Take the box away'),
        'Del',
        this.#doing(() => boxes.remove()),
      ),
      all: tool(
        'users',
        t('Black all faces out'),
        'F',
        this.#doing(() => boxes.acceptAll()),
      ),
      undo: tool(
        'undo-2',
        t('Undo'),
        'Z',
        this.#doing(() => boxes.undo()),
      ),
      redo: tool(
        'undo-2',
        t('Do again'),
        'Y',
        this.#doing(() => boxes.redo()),
        'btn--redo',
      ),
      original: tool('eye', t('Open the original'), 'O', () => this.#openOriginal()),
    };
    tools.original.hidden = !this.#photo.redacted_at;
    return tools;
  }

  #fillLeave() {
    const close = () => this.#dialog.close();
    const button = (/** @type {string} */ words, /** @type {() => void} */ act, more = '') =>
      h('button', { type: 'button', class: `btn ${more}`, onclick: act }, words);
    this.#leave.append(
      icon('triangle-alert'),
      h('p', { class: 'grow' }, t('Your black-outs are not saved.')),
      button(t('Save black-outs'), () => this.#keep(), 'btn--primary'),
      button(t('Throw away'), close),
    );
  }

  #makeDialog() {
    const close = () => this.#dialog.requestClose();
    const shut = { type: 'button', class: 'btn btn--icon', 'aria-label': t('Close'), onclick: close };
    const how = t(
      'Draw over what must not be seen. Keys: arrows move the box, Shift and arrows resize it, Tab goes to the next.',
    );
    const plates = t('Number plates are not looked for. Names on doors and screens need your eyes.');
    const side = h(
      'div',
      { class: 'editor__side stack stack--tight' },
      ...[this.#fault, this.#leave, this.#faces, ...Object.values(this.#tools), this.#save],
      ...[how, plates].map((words) => h('p', { class: 'small muted' }, words)),
    );
    return h(
      'dialog',
      { class: 'editor', 'aria-labelledby': 'editor-title' },
      h(
        'header',
        { class: 'row row--apart' },
        h('h2', { id: 'editor-title' }, this.#ways.title),
        h('button', shut, icon('x')),
      ),
      h('div', { class: 'editor__body' }, h('div', { class: 'editor__stage' }, this.#stage.el), side),
    );
  }

  #keep() {
    const to = this.#boxes.now();
    const isChanged = this.#boxes.isChanged();
    this.#dialog.close();
    if (isChanged) this.#ways.save(to);
  }

  /** The picture before its black-outs, for this once; the server writes down that it was opened. */
  async #openOriginal() {
    this.#tools.original.disabled = true;
    const { ok, data } = await request('POST', `${this.#ways.base}/original`);
    if (!ok) {
      this.#tell(t('The original could not be opened. Perhaps it is kept no longer.'));
      return;
    }
    this.#stage.show(data.picture, true);
    announce(t('The original is open. That stands in the log.'));
  }

  /** @param {string} words */
  #tell(words) {
    this.#fault.hidden = false;
    this.#fault.replaceChildren(icon('circle-alert'), words);
  }

  #mark() {
    const boxes = this.#boxes;
    const tools = this.#tools;
    const left = boxes.now().proposals.length;
    const isProposal = boxes.chosen()?.kind === 'proposal';
    const words = faceWords(this.#photo, this.#ways.faces, left);
    if (this.#faces.textContent !== words) this.#faces.textContent = words;
    tools.accept.hidden = tools.all.hidden = left === 0;
    tools.accept.disabled = !isProposal;
    tools.remove.disabled = !boxes.chosen();
    const away = isProposal ? t('Not a face') : t('Take the box away');
    tools.remove.querySelector('.grow')?.replaceChildren(away);
    tools.undo.disabled = !boxes.mayUndo();
    tools.redo.disabled = !boxes.mayRedo();
    this.#save.disabled = !boxes.isChanged();
    this.#leave.hidden = true;
  }

  /** Escape with something drawn asks first. @param {Event} event */
  #cancel(event) {
    if (!this.#boxes.isChanged()) return;
    event.preventDefault();
    this.#leave.hidden = false;
    this.#leave.querySelector('button')?.focus();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { ctrlKey, metaKey, altKey, shiftKey, repeat, target } = event;
    const isHeld = ctrlKey || metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const { add, accept, remove, all, undo, redo, original } = this.#tools;
    /** @type {Record<string, HTMLButtonElement>} */
    const alone = { b: add, f: all, o: original, Enter: accept, Delete: remove, Backspace: remove };
    /** @type {Record<string, HTMLButtonElement>} */
    const either = { z: isHeld && shiftKey ? redo : undo, y: redo, s: this.#save };
    const button = either[key] ?? (isHeld ? undefined : alone[key]);
    const isOnButton = /** @type {Element} */ (target).matches('button');
    if (!button || altKey || (key === 'Enter' && isOnButton)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!repeat && !button.disabled && !button.hidden) button.click();
  }

  #closed() {
    this.#dialog.remove();
    const opener = this.#opener;
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    this.#ways.closed?.();
  }
}

/** @param {DeskPhoto} photo @param {EditorWays} ways */
export const openEditor = (photo, ways) => new Editor(photo, ways).open();
