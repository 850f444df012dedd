/**
 * A server that keeps the wire contract, in memory, with faults on demand. It replaces `fetch`.
 */
import { createHash } from 'node:crypto';

/** @param {string | Uint8Array} data */
const hash = (data) => createHash('sha256').update(data).digest('hex');

/** @param {number} status @param {any} body @param {Record<string, string>} [headers] */
export function json(status, body, headers = {}) {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type, ...headers } });
}

/** @param {number} status @param {string} code @param {boolean} retry @param {object} [extra] @param {Record<string, string>} [headers] */
export const problem = (status, code, retry, extra = {}, headers = {}) =>
  json(status, { type: `/problems#${code}`, title: code, status, code, retry, ...extra }, headers);

/** The login page of a network. */
export const portal = () => new Response('<html>Log in</html>', { headers: { 'Content-Type': 'text/html' } });

/** @typedef {{method: string, path: string, kind: string, target: string, body: any, text: string}} Call */
/** @typedef {Response | 'lost before' | 'lost after' | null | undefined} Fault */

export class Server {
  constructor() {
    this.epoch = 'epoch-1';
    this.seq = 0;
    this.backedUp = 0;
    this.state = 'open';
    /** @type {Map<string, {number: number, revs: {rev: number, sha256: string, seq: number, body: any}[], withdrawn: boolean}>} */
    this.pins = new Map();
    /** @type {Map<string, {sha256: string, rev: number, seq: number}>} */
    this.ratings = new Map();
    /** @type {Map<string, {seq: number, bytes: Uint8Array}>} */
    this.photos = new Map();
    /** @type {any[]} */
    this.feed = [];
    /** @type {Call[]} */
    this.calls = [];
    /** @type {(call: Call, n: number) => Fault | Promise<Fault>} */
    this.fault = () => null;
    /** @type {'ok' | 'refused'} */
    this.rejoin = 'ok';
    /** @type {any} */
    this.bundle = null;
    this.token = true;
  }

  install() {
    globalThis.fetch = /** @type {any} */ (
      async (/** @type {string} */ path, /** @type {any} */ init) => this.answer(path, init)
    );
    return this;
  }

  /** Calls that write, in order. */
  get writes() {
    return this.calls.filter((call) => call.method === 'PUT');
  }

  /** @param {string} path @param {{method: string, body?: any}} init */
  async answer(path, { method, body }) {
    const bytes = new Uint8Array(await new Response(body ?? '').arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const parts = path.split('?')[0].split('/');
    const call = {
      method,
      path,
      kind: parts[6] ?? parts[4] ?? parts[2],
      target: parts[5] ?? '',
      body: tryJson(text),
      text,
    };
    this.calls.push(call);
    const fault = await this.fault(call, this.calls.length);
    if (fault instanceof Response) return fault;
    if (fault === 'lost before') throw new TypeError('network');
    const response = this.route(call, bytes);
    if (fault === 'lost after') throw new TypeError('network');
    return response;
  }

  /** @param {Call} call @param {Uint8Array} bytes */
  route(call, bytes) {
    const { method, kind } = call;
    if (kind === 'join') return json(201, this.joined());
    if (kind === 'rejoin') {
      if (this.rejoin === 'refused') return problem(401, 'not_joined', false);
      this.token = true;
      return json(200, this.joined());
    }
    if (!this.token) return problem(401, 'not_joined', false);
    if (kind === 'capability') return json(200, { rejoin: 'capability-1' });
    if (kind === 'me') return new Response(null, { status: 204 });
    if (kind === 'changes') return this.changes(call.path);
    if (kind === 'missing') return this.missing(call.body);
    if (kind === 'receipt') return json(200, this.receipt());
    if (method === 'GET') return json(200, this.bundle);
    if (kind === 'pins') return this.pin(call);
    if (kind === 'withdrawal') return this.withdrawal(call);
    if (kind === 'ratings') return this.rating(call);
    if (kind === 'photos') return this.photo(call, bytes);
    return problem(404, 'not_found', false);
  }

  /** What is here now. */
  receipt() {
    const pins = [...this.pins.values()].filter((pin) => !pin.withdrawn).length;
    return { code: 'K4D7T-9QX2M', pins, photos: this.photos.size, waiting: 0 };
  }

  joined() {
    return {
      walk_id: this.bundle?.walk.id,
      participant_id: 'participant-2',
      rejoin: 'capability-2',
      epoch: this.epoch,
    };
  }

  /** @param {string} id @param {number} rev @param {string} sha256 @param {number} seq @param {object} [more] */
  proof(id, rev, sha256, seq, more) {
    return { id, rev, sha256, epoch: this.epoch, seq, ...more };
  }

  /** @param {Call} call */
  pin({ target, body, text }) {
    const sha256 = hash(text);
    const pin = this.pins.get(target);
    const seen = pin?.revs.find((each) => each.rev === body.rev && each.sha256 === sha256);
    if (pin && seen) return json(200, this.proof(target, body.rev, sha256, seen.seq, { number: pin.number }));
    if (pin && !pin.revs.some((each) => each.rev === body.base_rev)) {
      const kept = pin.revs[pin.revs.length - 1];
      return problem(409, 'pin_conflict', false, {
        kept: { rev: kept.rev, sha256: kept.sha256 },
        stored: true,
      });
    }
    const stored = pin ?? { number: this.pins.size + 1, revs: [], withdrawn: false };
    stored.revs.push({ rev: body.rev, sha256, seq: ++this.seq, body });
    this.pins.set(target, stored);
    return json(pin ? 200 : 201, this.proof(target, body.rev, sha256, this.seq, { number: stored.number }));
  }

  /** @param {Call} call */
  withdrawal({ target, body, text }) {
    const pin = this.pins.get(target);
    if (!pin) return problem(404, 'not_found', false);
    pin.withdrawn = true;
    pin.revs.push({ rev: body.rev, sha256: hash(text), seq: ++this.seq, body });
    return json(200, this.proof(target, body.rev, hash(text), this.seq));
  }

  /** @param {Call} call */
  rating({ target, body, text }) {
    this.ratings.set(target, { sha256: hash(text), rev: body.rev, seq: ++this.seq });
    return json(201, this.proof(target, body.rev, hash(text), this.seq));
  }

  /** @param {Call} call @param {Uint8Array} bytes */
  photo({ target }, bytes) {
    if (hash(bytes) !== target) return problem(422, 'hash_mismatch', true);
    const known = this.photos.get(target);
    if (!known) this.photos.set(target, { seq: ++this.seq, bytes });
    return json(known ? 200 : 201, this.proof(target, 1, target, this.photos.get(target)?.seq ?? 0));
  }

  /** @param {string} path */
  changes(path) {
    const query = new URL(path, 'https://walk.test').searchParams;
    const [epoch, after] = [query.get('epoch') ?? '', Number(query.get('after'))];
    const reset = Boolean(epoch || after) && (epoch !== this.epoch || after > this.seq);
    const items = this.feed.filter((item) => item.seq > (reset ? 0 : after));
    const head = {
      epoch: this.epoch,
      seq: this.seq,
      more: false,
      backed_up_seq: this.backedUp,
      walk_state: this.state,
    };
    return json(200, { ...head, items, ...(reset && { reset }) });
  }

  /** @param {any} held */
  missing(held) {
    const lacksPin = (/** @type {any} */ thing) =>
      !this.pins.get(thing.id)?.revs.some((each) => each.rev === thing.rev && each.sha256 === thing.sha256);
    const lacksRating = (/** @type {any} */ thing) => this.ratings.get(thing.id)?.sha256 !== thing.sha256;
    const ids = (/** @type {any[]} */ things) => things.map((thing) => thing.id);
    return json(200, {
      pins: ids(held.pins.filter(lacksPin)),
      ratings: ids(held.ratings.filter(lacksRating)),
      photos: held.photos.filter((/** @type {string} */ sha256) => !this.photos.has(sha256)),
    });
  }

  /** Last night's backup is put back: everything after it is gone. */
  restoreEmpty() {
    this.epoch = `${this.epoch}'`;
    this.seq = 0;
    this.backedUp = 0;
    this.feed = [];
    this.pins.clear();
    this.photos.clear();
    this.ratings.clear();
  }
}

/** @param {string} text */
function tryJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
