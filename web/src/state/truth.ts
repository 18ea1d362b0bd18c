/**
 * What is true of one community, as far as this page may say it.
 *
 * In: the state, the code, and what lies above it. Out: one `Truth`.
 * Holds: without a live link nothing is `active`, `clear` or `elevated`: it is `unknown`, with what was known last.
 * A community the server did not list is as the nearest above it that it did, but not `partial`; one that nobody lists is unknown, never clear.
 */
import type { AlertView, ArrivalView, CommunityView } from '../wire';
import { chain } from './areas';
import type { Picture, State } from './state';

export type Official = 'active' | 'clear' | 'unknown';
/** What the headline says. An advisory never hides an alert. */
export type Shown = 'active' | 'elevated' | 'unknown' | 'clear';
/** Why a state is unknown. */
export type Why = 'connecting' | 'link' | 'silent' | 'never';

export interface Truth {
  code: string;
  shown: Shown;
  official: Official;
  why: Why | null;
  /** `red` or `yellow` when active (or when last known active). */
  level: string | null;
  kinds: readonly string[];
  /** Alerts in force that reach it, official and authority. */
  alerts: readonly AlertView[];
  since: string | null;
  /** When unknown: what was known last, and the instant that was true for. */
  lastKnown: 'active' | 'clear' | null;
  lastKnownAt: string | null;
  elevated: ArrivalView | null;
  /** With the link lost: whether our forecast spoke of danger here when it was last heard. */
  lastElevated: boolean;
  /** The instant the arrival's seconds count from. */
  as_of: string | null;
  partial: boolean;
  disagreement: boolean;
  /** The server's view it rests on, its own or one above; null when there is none. */
  view: CommunityView | null;
}

type ParentOf = (code: string) => string | null | undefined;

const OFFICIAL: ReadonlySet<string> = new Set(['active', 'clear', 'unknown']);

/** `link` down: what was said is history. */
export const isBlind = (state: State): boolean => state.picture === null || state.link === 'lost' || state.link === 'connecting';

export function truthOf(state: State, code: string, parentOf: ParentOf): Truth {
  const { picture } = state;
  const codes = chain(code, (c) => picture?.communities.get(c)?.parent ?? parentOf(c));
  const view = picture === null ? null : (codes.map((c) => picture.communities.get(c)).find((v) => v !== undefined) ?? null);
  const blind = isBlind(state);
  // A state this page does not know of is not a calm one.
  const said: Official = view !== null && OFFICIAL.has(view.state) ? (view.state as Official) : 'unknown';
  const official: Official = blind ? 'unknown' : said;
  const elevated = blind ? null : (view?.elevated ?? null);
  const lastKnown = official !== 'unknown' ? null : said !== 'unknown' ? said : asKnown(view?.last_known);
  return {
    code,
    shown: official === 'active' ? 'active' : elevated !== null ? 'elevated' : official,
    official,
    why: official === 'unknown' ? whyUnknown(state, view) : null,
    level: view?.alert_level ?? null,
    kinds: view?.kinds ?? [],
    alerts: alertsReaching(picture, codes),
    since: view?.since ?? null,
    lastKnown,
    lastKnownAt: lastKnown === null ? null : blind ? (picture?.as_of ?? null) : lastHeard(view),
    elevated,
    lastElevated: blind && !!view?.elevated,
    as_of: view?.as_of ?? null,
    partial: !blind && view?.code === code && view.partial,
    disagreement: !blind && (view?.disagreement ?? false),
    view,
  };
}

const asKnown = (word: string | null | undefined): 'active' | 'clear' | null =>
  word === 'active' || word === 'clear' ? word : null;

function whyUnknown(state: State, view: CommunityView | null): Why {
  if (state.link === 'lost') return 'link';
  if (state.picture === null || state.link === 'connecting') return 'connecting';
  return view !== null && view.said_by.some((w) => w.heard_at) ? 'silent' : 'never';
}

/** The latest instant any source was heard on it; RFC 3339 instants of one writer sort as text. */
function lastHeard(view: CommunityView | null): string | null {
  const heard = (view?.said_by ?? []).flatMap((w) => (w.heard_at ? [w.heard_at] : []));
  return heard.sort().at(-1) ?? null;
}

function alertsReaching(picture: Picture | null, codes: readonly string[]): AlertView[] {
  if (picture === null) return [];
  return [...picture.alerts.values()].filter((a) => a.standing !== 'advisory' && codes.includes(a.community));
}

/** Alerts in force strictly below a community. */
export function alertsBelow(picture: Picture, code: string, parentOf: ParentOf): AlertView[] {
  const above = (c: string): string[] => chain(c, (x) => picture.communities.get(x)?.parent ?? parentOf(x)).slice(1);
  return [...picture.alerts.values()].filter((a) => a.standing !== 'advisory' && above(a.community).includes(code));
}

export interface Count {
  active: number;
  elevated: number;
  unknown: number;
  clear: number;
  partial: number;
}

/** How many regions (first level) are in which state. */
export function countRegions(state: State): Count {
  const count: Count = { active: 0, elevated: 0, unknown: 0, clear: 0, partial: 0 };
  for (const view of state.picture?.communities.values() ?? []) {
    if (view.level !== 'oblast') continue;
    const truth = truthOf(state, view.code, () => null);
    count[truth.shown] += 1;
    if (truth.partial && truth.official !== 'active') count.partial += 1;
  }
  return count;
}
