/**
 * What a pin says besides its words: how it feels, where, when, who, and what has happened to it.
 */
import { h } from '../shared/dom.js';
import { metresBetween } from '../shared/geo.js';
import { formatList, formatNumber, t, tn } from '../shared/i18n.js';
import { marked } from './findings.js';
import {
  affectedWord,
  feelingWord,
  kindWord,
  quarantineWord,
  reviewWord,
  severityWord,
  sourceWord,
  statusWord,
  timeIn,
  whenWord,
} from './words.js';

/** @import {DeskBundle, Revision, StaffView} from './types' */
/** @import {Child} from '../shared/dom.js' */
/** @typedef {[string, Child | Child[]]} Fact */

/** @param {{code: string, label: string}[]} list @param {string | null} code */
const labelled = (list, code) => list.find((one) => one.code === code)?.label ?? code;

/** @param {Fact[]} facts */
function list(facts) {
  const known = facts.filter(([, value]) => value || value === 0);
  return known.length > 0
    ? h(
        'dl',
        { class: 'pinfacts' },
        known.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))),
      )
    : null;
}

/** @param {{lat: number, lon: number}} place */
const coordinates = ({ lat, lon }) =>
  h('span', { class: 'ltr nowrap' }, `${formatFixed(lat)}, ${formatFixed(lon)}`);

/** @param {number} value */
const formatFixed = (value) => value.toFixed(5);

/** @param {number} metres */
const distance = (metres) => t('{m} metres', { m: formatNumber(Math.round(metres)) });

/** "Evening and winter". @param {string[]} words */
const listed = (words) => formatList(words.map((word, i) => (i === 0 ? word : word.toLocaleLowerCase())));

/** What was written in extra fields; one that is asked no more keeps its first name. @param {StaffView} view @param {DeskBundle} bundle @returns {Fact[]} */
function extras(view, { categories }) {
  const { category, extra } = view;
  const own = categories.filter(({ code }) => code === category);
  const asked = [...own, ...categories].flatMap((one) => one.extras ?? []);
  return Object.entries(extra).map(([key, value]) => [
    asked.find((one) => one.key === key)?.label ?? key,
    h('span', { dir: 'auto' }, marked(view, `extra.${key}`, value)),
  ]);
}

/** @param {StaffView} view @param {DeskBundle} bundle */
export function experience(view, bundle) {
  const { feeling_day: day, feeling_dark: dark } = view;
  const names = bundle.categories.map(({ code, tile }) => ({ code, label: tile }));
  return list([
    [t('Kind'), kindWord(view.kind)],
    [t('Also about'), view.secondary && labelled(names, view.secondary)],
    ...extras(view, bundle),
    [t('By day'), day && `${feelingWord(day)} (${day}/5)`],
    [t('In the dark'), dark && `${feelingWord(dark)} (${dark}/5)`],
    [t('How serious'), view.severity && severityWord(view.severity)],
    [t('Avoids the place'), view.avoids === null ? null : view.avoids ? t('Yes') : t('No')],
    [t('When'), view.when.length > 0 && listed(view.when.map(whenWord))],
    [t('Who is affected'), view.affected.length > 0 && listed(view.affected.map(affectedWord))],
    [t('Speaks as'), view.voice && { resident: t('Resident'), professional: t('In their work') }[view.voice]],
    [t('Group'), view.group],
    [t('Status'), statusWord(view.status)],
  ]);
}

/** @param {StaffView} view @param {DeskBundle} bundle */
export function place(view, bundle) {
  const stop = bundle.stops.find((one) => one.id === view.stop_id);
  const here = view.here && [
    coordinates(view.here),
    ` · ${t('{m} from the pin', { m: distance(metresBetween(view.here, view)) })}`,
    view.accuracy_m !== null && ` · ${t('accurate to about {m}', { m: distance(view.accuracy_m) })}`,
  ];
  return list([
    [t('Address'), view.address],
    [t('Stop'), stop && t('{n}. {name}', { n: stop.order, name: stop.name })],
    [t('Kind of place'), view.place_type && labelled(bundle.place_types, view.place_type)],
    [t('The pin'), coordinates(view)],
    [t('The reporter stood'), here || t('Not known')],
    [t('Placed by'), sourceWord(view.source)],
  ]);
}

/** A phone may be this far off, and so may we. */
const CLOSE_MS = 120_000;
/** @type {[string, number][]} */
const SPANS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 hours", rounded down. @param {number} ms */
function span(ms) {
  const [unit, size] = SPANS.find((one) => ms >= one[1]) ?? SPANS[2];
  return formatNumber(Math.floor(ms / size), { style: 'unit', unit, unitDisplay: 'long' });
}

/**
 * A clock that cannot have been right: the pin arrived before it was made, or was made before there was a walk to make
 * it in. By how much it was off at least; '' where nothing is known against it.
 * @param {Pick<StaffView, 'made_at' | 'received_at'>} view @param {{walk: Pick<DeskBundle['walk'], 'created_at' | 'starts_at'>}} bundle
 */
export function clockWords(view, { walk }) {
  const made = Date.parse(view.made_at);
  const ahead = made - Date.parse(view.received_at);
  const behind = Math.min(Date.parse(walk.created_at), Date.parse(walk.starts_at)) - made;
  if (ahead > CLOSE_MS)
    return t('At least {time} ahead. The order of arrival is right.', { time: span(ahead) });
  if (behind > CLOSE_MS)
    return t('At least {time} behind. The order of arrival is right.', { time: span(behind) });
  return '';
}

/** @param {StaffView} view @param {DeskBundle} bundle */
export function times(view, bundle) {
  const zone = bundle.area.timezone;
  return list([
    [t('Made'), timeIn(view.made_at, zone)],
    [t('Arrived'), timeIn(view.received_at, zone)],
    [t('The phone’s clock'), view.participant && clockWords(view, bundle)],
    [t('Set aside'), view.quarantine && quarantineWord(view.quarantine)],
  ]);
}

/** Names of fields in a history. @param {string} name */
function fieldWord(name) {
  /** @type {Record<string, string>} */
  const words = {
    review: t('Pin'),
    text_review: t('Text'),
    photo: t('Photo'),
    category: t('Category'),
    text: t('Text'),
    proposal: t('Proposal'),
    there: t('Place'),
    photos: t('Photos'),
    withdrawn: t('Taken back'),
    participant_hidden: t('Participant'),
    kind: t('Kind'),
    severity: t('How serious'),
    acute: t('Acute'),
    address: t('Address'),
    extra: t('Extra fields'),
  };
  return words[name] ?? name.replaceAll('_', ' ');
}

/** @param {string} name of a field @param {unknown} value @param {DeskBundle} bundle */
function plain(name, value, { categories }) {
  const word = typeof value === 'string' ? value : JSON.stringify(value);
  if (name === 'kind') return kindWord(word);
  return (name === 'category' && categories.find(({ code }) => code === word)?.tile) || word;
}

/** @param {string} who @param {{text_public: Record<string, string>}} act */
function publicSentence(who, act) {
  const texts = Object.values(act.text_public);
  if (texts.length === 0) return t('{who} let the participant’s own words stand', { who });
  return t('{who} wrote the public text: “{text}”', { who, text: texts.join(' / ') });
}

/** What a revision or an act did, and who. @param {Revision} revision */
export function sentence(revision) {
  const by = revision.by === 'facilitator' ? (revision.name ?? t('Facilitator')) : t('The participant');
  const { act } = revision;
  if (act && 'participant_hidden' in act)
    return act.participant_hidden
      ? t('{who} hid the participant', { who: by })
      : t('{who} showed the participant again', { who: by });
  if (revision.conflict_copy)
    return revision.by === 'facilitator'
      ? t('{who} took in another version with a phone’s file. Both are kept.', { who: by })
      : t('Another version came from the phone. Both are kept.');
  if (revision.changed.length > 12) return t('{who} sent the pin', { who: by });
  if (act && 'withdrawn' in act)
    return act.withdrawn
      ? t('{who} took the pin back', { who: by })
      : t('{who} brought the pin back', { who: by });
  if (act && 'redaction' in act)
    return act.boxes
      ? tn(
          '{who} blacked out {n} part of a photo',
          '{who} blacked out {n} parts of a photo',
          Number(act.boxes),
          {
            who: by,
          },
        )
      : t('{who} took the black-outs of a photo away', { who: by });
  if (act && 'text_public' in act) return publicSentence(by, /** @type {any} */ (act));
  if (act && 'conflict' in act)
    return act.conflict
      ? t('{who}: the versions are not settled', { who: by })
      : t('{who} settled the versions', { who: by });
  if (act && 'participant_waits' in act)
    return act.participant_waits
      ? t('{who} let the phone wait', { who: by })
      : t('{who} let the phone in', { who: by });
  if (act) {
    const [name] = revision.changed;
    const to = /** @type {any} */ (act.review ?? act.text_review);
    return t('{who}: {thing} – {state}', { who: by, thing: fieldWord(name), state: reviewWord(to) });
  }
  return t('{who} changed {what}', { who: by, what: formatList(revision.changed.map(fieldWord)) });
}

/** @param {Revision[]} revisions @param {DeskBundle} bundle */
export function historyList(revisions, bundle) {
  const items = revisions.map((revision) => {
    const lost = Object.entries(revision.lost ?? revision.conflict_copy ?? {});
    const shown = revision.conflict_copy
      ? lost.filter(([name]) => ['category', 'kind', 'text', 'proposal'].includes(name))
      : lost;
    return h(
      'li',
      null,
      h(
        'time',
        { class: 'small muted', datetime: revision.at },
        timeIn(revision.at, bundle.area.timezone, { dateStyle: 'short', timeStyle: 'medium' }),
      ),
      h('span', null, sentence(revision)),
      shown.length > 0 &&
        h(
          'ul',
          { class: 'lost' },
          shown.map(([name, value]) => h('li', null, `${fieldWord(name)}: ${plain(name, value, bundle)}`)),
        ),
    );
  });
  return h('ol', { class: 'history' }, items);
}
