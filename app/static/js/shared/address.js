/**
 * Where a place is in words, from the walk's own address index: search for an address or a landmark, and what lies
 * near a spot. Answers are parts (street, number, kind, metres); the page makes the sentence in its language.
 * Nothing leaves the phone. Says "near" and never "in": the index knows points, not outlines.
 */
import { metresBetween } from './geo.js';

/** @typedef {import('./geo.js').Place} Place */
/** Street: name, x, y, [number, x, y, …], its name on the other sign. @typedef {[string, number, number, (string | number)[], string?]} StreetRow */
/** @typedef {[string | null, string, number, number]} PlaceRow name, kind, x, y */
/** @typedef {{o: [number, number], q: number, streets: StreetRow[], places: PlaceRow[]}} IndexData o: origin, q: steps per degree */
/** @typedef {Place & {kind: string, name: string, number: string | null}} Hit kind: address, street, or a landmark's */
/** @typedef {{street: string, number: string, metres: number}} NearAddress */
/** @typedef {{kind: string, name: string | null, metres: number}} NearPlace */
/** @typedef {{address: NearAddress | null, landmark: NearPlace | null, park: NearPlace | null}} Nearby */

const ADDRESS_WITHIN = 80;
const LANDMARK_WITHIN = 60;
const PARK_WITHIN = 250;
/** A number one can read on a door, not "30-34" nor a floor. */
const DOOR = /^\d+\s?\p{L}?$/u;
const QUERY = /^(.*?)(?:\s+(\d+\s?\p{L}?))?$/u;

/** Landmarks that help, the smaller the better: an underpass counts as if it were closer than a church. @type {Record<string, number>} */
const WEIGHT = {
  underpass: 0.4,
  passage: 0.5,
  playground: 0.6,
  bus_stop: 0.6,
  tram_stop: 0.6,
  school: 0.6,
  kindergarten: 0.6,
  station: 0.6,
  subway_entrance: 0.6,
  park: 0.7,
  library: 0.7,
  place_of_worship: 0.8,
  supermarket: 0.8,
};

/** @param {string} text */
const plain = (text) => text.toLocaleLowerCase('sv').normalize('NFC').trim();
/** Without dots and rings, for those who type fast. @param {string} text */
const folded = (text) => plain(text).normalize('NFD').replace(/\p{M}/gu, '');
/** @param {string} number */
const door = (number) => plain(number).replace(/\s/g, '');

/** @typedef {{name: string, plain: string, folded: string}} Words */
/** @param {string} name @returns {Words} */
const words = (name) => ({ name, plain: plain(name), folded: folded(name) });

/** How well a name answers what was typed; null for not at all. @param {Words} name @param {Words} wanted */
function rank(name, wanted) {
  if (name.plain === wanted.plain) return 0;
  if (name.plain.startsWith(wanted.plain)) return 1;
  if (name.folded.startsWith(wanted.folded)) return 2;
  if (name.folded.includes(` ${wanted.folded}`)) return 3;
  return name.folded.includes(wanted.folded) ? 4 : null;
}

export class AddressIndex {
  /** @param {IndexData} data */
  constructor({ o: [lon, lat], q, streets, places }) {
    /** @type {(x: number, y: number) => Place} */
    const at = (x, y) => ({ lon: lon + x / q, lat: lat + y / q });
    this.streets = streets.map(([name, x, y, flat, other]) => {
      const doors = [];
      for (let i = 0; i < flat.length; i += 3) {
        doors.push({ number: String(flat[i]), ...at(Number(flat[i + 1]), Number(flat[i + 2])) });
      }
      return { name, names: [name, other].filter((n) => n !== undefined).map(words), place: at(x, y), doors };
    });
    this.places = places.map(([name, kind, x, y]) => ({
      name,
      kind,
      words: name ? words(name) : null,
      place: at(x, y),
    }));
  }

  /**
   * Best first. A number that the street does not have finds the street.
   * @param {string} text @param {number} [limit] @returns {Hit[]}
   */
  search(text, limit = 8) {
    const parts = QUERY.exec(text.trim());
    if (!parts?.[1]) return [];
    const wanted = words(parts[1]);
    const number = parts[2] ? door(parts[2]) : null;
    const found = [...this.#streetHits(wanted, number), ...this.#placeHits(words(text))];
    return found
      .sort((a, b) => a.score - b.score || a.hit.name.localeCompare(b.hit.name, 'sv'))
      .slice(0, limit)
      .map(({ hit }) => hit);
  }

  /** @param {Words} wanted @param {string | null} number */
  *#streetHits(wanted, number) {
    for (const { name, names, place, doors } of this.streets) {
      const ranks = names.map((one) => rank(one, wanted)).filter((score) => score !== null);
      if (ranks.length === 0) continue;
      const score = Math.min(...ranks);
      const hit = number ? doors.find((one) => door(one.number) === number) : undefined;
      if (hit)
        yield {
          score: score - 0.5,
          hit: { kind: 'address', name, number: hit.number, lat: hit.lat, lon: hit.lon },
        };
      else yield { score, hit: { kind: 'street', name, number: null, ...place } };
    }
  }

  /** @param {Words} wanted */
  *#placeHits(wanted) {
    for (const { name, kind, words: own, place } of this.places) {
      const score = own && rank(own, wanted);
      if (score !== null)
        yield { score: score + 0.2, hit: { kind, name: name ?? '', number: null, ...place } };
    }
  }

  /**
   * What a spot is near: the closest door, the most telling landmark, and where no door is close, the closest park.
   * @param {Place} spot @returns {Nearby}
   */
  near(spot) {
    const address = this.#nearestDoor(spot);
    const landmark = this.#nearestPlace(spot, LANDMARK_WITHIN, (kind) => WEIGHT[kind] ?? null);
    const park = address
      ? null
      : this.#nearestPlace(spot, PARK_WITHIN, (kind) => (kind === 'park' ? 1 : null));
    return { address, landmark, park };
  }

  /** @param {Place} spot @returns {NearAddress | null} */
  #nearestDoor(spot) {
    let best = null;
    let least = ADDRESS_WITHIN;
    for (const { name, doors } of this.streets) {
      for (const one of doors) {
        const metres = metresBetween(spot, one);
        if (metres >= least || !DOOR.test(one.number)) continue;
        least = metres;
        best = { street: name, number: one.number, metres: Math.round(metres) };
      }
    }
    return best;
  }

  /** @param {Place} spot @param {number} within @param {(kind: string) => number | null} weigh @returns {NearPlace | null} */
  #nearestPlace(spot, within, weigh) {
    let best = null;
    let least = Number.POSITIVE_INFINITY;
    for (const { name, kind, place } of this.places) {
      const weight = weigh(kind);
      if (weight === null) continue;
      const metres = metresBetween(spot, place);
      if (metres > within || metres * weight >= least) continue;
      least = metres * weight;
      best = { kind, name, metres: Math.round(metres) };
    }
    return best;
  }
}
