/**
 * The words of the phone, as types. Owns no behaviour: every module under phone/ describes its data with these.
 * Wire shapes follow the server's schemas; stored shapes are those of IndexedDB `trygga-steg` version 1.
 */

export type Kind = 'problem' | 'positive' | 'idea';
export type Source = 'sensor' | 'crosshair' | 'stop' | 'address';

/** Where the phone stood when "New pin" was tapped. */
export interface Here {
  lat: number;
  lon: number;
  accuracy_m: number | null;
  age_s: number | null;
}
/** Where the thing is. */
export interface There {
  lat: number;
  lon: number;
}

/** A photo's place on a pin (the bytes live elsewhere, by hash). */
export interface PhotoPlace {
  sha256: string;
  alt: string;
  order: number;
  phase: string | null;
  taken_at: string | null;
}

/** What a resident says about one spot: the pin body without what the store adds by itself. */
export interface PinFields {
  kind: Kind;
  category: string;
  secondary: string | null;
  place_type: string | null;
  here: Here | null;
  there: There;
  source: Source;
  stop_id: string | null;
  address: string | null;
  text: string;
  text_lang: string | null;
  severity: 1 | 2 | 3 | null;
  acute: boolean;
  feeling_day: number | null;
  feeling_dark: number | null;
  avoids: boolean | null;
  when: string[];
  affected: string[];
  proposal: string;
  voice: 'resident' | 'professional' | null;
  group: string | null;
  staff_only: boolean;
  /** What was written in extra fields, by their keys. */
  extra?: Record<string, string>;
}
/** The least a pin needs at the tile tap; everything else gets its default. */
export type NewPin = Partial<PinFields> & Pick<PinFields, 'kind' | 'category' | 'there'>;

/** The JSON body of `PUT /api/walks/<w>/pins/<id>`. */
export interface PinBody extends PinFields {
  schema: 1;
  client: string;
  rev: number;
  base_rev: number | null;
  made_at: string;
  secret_sha256: string | null;
  photos: PhotoPlace[];
}

export interface Proof {
  id: string;
  rev: number;
  sha256: string;
  epoch: string;
  seq: number;
  number?: number;
}
export interface ProblemData {
  type?: string;
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  retry?: boolean;
  errors?: unknown;
  stored?: boolean;
  kept?: { rev: number; sha256: string };
}

/** What `api.request` answers. It never throws. */
export interface ApiResult {
  ok: boolean;
  status: number;
  data: any;
  problem: ProblemData | null;
  /** No answer at all: offline, reset, timed out, aborted. */
  network: boolean;
  /** Somebody else answered: login page of a network, a redirect, 511. */
  portal: boolean;
  /** The raw Retry-After header. */
  retryAfter: string | null;
}

// ---------------------------------------------------------------- the walk's bundle (GET /api/walks/<w>)
export interface WalkInfo {
  id: string;
  title: string;
  purpose: string;
  light: string;
  theme: string;
  state: 'draft' | 'open' | 'closing' | 'closed' | 'archived';
  starts_at: string | null;
  ends_at: string | null;
  closes_at: string | null;
  answers_by?: string | null;
  organisation: { name: string; host: string };
  others_visible: boolean;
  languages: string[];
  fictional: boolean;
  practice?: boolean;
}
export interface Question {
  id: string;
  text: string;
  scale: string;
}
export interface Stop {
  id: string;
  order: number;
  name: string;
  lat: number;
  lon: number;
  place_type: string | null;
  minutes: number | null;
  radius_m: number;
  questions: Question[];
}
export interface Labelled {
  code: string;
  label: string;
}
export interface Category {
  code: string;
  group: string;
  symbol_group: string;
  icon: string;
  /** Where the other one shows what is wrong. */
  icon_positive?: string;
  sensitive: boolean;
  /** Place among the ten tiles of the first screen, and the short word there. */
  button: number | null;
  tile: string;
  label: string;
  label_positive: string | null;
  hint: string | null;
  /** What this walk asks of it besides. */
  extras?: { key: string; label: string }[];
}
export interface PackInfo {
  name: string;
  url: string;
  sha256: string;
  bytes: number;
  index_url: string;
  index_sha256: string;
  index_bytes: number;
  bbox: [number, number, number, number];
  minzoom: number;
  maxzoom: number;
}
export interface Bundle {
  walk: WalkInfo;
  area: { name: string; timezone: string; bbox: [number, number, number, number]; polygon: unknown };
  route: [number, number][] | null;
  stops: Stop[];
  end_questions: Question[];
  categories: Category[];
  groups: Labelled[];
  place_types: Labelled[];
  kinds: Labelled[];
  pack: PackInfo | null;
  participant: { id: string };
  epoch: string;
  seq: number;
}

/** A pin as the feed shows it to a participant. */
export interface PinView {
  type: 'pin';
  id: string;
  seq: number;
  rev: number;
  number: number;
  kind: Kind;
  category: string;
  lat: number;
  lon: number;
  mine: boolean;
  status: string;
  text: string | null;
  photos: { id: string; w: number; h: number; alt: string }[];
  late: boolean;
  review?: string;
  conflict?: boolean;
}
export type FeedItem =
  | PinView
  | { type: 'pin'; id: string; seq: number; gone: true }
  | { type: 'walk'; seq: number };
export interface FeedAnswer {
  epoch: string;
  seq: number;
  more: boolean;
  backed_up_seq: number;
  walk_state: string;
  items: FeedItem[];
  reset?: boolean;
}

// ---------------------------------------------------------------- IndexedDB `trygga-steg` v1
export interface Ready {
  shell: boolean;
  pack: boolean;
  bytes: number;
}
export interface WalkRecord {
  id: string;
  bundle: Bundle | null;
  rejoin: string | null;
  participant_id: string | null;
  lang: string;
  /** Feed position: everything up to `after` in `epoch` is on this phone. */
  epoch: string | null;
  after: number;
  backed_up_seq: number;
  ready: Ready | null;
  joined_at: string;
  /** When the resident left; unsent pins are still sent while the re-join capability works. */
  left: string | null;
  /** What the server said had arrived when nothing waited any more, and the code by which anyone can ask it again. */
  receipt?: Receipt | null;
  /** The server did not know this phone any more: what was sent before is another participant's there. */
  joined_anew?: boolean;
  /** Its queue waits: for the walk's code, since the server no longer knows this phone; or for nothing, the walk is gone. */
  parked: 'rejoin' | 'gone' | null;
}
export interface Receipt {
  code: string;
  pins: number;
  photos: number;
  /** The server's life in which it was given: a restored one is asked again. */
  epoch: string | null;
}
export type PinState = 'saved' | 'sending' | 'sent' | 'help';
export interface PinRecord {
  id: string;
  walk: string;
  made_at: string;
  fields: PinFields;
  category: string;
  photos: PhotoPlace[];
  rev: number;
  acked_rev: number;
  acked_sha256: string | null;
  /** The exact text the server proved to have, kept so that a restored server can be healed. */
  acked_body: string | null;
  secret: string;
  number: number | null;
  seq: number | null;
  withdrawn: boolean;
  /** While later than now, `undo(id)` brings a withdrawn pin back. */
  undo_until: number | null;
  /** The camera is or was open for this pin; on start the interface asks "Add photo?". */
  awaiting_photo: boolean;
  /** A photo was taken but the phone had no room for it. */
  photo_lost: boolean;
  review: string | null;
  status: string | null;
  conflict: boolean;
  late: boolean;
}
/** Everything about a stored photo but its bytes. */
export interface PhotoRecord {
  walk: string;
  sha256: string;
  type: string;
  size: number;
  thumb: ArrayBuffer | null;
  made_at: string;
  acked: boolean;
  acked_at: number | null;
  seq: number | null;
  /** False once the bytes were let go after a finished backup. */
  has_bytes: boolean;
  /** True for a picture this phone could not decode (HEIC): sent as it is, the server tries. */
  raw: boolean;
}
export interface BytesRecord {
  walk: string;
  sha256: string;
  type: string;
  bytes: ArrayBuffer;
}

export type EntryKind = 'pin' | 'photo' | 'withdrawal' | 'rating';
export type EntryState = 'waiting' | 'sending' | 'help';
/** Why an entry is still here, in a form the interface can put into words. */
export interface EntryProblem {
  code: string;
  status: number;
  title: string | null;
  obey: boolean;
}
/** One thing to send. Leaves only on proof. */
export interface Entry {
  id: string;
  walk: string;
  kind: EntryKind;
  target: string;
  rev: number;
  /** Verbatim JSON; null for a photo, whose bytes are found by `target`. */
  body: string | null;
  sha256: string;
  created_at: number;
  not_before: number;
  tries: number;
  next_at: number;
  state: EntryState;
  problem: EntryProblem | null;
  /** Set before the first byte leaves and never taken back. */
  maybe_sent: boolean;
  /** A photo is made smaller at most once. */
  recompressed: boolean;
  /** It had arrived; a server that lost it asked for it. */
  again?: boolean;
}
export interface RatingRecord {
  id: string;
  walk: string;
  question_id: string;
  stop_id: string | null;
  score: number | null;
  text: string;
  made_at: string;
  rev: number;
  acked_rev: number;
  acked_sha256: string | null;
  acked_body: string | null;
}
export interface RatingItem extends RatingRecord {
  state: PinState;
}
export interface NewRating {
  question_id: string;
  stop_id: string | null;
  score: number | null;
  text: string;
}

// ---------------------------------------------------------------- what the interface is given
export type PhotoState = 'waiting' | 'sending' | 'sent' | 'help';
export interface PhotoItem extends PhotoPlace {
  state: PhotoState;
  problem: EntryProblem | null;
}
/** A pin for the screen: no bytes, every state in one word. `state` is about the pin, each photo has its own. */
export interface PinItem extends Omit<PinRecord, 'photos' | 'secret' | 'acked_body' | 'acked_sha256'> {
  /** Derived from the outbox, so that it cannot be wrong. */
  state: PinState;
  photos: PhotoItem[];
  /** Why it waits or needs help, if the server or the network said so. */
  problem: EntryProblem | null;
}

export interface StoreMode {
  /** IndexedDB refused: nothing survives the tab. The interface shows a banner and sends at once. */
  memory: boolean;
  reason: string | null;
  /** A newer version of the app opened the store in another tab: this one must be reloaded. */
  outdated: boolean;
}
export interface StoreChange {
  what: 'pins' | 'entries' | 'others' | 'walks' | 'ratings' | 'mode';
  walk: string | null;
  /** `sync`: an answer of the server changed it; `resident`: something new to send or show. */
  by: 'resident' | 'sync';
  /** Another tab of this phone did it. */
  elsewhere?: boolean;
}

/** A photo ready to be stored: upright, small, without metadata. */
export interface PreparedPhoto {
  type: string;
  bytes: ArrayBuffer;
  thumb: ArrayBuffer | null;
  sha256: string;
  width: number | null;
  height: number | null;
  /** True when the phone could not decode it and the original is kept as it is. */
  raw: boolean;
}
export type PhotoToAdd = PreparedPhoto & { alt?: string; phase?: string | null; taken_at?: string | null };

/** Counts behind the words of the sync pill and the "my pins" screen. */
export interface QueueSummary {
  /** Things (pins, ratings, withdrawals) not yet proven. */
  waiting: number;
  photos: number;
  help: number;
  total: number;
  /** The one sentence to show. */
  word: 'done' | 'photos' | 'waiting' | 'help' | 'rejoin' | 'gone' | 'portal';
}
export interface SyncState {
  running: boolean;
  /** Progress of this round: sending i of n. */
  i: number;
  n: number;
  lastError: 'network' | 'portal' | 'rejoin' | 'server' | 'storage' | 'full' | null;
  /** Milliseconds; the last time something was proven sent. */
  lastSentAt: number | null;
  /** Walks that nothing can be sent to, see WalkRecord. */
  parked: string[];
}
export interface SyncReport {
  busy: boolean;
  sent: number;
  failed: number;
  pulled: number;
  stopped: SyncState['lastError'];
}

// ---------------------------------------------------------------- position
export interface Fix {
  lat: number;
  lon: number;
  accuracy_m: number | null;
  at: number;
}
export type Grade = 'good' | 'rough' | 'none';
export type PositionState = 'idle' | 'waiting' | 'watching' | 'denied' | 'unavailable' | 'insecure';
export interface PositionView {
  state: PositionState;
  grade: Grade;
  fix: Fix | null;
  accuracy_m: number | null;
  age_s: number | null;
}

// ---------------------------------------------------------------- camera
export type CameraRefusal = 'denied' | 'slow' | 'none' | 'insecure';
export interface Camera {
  /** Give the picture to this <video playsinline muted>. */
  attach(video: HTMLVideoElement): Promise<void>;
  takeFrame(): Promise<ImageBitmap>;
  readonly hasTorch: boolean;
  setTorch(on: boolean): Promise<void>;
  stop(): void;
}
export type CameraResult = { ok: true; camera: Camera } | { ok: false; reason: CameraRefusal };

// ---------------------------------------------------------------- offline readiness
export interface Readiness extends Ready {
  /** True only when shell, pack and address index are all proven to be on the phone. */
  ready: boolean;
  problem: 'network' | 'portal' | 'full' | 'mismatch' | 'no_worker' | null;
}

/** The answer of joining or entering a walk. `ok`: it can be used now, if need be from what is stored. */
export interface Entered {
  ok: boolean;
  walk: WalkRecord | null;
  result: ApiResult | null;
}
export type Rejoined = 'ok' | 'refused' | 'gone' | 'later';
