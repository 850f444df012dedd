/** A new version is offered once, at a good moment, and taken only by consent. */
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import './setup.js';
import { watchUpdates } from '../../../app/static/js/phone/update.js';

/** @type {any} */
let phone = null;

beforeEach(() => {
  const registration = Object.assign(new EventTarget(), {
    waiting: /** @type {any} */ (null),
    installing: null,
    asked: 0,
    async update() {
      registration.asked += 1;
    },
  });
  const container = Object.assign(new EventTarget(), {
    controller: /** @type {any} */ ({}),
    registered: /** @type {any[]} */ ([]),
    async register(/** @type {any} */ ...args) {
      container.registered.push(args);
      return registration;
    },
  });
  phone = { registration, container, reloads: 0, offers: /** @type {(() => void)[]} */ ([]), busy: false };
  Object.assign(navigator, { serviceWorker: container });
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  Object.assign(globalThis, {
    document: page,
    location: {
      reload: () => {
        phone.reloads += 1;
      },
    },
  });
});

const aWorker = () => ({
  messages: /** @type {any[]} */ ([]),
  postMessage(/** @type {any} */ data) {
    this.messages.push(data);
  },
});
const watch = () => watchUpdates({ busy: () => phone.busy, onOffer: (apply) => phone.offers.push(apply) });

test('the worker is registered past every HTTP cache', async () => {
  const updates = watch();
  await updates.check();
  assert.deepEqual(phone.container.registered, [['/sw.js', { scope: '/', updateViaCache: 'none' }]]);
  updates.stop();
});

test('a waiting version is offered once, and reloads only after consent', async () => {
  const updates = watch();
  await updates.check();
  assert.equal(phone.offers.length, 0);
  phone.registration.waiting = aWorker();
  await updates.check();
  await updates.check();
  assert.equal(phone.offers.length, 1);
  phone.container.dispatchEvent(new Event('controllerchange'));
  assert.equal(phone.reloads, 0, 'the first worker taking over is no update');
  phone.offers[0]();
  assert.deepEqual(phone.registration.waiting.messages, [{ type: 'SKIP_WAITING' }]);
  phone.container.dispatchEvent(new Event('controllerchange'));
  assert.equal(phone.reloads, 1);
  updates.stop();
});

test('nothing is offered while a sheet is open; closing it and asking again is enough', async () => {
  phone.busy = true;
  phone.registration.waiting = aWorker();
  const updates = watch();
  await updates.check();
  assert.equal(phone.offers.length, 0);
  phone.busy = false;
  await updates.check();
  assert.equal(phone.offers.length, 1);
  updates.stop();
});

test('the very first worker is not an update', async () => {
  phone.container.controller = null;
  phone.registration.waiting = aWorker();
  const updates = watch();
  await updates.check();
  assert.equal(phone.offers.length, 0);
  updates.stop();
});

test('it looks again when the page becomes visible, and not after stopping', async () => {
  const updates = watch();
  await updates.check();
  const before = phone.registration.asked;
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(phone.registration.asked, before + 1);
  updates.stop();
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(phone.registration.asked, before + 1);
});

test('a browser without workers, or a refused registration, is no error', async () => {
  phone.container.register = async () => {
    throw new TypeError('no');
  };
  await watch().check();
  Object.assign(navigator, { serviceWorker: undefined });
  await watch().check();
});
