/** What the screens are given. Owns no behaviour. */
import type { WalkMap } from '../../shared/map.js';
import type { Theme } from '../theme.js';
import type { Bundle, Fix, Here, PinItem, PinView, Source, There, WalkRecord } from '../types';

/** A view that takes the whole phone; router.js opens and closes it. */
export interface Screen {
  /** Heading, and where focus goes. */
  title: string;
  body: (Node | null)[];
  foot?: Node | null;
  /** Extra class of the dialog. */
  look?: string;
  /** Without the usual head, for the viewfinder. */
  bare?: boolean;
  close?: () => void;
}

/** Where a new pin shall stand, before its category is chosen. */
export interface Spot {
  there: There;
  here: Here | null;
  source: Source;
  stop_id: string | null;
  address: string | null;
}

export interface Router {
  /** Open #/path; `replace` leaves no step back to the present one. */
  go(path: string, options?: { replace?: boolean }): void;
  back(): void;
  /** Draw what is open anew. */
  again(): void;
  /** The open path, '' on the map. */
  path(): string;
}

export interface App {
  walk: WalkRecord;
  bundle: Bundle;
  router: Router;
  /** The home map, once drawn. */
  map: WalkMap | null;
  theme: Theme;
  pins: PinItem[];
  others: PinView[];
  /** The place of the pin that is being made. */
  spot: Spot | null;
  /** Where the phone is, if it is sure enough to say so. */
  fix(): Fix | null;
  redraw(): void;
}
