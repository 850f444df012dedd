/** What the server writes in front of sw.js. */
declare const BUILD: string;
declare const PRECACHE: Record<string, string>;
