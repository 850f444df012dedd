/**
 * The receipt: when nothing waits any more, how much has arrived, and the code by which anyone can ask it again.
 * Says only what the server itself has counted, and nothing while something still waits.
 */
/** @import {App} from './types' */
import { h } from '../../shared/dom.js';
import { t, tn } from '../../shared/i18n.js';
import { getWalk } from '../store.js';

/** @param {App} app @param {number} unsent @returns {Promise<HTMLElement | ''>} */
export async function receiptCard({ walk: { id } }, unsent) {
  const walk = unsent === 0 ? await getWalk(id) : null;
  if (!walk?.receipt || walk.receipt.epoch !== walk.epoch || walk.receipt.pins === 0) return '';
  const { code, pins, photos } = walk.receipt;
  const counts = [tn('{n} pin', '{n} pins', pins), photos > 0 ? tn('{n} photo', '{n} photos', photos) : null];
  const arrived = t('Arrived: {what}', { what: counts.filter(Boolean).join(', ') });
  return h(
    'section',
    { class: 'card stack stack--tight', id: 'receipt', 'aria-labelledby': 'receipt-title' },
    h('h2', { id: 'receipt-title' }, arrived),
    h('p', null, t('Your receipt:'), ' ', h('strong', { class: 'host', dir: 'ltr' }, code)),
    walk.joined_anew
      ? h(
          'p',
          { class: 'small' },
          t('Counted since you scanned the code again. What you sent before has arrived too.'),
        )
      : null,
    h('p', { class: 'small' }, whereToAsk()),
  );
}

/** The address breaks where it is divided, and nowhere else. */
function whereToAsk() {
  const hole = '{address}';
  const words = t('With the code anyone can see at {address} how much has arrived, and nothing else.');
  const [before, after] = words.split(hole);
  const address = h('bdi', { class: 'address' }, `${location.host}/`, h('wbr'), 'kvitto');
  return [before, address, after ?? ''];
}
