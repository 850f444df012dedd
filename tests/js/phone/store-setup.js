import { beforeEach } from 'node:test';
import * as store from '../../../app/static/js/phone/store.js';
import { claim, settle } from '../../../app/static/js/phone/store-queue.js';
import { freshPhone } from './setup.js';

/** @import {Entry} from '../../../app/static/js/phone/types' */

export const NOW = Date.now();

beforeEach(freshPhone);

/** The server proves everything that waits. @param {number} [seq] */
export async function proveAll(seq = 1) {
  const claimed = await claim(await store.listEntries());
  const proof = (/** @type {Entry} */ entry) => ({
    id: entry.target,
    rev: entry.rev,
    sha256: entry.sha256,
    epoch: 'e',
    seq,
    number: 1,
  });
  await settle(
    claimed.map((entry) => ({ entry, proof: proof(entry) })),
    NOW,
  );
}

/** @param {Entry} entry */
export const bodyOf = (entry) => JSON.parse(entry.body ?? '');
