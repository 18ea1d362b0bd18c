/**
 * What the API of the chronicle gives. The types are generated from its schema; parts that are made in the pure crate `chronicle`,
 * which knows no schema, are named here and in `report.ts`.
 */
import type { components } from '../wire.gen';
import type { Quantity } from './quantity';
import type { Attribution, CeasefireReport, FiguresReport } from './report';

type Wire = components['schemas'];

export type TimelineView = Wire['TimelineView'];
export type SaidView = Wire['SaidView'];
export type ClaimView = Wire['ClaimView'];
export type HappenedView = Wire['HappenedView'];
export type GradeView = Wire['GradeView'];
export type BesideView = Wire['BesideView'];
export type BesideTrack = Wire['BesideTrack'];
export type BesideSource = Wire['BesideSource'];
export type RegimesView = Wire['RegimesView'];
export type RegimeView = Omit<Wire['RegimeView'], 'report'> & { report: CeasefireReport };
export type FiguresView = Omit<Wire['FiguresView'], 'figures'> & { figures: FiguresReport };

/** `chronicle::incident::Graded`. */
export interface Graded {
  grade: string;
  reasons: ({ rule: string } & Record<string, unknown>)[];
}

/** `chronicle::incident::Account`. */
export interface AccountView {
  source: string;
  class: string;
  party?: string | null;
  cluster?: string | null;
  says: string;
  blames?: string | null;
  quantity?: Quantity | null;
  statement?: string | null;
}

export type IncidentRow = Omit<Wire['IncidentRow'], 'graded'> & { graded?: Graded | null };
export type IncidentsView = Omit<Wire['IncidentsView'], 'incidents'> & { incidents: IncidentRow[] };

interface Made {
  graded?: Graded | null;
  attribution?: Attribution | null;
  accounts: AccountView[];
  /** `chronicle::incident::Evidence`. */
  evidence: { shows: string; source: string; cluster?: string | null; party?: string | null }[];
  /** `chronicle::incident::Considered`. */
  considered: { exception: string; applies: string; why: string }[];
}
export type IncidentVersion = Omit<Wire['IncidentVersion'], keyof Made> & Made;
/** Its versions are the newest first. */
export type IncidentView = Omit<Wire['IncidentView'], 'versions'> & { versions: IncidentVersion[] };

/** Whether anything of it may be told: neither under seal nor withdrawn. */
export const told = (it: IncidentVersion): boolean => Array.isArray(it.window) && typeof it.withdrawn !== 'string';
