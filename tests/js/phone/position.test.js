/** Where the phone is, said no more surely than it is known. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { best, createPosition, grade } from '../../../app/static/js/phone/position.js';

/** @param {{isSecure?: boolean, none?: boolean}} [options] */
function aPhone({ isSecure = true, none = false } = {}) {
  const phone = {
    now: 1_000_000,
    watching: 0,
    cleared: 0,
    /** @param {any} _fix */
    fix(_fix) {},
    /** @param {any} _error */
    fail(_error) {},
  };
  const geolocation = /** @type {any} */ ({
    watchPosition(/** @type {any} */ onFix, /** @type {any} */ onError) {
      phone.watching += 1;
      phone.fix = ({ lat = 56, lon = 12, accuracy = 5 }) =>
        onFix({ coords: { latitude: lat, longitude: lon, accuracy } });
      phone.fail = (code) => onError({ code });
      return 42;
    },
    clearWatch(/** @type {number} */ id) {
      assert.equal(id, 42);
      phone.cleared += 1;
    },
  });
  const position = createPosition({
    geolocation: none ? undefined : geolocation,
    isSecure,
    now: () => phone.now,
  });
  return { phone, position };
}

test('accuracy has words, and a missing one is never good', () => {
  const grades = [0, 10, 10.1, 30, 30.1, 3000, -1, Number.NaN, Number.POSITIVE_INFINITY, null, undefined].map(
    grade,
  );
  assert.deepEqual(grades, [
    'good',
    'good',
    'rough',
    'rough',
    'none',
    'none',
    'none',
    'none',
    'none',
    'none',
    'none',
  ]);
});

test('the best recent fix counts, not the last one', () => {
  const { phone, position } = aPhone();
  position.start();
  phone.fix({ lat: 1, accuracy: 4 });
  phone.now += 3000;
  phone.fix({ lat: 1.0001, accuracy: 40 });
  assert.deepEqual(position.here(), { lat: 1, lon: 12, accuracy_m: 4, age_s: 3 });
  assert.equal(position.view().grade, 'good');
  phone.now += 12_001;
  assert.deepEqual([position.here()?.lat, position.view().grade], [1.0001, 'none']);
  phone.now += 10_000;
  assert.deepEqual([position.here(), position.view().grade, position.view().fix], [null, 'none', null]);
});

test('while walking, an old good fix gives way to a new one that is nearly as good', () => {
  const fix = (/** @type {number} */ at, /** @type {number | null} */ accuracy_m) => ({
    lat: at / 1e9,
    lon: 0,
    accuracy_m,
    at,
  });
  assert.equal(best([fix(0, 5), fix(10_000, 8)], 10_000)?.at, 10_000);
  assert.equal(best([fix(0, 5), fix(10_000, 30)], 10_000)?.at, 0);
  assert.equal(best([fix(0, null), fix(10_000, 900)], 10_000)?.at, 10_000);
  assert.equal(best([fix(20_000, 1)], 10_000), null, 'a fix from the future is a clock that jumped');
});

test('a bad or missing accuracy is kept, and not trusted', () => {
  const { phone, position } = aPhone();
  position.start();
  phone.fix({ accuracy: /** @type {any} */ (null) });
  assert.deepEqual([position.view().grade, position.here()?.accuracy_m], ['none', null]);
  phone.fix({ accuracy: 250 });
  assert.deepEqual([position.view().grade, position.here()?.accuracy_m], ['none', 250]);
});

test('it watches only while told to, once, and forgets', () => {
  const { phone, position } = aPhone();
  assert.equal(position.view().state, 'idle');
  position.start();
  position.start();
  assert.deepEqual([phone.watching, position.view().state], [1, 'waiting']);
  phone.fix({});
  assert.equal(position.view().state, 'watching');
  position.stop();
  assert.deepEqual([phone.cleared, position.view().state, position.here()], [1, 'idle', null]);
});

test('no means no: refused, out of order and insecure are told apart', () => {
  const denied = aPhone();
  denied.position.start();
  denied.phone.fail(1);
  assert.deepEqual([denied.position.view().state, denied.phone.cleared], ['denied', 1]);
  const lost = aPhone();
  lost.position.start();
  lost.phone.fail(2);
  assert.deepEqual([lost.position.view().state, lost.phone.cleared], ['unavailable', 0]);
  lost.phone.fix({});
  lost.phone.fail(3);
  assert.equal(lost.position.view().state, 'watching', 'one late fix is no reason to despair');
  const insecure = aPhone({ isSecure: false });
  insecure.position.start();
  assert.deepEqual([insecure.position.view().state, insecure.phone.watching], ['insecure', 0]);
  const none = aPhone({ none: true });
  none.position.start();
  assert.equal(none.position.view().state, 'unavailable');
});

test('the last ten fixes are enough', () => {
  const { phone, position } = aPhone();
  position.start();
  phone.fix({ lat: 99, accuracy: 1 });
  for (let i = 0; i < 10; i++) phone.fix({ lat: i, accuracy: 20 });
  assert.notEqual(position.here()?.lat, 99);
});

test('listeners hear of every fix until they stop', () => {
  const { phone, position } = aPhone();
  /** @type {string[]} */
  const heard = [];
  const stop = position.onPosition((view) => heard.push(`${view.state} ${view.grade}`));
  position.start();
  phone.fix({ accuracy: 20 });
  stop();
  phone.fix({});
  assert.deepEqual(heard, ['waiting none', 'watching rough']);
});

test('a phone that jumped is where it says now, and a vague fix moves it nowhere', () => {
  const old = { lat: 56.05, lon: 12.7, accuracy_m: 6, at: 10_000 };
  const far = { lat: 56.051, lon: 12.7, accuracy_m: 7, at: 10_500 };
  assert.equal(best([old, far], 11_000), far);
  assert.equal(best([old, { ...far, lat: 56.05005 }], 11_000), old);
  assert.equal(best([old, { ...far, accuracy_m: 300 }], 11_000), old);
});
