/**
 * What the server wants told at once: floods and guessed codes, as sentences in the reader's language. Drawn anew only
 * when they change, so that a screen reader hears each once.
 */
import { h } from '../shared/dom.js';
import { icon } from '../shared/symbols.js';

/** @param {string[]} sentences */
export function showAlarms(sentences) {
  const box = document.getElementById('alarms');
  const told = [...(box?.children ?? [])].map((one) => one.textContent?.trim());
  if (told.join('\n') === sentences.join('\n')) return;
  box?.replaceChildren(
    ...sentences.map((words) =>
      h('p', { class: 'notice is-warning' }, icon('shield-alert'), h('span', null, words)),
    ),
  );
}
