/**
 * The one writer of the state.
 *
 * In: the state, and one thing that happened. Out: the next state; the same object when nothing changed.
 * Holds: a snapshot replaces everything, and what it says of several at once is said of each; a change is applied once; silence longer than the limit is `lost`, whatever
 * the socket says; `lost` ends only by a frame from the server.
 * Absent: any reading of the clock. Stopwatches come in with each action.
 */
import type { Frame, AlertView, CommunityView, ReportView, SourceView, StateView } from '../wire';
import { elapsedMs, instantMs, serverNowMs, type Clock, type Stopwatch } from './clock';
import { REPORTS_MAX, type Picture, type State } from './state';

/** No frame for so long means *unknown*. Heartbeats come every 5 s, so two were missed. */
export const LOST_AFTER_MS = 12_000;

export type Action =
  | { kind: 'frame'; frame: Frame; local: Stopwatch }
  | { kind: 'down'; reason: string; local: Stopwatch }
  | { kind: 'tick'; local: Stopwatch };

export function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case 'frame':
      return onFrame(state, action.frame, action.local);
    case 'down':
      return age(state.link === 'live' ? { ...state, link: 'broken', reason: action.reason } : state, action.local);
    case 'tick':
      return age(state, action.local);
  }
}

/** Declares the link lost when it has been silent too long. */
function age(state: State, local: Stopwatch): State {
  if (state.link === 'lost' || elapsedMs(state.heard, local) < LOST_AFTER_MS) return state;
  return { ...state, link: 'lost' };
}

function onFrame(state: State, frame: Frame, local: Stopwatch): State {
  const { picture, clock } = next(state, frame, local);
  // Without a whole picture there is nothing to show, however lively the stream: the link is not live yet.
  if (picture === null) return { ...state, clock };
  return { link: 'live', reason: null, heard: local, clock, picture };
}

function next(state: State, frame: Frame, local: Stopwatch): { picture: Picture | null; clock: Clock | null } {
  const { picture } = state;
  switch (frame.event) {
    case 'snapshot': {
      const { body } = frame;
      return {
        clock: told(body.server_time, body.speed, local) ?? state.clock,
        picture: {
          status: body.status,
          mode: body.mode,
          seq: body.seq,
          as_of: body.as_of,
          communities: spelledOut(body),
          alerts: new Map(body.alerts.filter((a) => !a.ended_at).map((a) => [a.id, a])),
          tracks: body.tracks,
          tracks_as_of: body.as_of,
          sources: body.sources,
          reports: body.reports.slice(0, REPORTS_MAX),
        },
      };
    }
    case 'change': {
      const { body } = frame;
      const clock = notBefore(state.clock, body.as_of, local);
      if (picture === null || body.seq <= picture.seq) return { picture, clock };
      const communities = new Map(picture.communities);
      for (const community of body.communities) communities.set(community.code, community);
      for (const code of body.communities_gone) communities.delete(code);
      return {
        clock,
        picture: {
          ...picture,
          seq: body.seq,
          as_of: later(picture.as_of, body.as_of),
          communities,
          alerts: withAlerts(picture.alerts, body.alerts),
          reports: withReports(picture.reports, body.reports),
          sources: withSources(picture.sources, body.sources),
        },
      };
    }
    case 'tracks': {
      const { body } = frame;
      const clock = notBefore(state.clock, body.as_of, local);
      if (picture === null) return { picture, clock };
      const as_of = later(picture.as_of, body.as_of);
      return { clock, picture: { ...picture, as_of, tracks: body.tracks, tracks_as_of: body.as_of } };
    }
    case 'heartbeat': {
      const { body } = frame;
      const clock = told(body.server_time, body.speed, local) ?? state.clock;
      if (picture === null) return { picture, clock };
      return { clock, picture: { ...picture, as_of: later(picture.as_of, body.as_of), sources: body.sources } };
    }
  }
}

/** The communities that a snapshot lists, and those it only names, each with what is true of the one it is like. */
function spelledOut(body: StateView): ReadonlyMap<string, CommunityView> {
  const communities = new Map(body.communities.map((c) => [c.code, c]));
  for (const { like, level, named } of body.alike) {
    const above = communities.get(like);
    // Like nothing we know: then nothing is said of them, which is unknown.
    if (above === undefined) continue;
    for (const names of named) {
      if (!communities.has(names.code)) communities.set(names.code, { ...above, ...names, level, parent: like, uid: null, partial: false });
    }
  }
  return communities;
}

/** The clock as the server just told it. */
function told(server_time: string, speed: number, local: Stopwatch): Clock | null {
  const server_ms = instantMs(server_time);
  if (server_ms === null) return null;
  return { server_ms, speed: Number.isFinite(speed) && speed > 0 ? speed : 1, local };
}

/** A frame that is true for an instant was sent at that instant or after it: the server's clock is not before it. */
function notBefore(clock: Clock | null, as_of: string, local: Stopwatch): Clock | null {
  const ms = instantMs(as_of);
  if (clock === null || ms === null || ms <= serverNowMs(clock, local)) return clock;
  return { server_ms: ms, speed: clock.speed, local };
}

const later = (a: string, b: string): string => ((instantMs(b) ?? 0) >= (instantMs(a) ?? 0) ? b : a);

function withAlerts(old: ReadonlyMap<number, AlertView>, news: readonly AlertView[]): ReadonlyMap<number, AlertView> {
  if (news.length === 0) return old;
  const alerts = new Map(old);
  for (const alert of news) {
    if (alert.ended_at) alerts.delete(alert.id);
    else alerts.set(alert.id, alert);
  }
  return alerts;
}

function withReports(old: readonly ReportView[], news: readonly ReportView[]): readonly ReportView[] {
  if (news.length === 0) return old;
  const told = new Set(news.map((r) => r.event));
  return [...news, ...old.filter((r) => !told.has(r.event))].sort((a, b) => b.event - a.event).slice(0, REPORTS_MAX);
}

function withSources(old: readonly SourceView[], news: readonly SourceView[]): readonly SourceView[] {
  if (news.length === 0) return old;
  const sources = new Map(old.map((s) => [s.source, s]));
  for (const source of news) sources.set(source.source, source);
  return [...sources.values()].sort((a, b) => (a.source < b.source ? -1 : 1));
}
