/**
 * The desk's state in the address: a bookmark is a saved view. Pure.
 */
import { nearOf, SHOWS } from './filter.js';

/** @import {DeskState} from './types' */

const LONGEST = 200;

/** Reads what is known and forgives the rest. @param {string} search @returns {DeskState} */
export function readState(search) {
  const query = new URLSearchParams(search);
  const shows = (query.get('show') ?? '').split(',');
  const pin = Number.parseInt(query.get('pin') ?? '', 10);
  return {
    shows: SHOWS.filter((show) => shows.includes(show)),
    category: (query.get('category') ?? '').slice(0, LONGEST),
    q: (query.get('q') ?? '').slice(0, LONGEST),
    near: nearOf(query.get('near') ?? '') ? (query.get('near') ?? '').slice(0, LONGEST) : '',
    pin: pin > 0 ? pin : null,
    pane: query.get('pane') === 'map' ? 'map' : 'list',
  };
}

/** Only what differs from a fresh desk. @param {DeskState} state @returns {string} '' or '?…' */
export function writeState(state) {
  const query = new URLSearchParams();
  if (state.shows.length > 0) query.set('show', state.shows.join(','));
  if (state.category) query.set('category', state.category);
  if (state.q) query.set('q', state.q);
  if (state.near) query.set('near', state.near);
  if (state.pin !== null) query.set('pin', String(state.pin));
  if (state.pane !== 'list') query.set('pane', state.pane);
  const text = query.toString().replaceAll('%2C', ',');
  return text ? `?${text}` : '';
}

/** @param {DeskState} state */
export const isFiltered = ({ shows, category, q, near }) =>
  shows.length > 0 || `${category}${q}${near}` !== '';
