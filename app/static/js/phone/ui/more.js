/**
 * R6, everything one may add to a pin. All optional, in any order, saved while it is written.
 * Owns the order of questions; what each field looks like is fields.js, what happens to photos pin-photos.js.
 */
/** @import {App, Screen} from './types' */
/** @import {Kind, PinFields, PinItem} from '../types' */
import { h } from '../../shared/dom.js';
import { lang, t } from '../../shared/i18n.js';
import { icon } from '../../shared/symbols.js';
import { isDark } from '../theme.js';
import { details, extraFields, oneOf, scale, select, someOf, text, toggle, voiceField } from './fields.js';
import { pinHead } from './pin-head.js';
import { photoSection } from './pin-photos.js';
import { pinSaver } from './pin-saver.js';
import { isRecorder, whoseVoice } from './recorder.js';
import { refusal } from './refused.js';
import { remove } from './saving.js';
import { button } from './screen.js';
import { refusedWords } from './status.js';
import { categoryOf } from './words.js';

const FACES = ['angry', 'frown', 'meh', 'smile', 'laugh'];

/** @typedef {(patch: Partial<PinFields>, soon?: boolean) => void} Change */

/** @param {App} app @param {PinItem} pin @returns {Screen} */
export function pinScreen(app, pin) {
  const { note, change, close } = pinSaver(app, pin);
  const head = pinHead(app, pin);
  const photos = photoSection(app, pin);
  const { fields } = pin;
  const tellText = (/** @type {string} */ value) => change({ text: value, text_lang: lang() }, true);
  const move = () => app.router.go(`move/${pin.id}`);
  const drop = () => {
    app.router.back();
    void remove(app, pin.id);
  };
  const done = button(null, t('Done'), app.router.back, { look: 'btn--primary' });
  return {
    title: t('Add more'),
    body: [
      head.el,
      pin.state === 'help' ? refusal(app.walk.id, refusedWords(pin.problem, false)) : null,
      isRecorder(app) ? whoseVoice(fields.voice, (voice) => change({ voice })) : null,
      ...feelings(pin, change),
      text(t('Anything to add? (optional)'), fields.text, tellText, {
        hint: t('Describe the place. No names or other things about people.'),
      }),
      ...extraFields(categoryOf(app.bundle, pin.category).extras ?? [], fields.extra ?? {}, (extra) =>
        change({ extra }, true),
      ),
      photos.el,
      acute(fields, change),
      details(t('What it is'), whatItIs(app, pin, change)),
      details(t('When and for whom'), whenAndWhom(fields, change)),
      details(t('Proposal and voice'), proposal(fields, change)),
      details(t('The place on the map'), [
        h('p', null, placeWords(app, pin)),
        button('map-pin', t('Move the pin'), move, { id: 'pin-move' }),
      ]),
      button('trash-2', t('Remove the pin'), drop, { look: 'btn--danger btn--wide', id: 'pin-remove' }),
    ],
    foot: h('div', { class: 'row row--apart' }, note, done),
    close() {
      head.close();
      photos.close();
      close();
    },
  };
}

/** Kind, category and place: three things apart. @param {App} app @param {PinItem} pin @param {Change} change */
function whatItIs(app, pin, change) {
  const { fields } = pin;
  const severity = h('div');
  const drawSeverity = () =>
    severity.replaceChildren(fields.kind === 'problem' ? severityField(fields, change) : '');
  /** @param {string | null} kind */
  const tellKind = (kind) => {
    fields.kind = /** @type {Kind} */ (kind);
    change(fields.kind === 'problem' ? { kind: fields.kind } : { kind: fields.kind, severity: null });
    drawSeverity();
  };
  /** @param {import('../types').Labelled[]} list @returns {[string, string][]} */
  const pairs = (list) => list.map(({ code, label }) => [code, label]);
  const { kinds, place_types } = app.bundle;
  const places = /** @type {[string, string][]} */ ([['', t('Not chosen')], ...pairs(place_types)]);
  drawSeverity();
  return [
    oneOf(t('Is it good or bad?'), pairs(kinds), fields.kind, tellKind, { required: true }),
    categoryButton(app, pin, 'category', t('Category')),
    categoryButton(app, pin, 'secondary', t('Second category')),
    select(t('Kind of place'), places, fields.place_type ?? '', (value) =>
      change({ place_type: value || null }),
    ),
    severity,
  ];
}

/** Two rows, the light of this moment first. @param {PinItem} pin @param {Change} change */
function feelings(pin, change) {
  const { fields } = pin;
  const names = [t('Very unsafe'), t('Rather unsafe'), t('In between'), t('Rather safe'), t('Very safe')];
  const steps = FACES.map((face, i) => ({ value: i + 1, label: names[i], icon: face }));
  /** @type {[string, string]} */
  const ends = [names[0], names[4]];
  const day = scale(
    t('How does this place feel to you in daylight?'),
    { value: fields.feeling_day, steps, ends },
    (value) => change({ feeling_day: value }),
  );
  const dark = scale(
    t('How does this place feel to you in the dark?'),
    { value: fields.feeling_dark, steps, ends },
    (value) => change({ feeling_dark: value }),
  );
  return isDark(new Date(pin.made_at), fields.there) ? [dark, day] : [day, dark];
}

/** @param {PinFields} fields @param {Change} change */
function severityField(fields, change) {
  const value = fields.severity === null ? null : String(fields.severity);
  return oneOf(
    t('How big is the problem?'),
    [
      ['1', t('Small')],
      ['2', t('Medium')],
      ['3', t('Big')],
    ],
    value,
    (next) => {
      fields.severity = next === null ? null : /** @type {1 | 2 | 3} */ (Number(next));
      change({ severity: fields.severity });
    },
  );
}

/** @param {PinFields} fields @param {Change} change */
function acute(fields, change) {
  const help = h(
    'p',
    { class: 'notice is-error', hidden: !fields.acute },
    icon('phone-call'),
    h('strong', null, t('In danger now? Call 112. Police non-emergency: 114 14.')),
  );
  const flip = toggle(
    t('Dangerous right now'),
    fields.acute,
    (value) => {
      help.hidden = !value;
      change({ acute: value });
    },
    t('For example broken glass, an open hatch or a live cable'),
  );
  return h('div', { class: 'stack stack--tight' }, flip, help);
}

/** @param {App} app @param {PinItem} pin @param {'category' | 'secondary'} which @param {string} label */
function categoryButton(app, pin, which, label) {
  const code = pin.fields[which];
  const name = code ? categoryOf(app.bundle, code).label : t('Not chosen');
  return h(
    'div',
    { class: 'field' },
    h('span', { class: 'field__label' }, label),
    button(
      code ? categoryOf(app.bundle, code).icon : null,
      name,
      () => app.router.go(`category/${pin.id}/${which}`),
      {
        look: 'btn--wide btn--start',
        id: `pin-${which}`,
      },
    ),
  );
}

/** @param {PinFields} fields @param {Change} change */
function whenAndWhom(fields, change) {
  const avoids = fields.avoids === null ? null : fields.avoids ? 'yes' : 'no';
  return [
    oneOf(
      t('Do you avoid this place?'),
      [
        ['yes', t('Yes')],
        ['no', t('No')],
      ],
      avoids,
      (value) => change({ avoids: value === null ? null : value === 'yes' }),
    ),
    someOf(
      t('When is it like this?'),
      [
        ['morning', t('Morning')],
        ['day', t('Day')],
        ['evening', t('Evening')],
        ['night', t('Night')],
        ['weekday', t('Weekdays')],
        ['weekend', t('Weekends')],
        ['summer', t('Summer')],
        ['winter', t('Winter')],
        ['always', t('Always')],
      ],
      fields.when,
      (when) => change({ when }),
    ),
    someOf(
      t('Who is affected most?'),
      [
        ['all', t('Everyone')],
        ['children', t('Children')],
        ['youth', t('Young people')],
        ['women', t('Women')],
        ['elderly', t('Elderly people')],
        ['disability', t('People with disabilities')],
      ],
      fields.affected,
      (affected) => change({ affected }),
    ),
  ];
}

/** @param {PinFields} fields @param {Change} change */
function proposal(fields, change) {
  return [
    text(t('What would make it better?'), fields.proposal, (value) => change({ proposal: value }, true)),
    voiceField(t('You speak as'), fields.voice, (value) =>
      change({ voice: /** @type {PinFields['voice']} */ (value) }),
    ),
    text(
      t('Your group, if you walk in several'),
      fields.group ?? '',
      (value) => change({ group: value || null }, true),
      { lines: false, max: 40 },
    ),
    toggle(
      t('Only for the organisers'),
      fields.staff_only,
      (value) => change({ staff_only: value }),
      t('Others on the walk do not see this pin'),
    ),
  ];
}

/** @param {App} app @param {PinItem} pin */
function placeWords(app, pin) {
  const { here, source, address, stop_id } = pin.fields;
  const stop = app.bundle.stops.find(({ id }) => id === stop_id);
  if (source === 'address' && address) return address;
  if (source === 'stop' && stop) return t('At stop {n}: {name}', { n: stop.order, name: stop.name });
  if (source === 'sensor' && here?.accuracy_m)
    return t('Where you stood, accurate to about {m} metres', { m: Math.round(here.accuracy_m) });
  return t('Placed by hand on the map');
}
