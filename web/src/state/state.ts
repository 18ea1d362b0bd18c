/**
 * The one state of the page: what the server said, and whether it is still heard.
 *
 * Written by `reduce` alone; everything that draws reads it. Nothing in it is ever changed in place.
 */
import type { AlertView, CommunityView, ReportView, SourceView, TrackView } from '../wire';
import type { Clock, Stopwatch } from './clock';

/**
 * `connecting`: nothing heard yet. `live`: heard within the limit.
 * `broken`: the connection ended a moment ago, the limit is not reached. `lost`: nothing heard for longer than the limit.
 */
export type Link = 'connecting' | 'live' | 'broken' | 'lost';

/** What a whole picture holds. */
export interface Picture {
  status: string;
  mode: string;
  seq: number;
  as_of: string;
  communities: ReadonlyMap<string, CommunityView>;
  alerts: ReadonlyMap<number, AlertView>;
  tracks: readonly TrackView[];
  /** The instant the tracks and their arrival windows count from. */
  tracks_as_of: string;
  sources: readonly SourceView[];
  /** Newest first, at most `REPORTS_MAX`. */
  reports: readonly ReportView[];
}

export interface State {
  link: Link;
  /** Why the link is down, in the words of the one that noticed. */
  reason: string | null;
  /** When the last frame came. */
  heard: Stopwatch;
  clock: Clock | null;
  picture: Picture | null;
}

export const REPORTS_MAX = 30;

export const begin = (local: Stopwatch): State => ({
  link: 'connecting',
  reason: null,
  heard: local,
  clock: null,
  picture: null,
});
