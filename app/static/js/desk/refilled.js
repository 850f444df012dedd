/**
 * After a restore: how much phones have sent again, while it goes on. Numbers alone; the pins come by the feed.
 */
import { request } from '../shared/api.js';
import { h } from '../shared/dom.js';
import { formatDate, t, tn } from '../shared/i18n.js';
import { icon } from '../shared/symbols.js';

const EVERY_MS = 5000;

/** @param {{since: string, pins: number, photos: number}} figures */
function words({ since, pins, photos }) {
  const when = formatDate(since, { dateStyle: 'medium', timeStyle: 'short' });
  if (pins + photos === 0)
    return t('Put back from a backup {when}. Phones send what is missing when they are next online.', {
      when,
    });
  return [
    t('Refilled from phones since {when}', { when }),
    tn('{n} pin', '{n} pins', pins),
    tn('{n} photo', '{n} photos', photos),
  ].join(' · ');
}

/** @param {HTMLElement} el @param {string} walk */
export function watchRefill(el, walk) {
  let shown = '';
  const look = async () => {
    const { ok, data } = await request('GET', `/api/desk/walks/${walk}/refilled`);
    const text = ok ? words(data) : shown;
    if (text !== shown) el.replaceChildren(icon('smartphone'), h('span', null, text));
    shown = text;
  };
  void look();
  setInterval(() => document.visibilityState === 'visible' && void look(), EVERY_MS);
}
