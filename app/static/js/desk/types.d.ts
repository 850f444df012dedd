/** What the desk's modules hand each other. */

export type Review = 'new' | 'approved' | 'hidden';

export interface DeskPhoto {
  id: string | null;
  sha256: string;
  state: 'expected' | 'received' | 'ready' | 'quarantined';
  review: Review;
  seq: number | null;
  w: number | null;
  h: number | null;
  alt: string;
  phase: string | null;
  quarantine: string | null;
  bytes: number | null;
  /** Another one for other pixels. */
  version: string | null;
  boxes: Box[];
  /** Boxes that wait for a human. */
  proposals: Box[];
  looked_at: string | null;
  redacted_at: string | null;
}

/** x, y, width and height in pixels of the full picture. */
export type Box = [number, number, number, number];

/** Something in a pin's words that may name a person; places are in UTF-16 units. */
export interface Finding {
  field: 'text' | 'proposal' | `${'extra' | 'public' | 'decision'}.${string}`;
  kind: 'person' | 'personal_number' | 'phone' | 'plate' | 'email' | 'address';
  start: number;
  end: number;
}

/** What a facilitator can settle about an issue. */
export interface IssueFields {
  status: string;
  owner_id: string | null;
  person: string | null;
  due_on: string | null;
  horizon: string | null;
  lever: string | null;
  mode: string | null;
  priority: number | null;
  reference: string | null;
  title: Record<string, string>;
  decision: Record<string, string>;
}

/** What happens about one or more pins: pins that were merged share it. */
export interface Issue extends IssueFields {
  id: string;
  seq: number;
  voices: number;
  members: number;
  own_id: string;
}

/** Whose land it is: a GeoJSON MultiPolygon. */
export interface Ground {
  type: 'MultiPolygon';
  coordinates: [number, number][][][];
}

export interface Owner {
  id: string;
  name: string;
  kind: string;
  /** For which it is suggested where no ground decides. */
  categories: string[];
  ground: Ground | null;
  /** Not offered any more. */
  aside: boolean;
}

/** A pin as the server shows it to staff. */
export interface StaffView {
  type: 'pin';
  id: string;
  seq: number;
  rev: number;
  number: number;
  kind: string;
  category: string;
  symbol_group: string;
  lat: number;
  lon: number;
  status: string;
  late: boolean;
  secondary: string | null;
  place_type: string | null;
  accuracy_m: number | null;
  source: string;
  address: string | null;
  text: string;
  text_lang: string | null;
  text_review: Review;
  /** The words that are public once approved, by language; empty: the participant's own. */
  text_public: Record<string, string>;
  findings: Finding[];
  review: Review;
  severity: number | null;
  acute: boolean;
  feeling_day: number | null;
  feeling_dark: number | null;
  avoids: boolean | null;
  when: string[];
  affected: string[];
  proposal: string;
  voice: string | null;
  group: string | null;
  extra: Record<string, string>;
  staff_only: boolean;
  visibility: string;
  quarantine: string | null;
  photos: DeskPhoto[];
  sensitive: boolean;
  stop_id: string | null;
  participant: string | null;
  participant_hidden: boolean;
  participant_waits: boolean;
  made_at: string;
  received_at: string;
  withdrawn: boolean;
  outside: boolean;
  conflict: boolean;
  unknown_category: boolean;
  here: { lat: number; lon: number } | null;
  issue: Issue;
}

/** What is known of a pin from the first load on; `whole` comes later. */
export interface DeskPin {
  number: number;
  seq: number;
  lat: number;
  lon: number;
  group: string;
  kind: string;
  category: string;
  status: string;
  review: Review;
  acute: boolean;
  late: boolean;
  outside: boolean;
  photo_waiting: boolean;
  text_waiting: boolean;
  conflict: boolean;
  quarantine: boolean;
  unknown_category: boolean;
  withdrawn: boolean;
  participant_hidden: boolean;
  participant_waits: boolean;
  staff_only: boolean;
  owned: boolean;
  merged: boolean;
  /** What may want a look: kinds of hints, none where all is ordinary. */
  hints: string[];
  issue: Issue | null;
  whole: StaffView | null;
}

/** The first load: one list for each property, all of the same length. */
export interface Columns {
  epoch: string;
  seq: number;
  words: Record<'group' | 'kind' | 'category' | 'status' | 'review', string[]>;
  flag_bits: string[];
  number: number[];
  lat: number[];
  lon: number[];
  group: number[];
  kind: number[];
  category: number[];
  status: number[];
  review: number[];
  flags: number[];
  pin_seq: number[];
}

export interface FeedAnswer {
  epoch: string;
  seq: number;
  more: boolean;
  reset?: boolean;
  walk_state: string;
  items: (StaffView | { type: 'walk' | 'rating'; id: string; seq: number })[];
}

export type Show =
  | 'new'
  | 'photos'
  | 'no_owner'
  | 'acute'
  | 'late'
  | 'outside'
  | 'aside'
  | 'waiting'
  | 'unusual'
  | 'merged'
  | 'hidden';

export interface Filter {
  shows: Show[];
  category: string;
  q: string;
  /** '' or 'lat,lon,metres' */
  near: string;
}

export interface DeskState extends Filter {
  pin: number | null;
  pane: 'list' | 'map';
}

export interface Category {
  code: string;
  label: string;
  label_positive: string;
  tile: string;
  group: string;
  symbol_group: string;
  icon: string;
  icon_positive?: string;
  sensitive: boolean;
  extras?: { key: string; label: string }[];
}

export interface Labelled {
  code: string;
  label: string;
}

export interface Stop {
  id: string;
  order: number;
  name: string;
  lat: number;
  lon: number;
}

/** What the page carries about its walk. */
export interface DeskBundle {
  walk: {
    id: string;
    title: string;
    state: string;
    starts_at: string;
    created_at: string;
    others_visible: boolean;
    languages: string[];
  };
  area: {
    name: string;
    timezone: string;
    bbox: [number, number, number, number];
    polygon: { coordinates: [number, number][][] } | null;
  };
  route: [number, number][] | null;
  stops: Stop[];
  categories: Category[];
  groups: Labelled[];
  symbol_groups: Labelled[];
  place_types: Labelled[];
  kinds: Labelled[];
  pack: { url: string } | null;
  /** Whether this person decides here, or only looks. */
  may_run: boolean;
  /** Whether the server looks for faces in photos. */
  faces: boolean;
}

export interface Revision {
  seq: number;
  at: string;
  by: 'participant' | 'facilitator' | 'system';
  name: string | null;
  changed: string[];
  lost: Record<string, unknown> | null;
  conflict_copy: Record<string, unknown> | null;
  act: Record<string, unknown> | null;
}

/** One thing a human decided, and how to take it back. */
export type Act =
  | { what: 'pin'; number: number; to: Review }
  | { what: 'text'; number: number; to: Review }
  | { what: 'photo'; number: number; photo: string; to: Review }
  | {
      what: 'redaction';
      number: number;
      photo: string;
      to: { boxes: Box[]; proposals: Box[] };
    }
  | { what: 'words'; number: number; to: Record<string, string> }
  | { what: 'conflict'; number: number; to: boolean }
  | { what: 'participant'; number: number; participant: string; to: boolean }
  | { what: 'waiting'; number: number; participant: string; to: boolean };

/** What the acts on pins need of the page. */
export interface TriagePage {
  bundle: DeskBundle;
  pins: import('./acts.js').KnownPins;
  send: import('./acts.js').Send;
  chosen(): DeskPin | null;
  rows(): readonly number[];
  select(number: number | null, how?: { focus?: boolean }): void;
  labelOf(pin: DeskPin): string;
  /** Show what is known now. */
  draw(): void;
  /** Ticks have changed. */
  ticked(): void;
  /** Fetch these in full; false without contact. */
  whole(numbers: readonly number[]): Promise<boolean>;
  /** Ask the server for changes now. */
  ask(): void;
}
