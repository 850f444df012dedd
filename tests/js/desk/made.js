/** Pins of the desk for tests: ordinary ones, of which a test names what it cares for. */

/** @import {DeskPhoto, Issue, StaffView} from '../../../app/static/js/desk/types' */

/** @param {Partial<DeskPhoto>} [fields] @returns {DeskPhoto} */
export function aPhoto(fields = {}) {
  const place = { w: 4, h: 3, alt: '', phase: null, quarantine: null, bytes: 1 };
  const redaction = { version: 'v1', boxes: [], proposals: [], looked_at: null, redacted_at: null };
  return {
    id: 'photo-1',
    sha256: 'ab',
    state: 'ready',
    review: 'new',
    seq: 7,
    ...place,
    ...redaction,
    ...fields,
  };
}

/** The issue of a pin's own. @param {number} number @param {Partial<Issue>} [fields] @returns {Issue} */
export function anIssue(number, fields = {}) {
  const said = { status: 'new', owner_id: null, person: null, due_on: null, title: {}, decision: {} };
  const more = { horizon: null, lever: null, mode: null, priority: null, reference: null };
  const id = `issue-${number}`;
  return { id, seq: number, voices: 1, members: 1, own_id: id, ...said, ...more, ...fields };
}

/** @param {number} number @param {Partial<StaffView>} [fields] @returns {StaffView} */
export function aView(number, fields = {}) {
  const said = {
    text: '',
    text_lang: null,
    proposal: '',
    severity: null,
    feeling_day: null,
    feeling_dark: null,
  };
  const flags = { acute: false, staff_only: false, sensitive: false, late: false, outside: false };
  const more = { conflict: false, unknown_category: false, withdrawn: false, participant_hidden: false };
  const room = { participant_waits: false };
  const where = {
    lat: 60,
    lon: 24,
    accuracy_m: null,
    source: 'sensor',
    address: null,
    stop_id: null,
    here: null,
  };
  return {
    type: 'pin',
    id: `pin-${number}`,
    seq: number,
    rev: 1,
    number,
    kind: 'problem',
    category: 'lighting',
    symbol_group: 'light_sight',
    status: 'new',
    secondary: null,
    place_type: null,
    text_review: 'new',
    text_public: {},
    findings: [],
    review: 'new',
    avoids: null,
    when: [],
    affected: [],
    voice: null,
    group: null,
    extra: {},
    visibility: 'walk',
    quarantine: null,
    photos: [],
    participant: 'amina',
    made_at: '2026-06-01T18:00:00Z',
    received_at: '2026-06-01T18:00:10Z',
    issue: anIssue(number),
    ...said,
    ...flags,
    ...more,
    ...room,
    ...where,
    ...fields,
  };
}
