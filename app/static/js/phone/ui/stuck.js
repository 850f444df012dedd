/**
 * The phone's storage does not answer: another tab is in its way, or the browser itself. Said before anything else can
 * be shown; what is stored stays, and the app goes on by itself as soon as there is an answer.
 */
import { h } from '../../shared/dom.js';
import { t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { button } from './screen.js';

const PATIENCE_MS = 3000;

/**
 * @template T
 * @param {HTMLElement} root @param {Promise<T>} opening @returns {Promise<T>}
 */
export async function sayIfStuck(root, opening) {
  const timer = setTimeout(() => {
    const words = t(
      'The phone’s storage does not answer. Close other tabs of this app. What is saved stays.',
    );
    root.replaceChildren(
      h(
        'main',
        { class: 'page__main stack start', id: 'main' },
        h('h1', { tabindex: '-1' }, t('One moment …')),
        h('p', { class: 'notice is-warning', role: 'alert' }, icon('circle-alert'), h('span', null, words)),
        button('refresh-cw', t('Load again'), () => location.reload(), { look: 'btn--primary btn--wide' }),
      ),
    );
  }, PATIENCE_MS);
  try {
    return await opening;
  } finally {
    clearTimeout(timer);
  }
}
