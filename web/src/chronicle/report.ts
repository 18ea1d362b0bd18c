/**
 * What `allclear report … --json` writes, as far as the pages read it. The program gives these two reports as plain JSON
 * (they are made in the pure crate `chronicle`, which knows no schema), so that they are named here and nowhere else.
 */
import type { Balance, Quantity } from './quantity';

export type Window = [string, string];

/** `chronicle::reconcile::Told`: a claim with its words. */
export interface Told {
  id: string;
  source: string;
  cluster?: string;
  as_of?: string;
  scope: { attacker?: string | null; kind: string; object: string; child: boolean; area: string; window?: Window | null };
  quantity: Quantity;
  part_of?: string;
  own?: boolean;
  words: string;
  statement?: string;
}

/** `chronicle::figures::Row`. */
export interface FigureRow {
  kind: string;
  object: string;
  child: boolean;
  attacker: string | null;
  area: string;
  sources: { source: string; quantity: Quantity | null; claims: Told[] }[];
  clusters: number;
}

export interface Identity {
  source: string;
  attacker: string | null;
  object: string;
  area: string;
  launched: Quantity;
  parts: Record<string, Quantity>;
  unaccounted: Balance;
  claims: string[];
}

export interface FiguresReport {
  name: string;
  span: Window | null;
  zone: string;
  rows: FigureRow[];
  identities: Identity[];
  conflicts: { claims: [Told, Told] }[];
  /** Those beyond what is listed; absent where all are. */
  conflicts_more?: number;
  superseded: Told[];
  undated: Told[];
  crossing: Told[];
  alerts: Record<string, { alerts: number; minutes: number }>;
}

export interface Words {
  source: string;
  words: string;
  address?: string | null;
}

export interface Attribution {
  party: string | null;
  confidence: string;
  basis: string;
  rivals?: string[];
}

export interface Breach {
  clause: string;
  versions: number[];
  incidents: string[];
  quantity: Quantity;
  window: Window;
  area: string;
  in_time: string;
  in_area: string;
  marks?: string[];
  grade: string;
  attribution: Attribution;
  replies?: string[];
  status: string;
}

export interface AreaDay {
  hours: number;
  observed: number;
  breach_free: number;
  alleged_only: number;
  feed: number;
  alert_free: number;
}

export interface Day {
  date: string;
  window: Window;
  by_status: Record<string, number>;
  areas: Record<string, AreaDay>;
}

export interface Period {
  from: string;
  to: string | null;
}

export interface Judged {
  by: string;
  periods: Period[];
  breaches: Breach[];
  by_status: Record<string, number>;
  /** The same by the party they are attributed to; `-` is nobody. */
  by_party: Record<string, number>;
  days: Day[];
}

export interface Version {
  version: number;
  at: string;
  reading_of?: string | null;
  proposer: string;
  text: string;
  text_sha256: string;
  clauses: { id: string; domain: string; objects?: string[] }[];
  area: string[];
  start?: string | null;
  end?: string | null;
  hours?: number | null;
  all_accept: boolean;
  grace_s: number;
  extension?: string | null;
  release?: string | null;
  monitor?: string | null;
  exceptions: { id: string; words: string }[];
}

export interface Stance {
  party: string;
  version: number;
  position: string;
  conditions?: string[];
  at: string;
  statement: Words;
}

export interface Regime {
  regime: string;
  versions: Version[];
  stances: Stance[];
  force: { overall: string; parties: Record<string, { in_force: boolean; why: string; version: number | null; since?: string; conditions?: string[] }> };
  history: { from: string; overall: string }[];
  judged: Judged[];
}

export interface Count {
  party: string;
  accuses: string;
  window: Window;
  unit: string;
  total: Quantity;
  common: Record<string, Quantity>;
  rest: Balance;
  statement: Words;
}

export interface CeasefireReport {
  name: string;
  at: string;
  zone: string;
  parties: string[];
  regimes: Regime[];
  withheld: number;
  counts: Count[];
  compared: { parties: [string, string]; of: string; quantities: [Quantity, Quantity]; verdict: string; because?: string[] }[];
  measures: { at: string; by: string; kind: string; statement: Words }[];
}

/** Statuses of breaches that count, the surest first. */
export const COUNTED: readonly string[] = ['confirmed', 'recorded', 'alleged'];
