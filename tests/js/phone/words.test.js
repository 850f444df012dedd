/** Texts, plurals, ids and hashes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { afterEach } from 'node:test';
import { digest, sha256 } from '../../../app/static/js/shared/hash.js';
import {
  dir,
  formatAgo,
  formatBytes,
  formatDate,
  formatList,
  formatNumber,
  lang,
  loadCatalogue,
  shortKey,
  t,
  tn,
} from '../../../app/static/js/shared/i18n.js';
import { newId, newSecret } from '../../../app/static/js/shared/ids.js';
import { pluralRule } from '../../../app/static/js/shared/plural.js';

const realFetch = globalThis.fetch;
afterEach(async () => {
  globalThis.fetch = realFetch;
  await loadCatalogue('nowhere');
});

/** @type {string[]} */
let asked = [];
/** @param {Record<string, object>} catalogues */
function serve(catalogues) {
  asked = [];
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {URL} */ url) => {
      asked.push(String(url));
      const code = /i18n\/(.+)\.json$/.exec(String(url))?.[1] ?? '';
      return catalogues[code] ? Response.json(catalogues[code]) : new Response('', { status: 404 });
    }
  );
}

const SWEDISH = {
  lang: 'sv',
  dir: 'ltr',
  plural: 'n != 1',
  messages: {
    'New pin': 'Ny markering',
    '{n} pin': ['{n} markering', '{n} markeringar'],
    'Stop {n} of {total}': 'Stopp {n} av {total}',
    Empty: '',
  },
};

test('texts come from the catalogue beside the modules, and from English where it has none', async () => {
  serve({ sv: SWEDISH });
  assert.equal(await loadCatalogue('sv'), 'sv');
  assert.match(asked[0], /\/static\/i18n\/sv\.json$/);
  assert.equal(t('New pin'), 'Ny markering');
  assert.equal(t('Stop {n} of {total}', { n: 2, total: 7 }), 'Stopp 2 av 7');
  assert.equal(t('Not translated {x}', { x: 'yet' }), 'Not translated yet');
  assert.equal(t('Empty'), 'Empty');
  assert.equal(t('A {hole} stays'), 'A {hole} stays');
  assert.deepEqual([lang(), dir()], ['sv', 'ltr']);
  assert.deepEqual(
    [tn('{n} pin', '{n} pins', 1), tn('{n} pin', '{n} pins', 2), tn('{n} pin', '{n} pins', 0)],
    ['1 markering', '2 markeringar', '0 markeringar'],
  );
  assert.equal(tn('{n} photo', '{n} photos', 1), '1 photo');
});

test('a value is never read as a placeholder again', async () => {
  assert.equal(t('{a} and {b}', { a: '{b}', b: 'x' }), '{b} and x');
});

test('a missing or broken catalogue leaves English', async () => {
  serve({});
  assert.equal(await loadCatalogue('so'), 'en');
  globalThis.fetch = /** @type {any} */ (async () => new Response('<html>'));
  assert.equal(await loadCatalogue('sv'), 'en');
  serve({ xx: { ...SWEDISH, plural: 'alert(1)' } });
  await assert.rejects(loadCatalogue('xx'), SyntaxError);
  assert.deepEqual([lang(), t('New pin')], ['en', 'New pin']);
  serve({});
  await loadCatalogue('../secret');
  assert.deepEqual(asked, []);
});

test('Arabic has six forms', async () => {
  const plural =
    '(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)';
  serve({ ar: { lang: 'ar', dir: 'rtl', plural, messages: { '{n} pin': ['a', 'b', 'c', 'd', 'e', 'f'] } } });
  await loadCatalogue('ar');
  assert.equal(dir(), 'rtl');
  assert.deepEqual(
    [0, 1, 2, 3, 10, 11, 99, 100, 102, 103].map((n) => tn('{n} pin', '{n} pins', n)),
    ['a', 'b', 'c', 'd', 'd', 'e', 'e', 'f', 'f', 'd'],
  );
});

test('the mirror language marks every text and turns the page, without a request', async () => {
  serve({});
  assert.equal(await loadCatalogue('en-x-rtl'), 'en-x-rtl');
  assert.deepEqual(asked, []);
  assert.equal(dir(), 'rtl');
  assert.equal(t('Saved on {place}', { place: 'phone' }), '⟦Sávéd ón phone⟧');
  assert.equal(tn('{n} pin', '{n} pins', 3), '⟦3 píns⟧');
});

test('plural rules of gettext are read like C, and nothing else is', () => {
  /** @type {[string, (n: number) => number][]} */
  const rules = [
    ['0', () => 0],
    ['n != 1', (n) => Number(n !== 1)],
    ['n>1', (n) => Number(n > 1)],
    [
      '(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)',
      (n) =>
        n % 10 === 1 && n % 100 !== 11
          ? 0
          : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 10 || n % 100 >= 20)
            ? 1
            : 2,
    ],
    [
      'n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2',
      (n) => (n === 1 ? 0 : n === 0 || (n % 100 > 0 && n % 100 < 20) ? 1 : 2),
    ],
    ['!(n==1)', (n) => Number(n !== 1)],
    ['1 - 1 - 1 + n / 2 * 2', (n) => -1 + Math.trunc(n / 2) * 2],
  ];
  for (const [text, expected] of rules) {
    const rule = pluralRule(text);
    for (let n = 0; n <= 250; n++) assert.equal(rule(n), expected(n), `${text} for ${n}`);
  }
  for (const bad of [
    '',
    'n ==',
    '(n',
    'n)',
    'm',
    'n = 1',
    'alert(1)',
    'n;1',
    'n ? 1',
    '1 2',
    'constructor',
  ]) {
    assert.throws(() => pluralRule(bad), SyntaxError, bad);
  }
});

test('numbers, sizes, lists and times follow the language', async () => {
  serve({ sv: SWEDISH });
  await loadCatalogue('sv');
  assert.equal(formatNumber(1234.5).replace(/\s/g, ' '), '1 234,5');
  assert.equal(formatBytes(4_200_000).replace(/\s/g, ' '), '4,2 MB');
  assert.equal(formatBytes(42_000_000).replace(/\s/g, ' '), '42 MB');
  assert.equal(formatBytes(900).replace(/\s/g, ' '), '900 B');
  assert.equal(formatList(['a', 'b', 'c']), 'a, b och c');
  assert.equal(formatAgo(0, 12 * 60_000), 'för 12 minuter sedan');
  assert.equal(formatAgo(90_000_000, 0), 'nu', 'a clock that jumped is no prophecy');
  assert.equal(formatDate('nonsense'), '');
  assert.match(
    formatDate('2026-11-25T18:00:00Z', { dateStyle: 'medium', timeZone: 'Europe/Stockholm' }),
    /25 nov/,
  );
});

test('ids are UUIDs of version 7 that sort by time and do not repeat', () => {
  const ids = Array.from({ length: 500 }, (_, i) => newId(1_700_000_000_000 + i));
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(Number.parseInt(ids[0].replaceAll('-', '').slice(0, 12), 16), 1_700_000_000_000);
  assert.equal(new Set(Array.from({ length: 2000 }, () => newId(5))).size, 2000);
  assert.match(newSecret(), /^[\w-]{43}$/);
});

test('the hash is SHA-256, at every length around a block', async () => {
  for (let n = 0; n < 200; n++) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 31 + n) % 256);
    const expected = createHash('sha256').update(bytes).digest('hex');
    assert.equal(sha256(bytes), expected, `${n} bytes`);
    assert.equal(await digest(bytes.buffer), expected);
  }
  assert.equal(sha256('åäö 🌲'), createHash('sha256').update('åäö 🌲').digest('hex'));
});

test('the phone has a catalogue of its own, whose texts are named by a sum of their English', async () => {
  // tests/contract/test_translations.py holds the writer to the same sums
  assert.deepEqual(
    ['New pin', '{n} pin', 'm – “ö”'].map((text) => shortKey(text, 3)),
    ['jj3', '2vh', 'mi9'],
  );
  const short = { jj3: 'Ny markering', '2vh': ['{n} markering', '{n} markeringar'] };
  serve({ 'phone/sv': { ...SWEDISH, salt: 3, messages: short } });
  await loadCatalogue('sv', 'phone');
  assert.equal(t('New pin'), 'Ny markering');
  assert.equal(tn('{n} pin', '{n} pins', 2), '2 markeringar');
  assert.equal(t('Not translated'), 'Not translated');
});
