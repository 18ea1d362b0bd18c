/** Where things stand on the timeline: which days, what has a date, and places on the axis so that nothing hides another. */
import { instantMs } from '../state/clock';
import type { SaidView } from './views';
import { dayOf, dayStart, stamp } from './when';

const DAY_MS = 86_400_000;
/** Days shown when none are asked for. */
const BACK_DAYS = 7;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Signs nearer than this share one, in units of the plot. */
const NEAR = 13;
const LANES_MAX = 6;

/** The first and the last day shown. */
export function asked(params: URLSearchParams, now_ms: number): [string, string] {
  const [from, to] = [params.get('from') ?? '', params.get('to') ?? ''];
  const last = DATE.test(to) ? to : dayOf(now_ms);
  const first = DATE.test(from) ? from : dayOf((dayStart(last) ?? now_ms) - (BACK_DAYS - 1) * DAY_MS);
  return first <= last ? [first, last] : [last, first];
}

/** From the first instant of the first day to that of the day after the last. */
export function spanOf([first, last]: [string, string]): [number, number] {
  const from = dayStart(first) ?? 0;
  return [from, dayStart(dayOf((dayStart(last) ?? from) + 1.5 * DAY_MS)) ?? from + DAY_MS];
}

/** Dated and undated, the dated in the order of time. A capture is no date. */
export function sort(said: SaidView[]): { dated: SaidView[]; undated: SaidView[] } {
  const dated = said.filter((it) => instantMs(it.published_at) !== null);
  dated.sort((a, b) => instantMs(a.published_at)! - instantMs(b.published_at)!);
  return { dated, undated: said.filter((it) => instantMs(it.published_at) === null) };
}

/** Where a list's item stands on the page. */
export const anchor = (kind: 'said' | 'happened', id: string): string => `${kind}-${id.replaceAll(/[^\w-]/g, '_')}`;

export interface Sign {
  x: number;
  /** How many stand in this place. */
  n: number;
  id: string;
  title: string;
}

/** Statements as signs: those that would touch become one with their number. They must come in the order of time. */
export function signs(said: SaidView[], x: (ms: number) => number): Sign[] {
  const all: Sign[] = [];
  for (const it of said) {
    const ms = instantMs(it.published_at);
    if (ms === null) continue;
    const last = all.at(-1);
    const at = x(ms);
    if (last !== undefined && at - last.x < NEAR) last.n += 1;
    else all.push({ x: at, n: 1, id: anchor('said', it.id), title: `${stamp(it.published_at)} · ${it.source}` });
  }
  return all;
}

/** A span of time that words speak of. */
export interface Spoken {
  from: string;
  to: string;
  words: string;
  source: string;
  id: string;
}

/** The spans that statements speak of by words whose time is resolved, each once for a statement. */
export function spoken(said: SaidView[]): Spoken[] {
  return said.flatMap((it) => {
    const seen = new Set<string>();
    return it.windows.flatMap(({ words, from, to }) => {
      if (typeof from !== 'string' || typeof to !== 'string' || seen.has(`${from} ${to}`)) return [];
      seen.add(`${from} ${to}`);
      return [{ from, to, words, source: it.source, id: anchor('said', it.id) }];
    });
  });
}

export interface Lain<T> {
  from: number;
  to: number;
  lane: number;
  /** It has no end yet. */
  open: boolean;
  of: T;
}

/** Spans as bars in lanes, in the order of their beginnings, so that none hides another as far as lanes suffice; the last lane takes the rest. */
export function lay<T extends { from: string; to?: string | null }>(spans: T[], x: (ms: number) => number, end: number): Lain<T>[] {
  const ends: number[] = [];
  return [...spans]
    .sort((a, b) => (instantMs(a.from) ?? 0) - (instantMs(b.from) ?? 0))
    .flatMap((of) => {
      const [from, to] = [instantMs(of.from), instantMs(of.to)];
      if (from === null) return [];
      const left = x(from);
      const right = Math.max(left + 5, x(to ?? end));
      const free = ends.findIndex((taken) => taken + 2 <= left);
      const lane = free >= 0 ? free : Math.min(ends.length, LANES_MAX - 1);
      ends[lane] = Math.max(right, ends[lane] ?? 0);
      return [{ from: left, to: right, lane, open: to === null, of }];
    });
}

export const laneCount = (laid: Lain<unknown>[]): number => Math.max(0, ...laid.map((it) => it.lane + 1));

