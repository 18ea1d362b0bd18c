/**
 * Short names for the generated types of the wire, and the door every frame passes.
 *
 * In: the text of one frame. Out: the frame as its generated type, or the reason it was refused.
 * Holds: a frame that passed has every list the reducer walks; nothing else is assumed of it.
 * Absent: copies of the Rust types. They come from `npm run wire`.
 */
import type { components } from './wire.gen';

type Schemas = components['schemas'];
export type StateView = Schemas['StateView'];
export type ChangeView = Schemas['ChangeView'];
export type TracksView = Schemas['TracksView'];
export type HeartbeatView = Schemas['HeartbeatView'];
export type CommunityView = Schemas['CommunityView'];
export type AlertView = Schemas['AlertView'];
export type TrackView = Schemas['TrackView'];
export type ForecastView = Schemas['ForecastView'];
export type SourceView = Schemas['SourceView'];
export type ReportView = Schemas['ReportView'];
export type ArrivalView = Schemas['ArrivalView'];
export type AreaView = Schemas['AreaView'];
export type WordView = Schemas['WordView'];
export type WhyView = Schemas['WhyView'];
export type StepView = Schemas['StepView'];
export type PushView = Schemas['PushView'];

export type Frame =
  | { event: 'snapshot'; body: StateView }
  | { event: 'change'; body: ChangeView }
  | { event: 'tracks'; body: TracksView }
  | { event: 'heartbeat'; body: HeartbeatView };

const LISTS: Record<Frame['event'], readonly string[]> = {
  snapshot: ['communities', 'alike', 'alerts', 'tracks', 'sources', 'reports'],
  change: ['communities', 'communities_gone', 'alerts', 'reports', 'sources'],
  tracks: ['tracks'],
  heartbeat: ['sources'],
};

/** Which frames of the stream we know. A frame of another name is skipped, so that an older page outlives a newer server. */
export const isKnown = (event: string): event is Frame['event'] => Object.hasOwn(LISTS, event);

/** Reads one frame. Throws an `Error` that names what is missing. */
export function readFrame(event: Frame['event'], data: string): Frame {
  const body: unknown = JSON.parse(data);
  if (typeof body !== 'object' || body === null) throw new Error(`read a ${event}: expected an object`);
  const fields = body as Record<string, unknown>;
  for (const list of LISTS[event]) {
    if (!Array.isArray(fields[list])) throw new Error(`read a ${event}: expected a list in "${list}"`);
  }
  for (const group of Array.isArray(fields.alike) ? (fields.alike as ({ named?: unknown } | null)[]) : []) {
    if (!Array.isArray(group?.named)) throw new Error(`read a ${event}: expected a list in "named"`);
  }
  if (!Number.isFinite(fields.seq)) throw new Error(`read a ${event}: expected a number in "seq"`);
  if (Number.isNaN(Date.parse(String(fields.as_of)))) throw new Error(`read a ${event}: expected an instant in "as_of"`);
  return { event, body } as Frame;
}
