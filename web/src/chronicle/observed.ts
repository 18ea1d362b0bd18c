/** When a ceasefire was in force and who observed it, as bars and curves; an hour that nobody observed is never one without a breach. */
import { instantMs } from '../state/clock';
import type { AreaDay, Day, Regime } from './report';
import { sayDay } from './when';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Watched {
  area: string;
  days: { date: string; hours: AreaDay }[];
  hours: number;
  observed: number;
  /** Days of force without a single observed hour. */
  blind: string[];
}

/** Area by area over all days; a day on which an area is not named was not observed there. */
export function watched(days: Day[]): Watched[] {
  const areas = [...new Set(days.flatMap((day) => Object.keys(day.areas)))].sort();
  return areas.map((area) => {
    const each = days.map((day) => ({ date: day.date, hours: day.areas[area] ?? unwatched(day) }));
    return {
      area,
      days: each,
      hours: each.reduce((sum, it) => sum + it.hours.hours, 0),
      observed: each.reduce((sum, it) => sum + it.hours.observed, 0),
      blind: each.filter((it) => it.hours.observed === 0 && it.hours.hours > 0).map((it) => it.date),
    };
  });
}

/** A day that nobody watched: its whole hours, none observed. */
export function unwatched(day: Day): AreaDay {
  const [from, to] = [instantMs(day.window[0]) ?? 0, instantMs(day.window[1]) ?? 0];
  return { hours: Math.max(0, Math.floor((to - from) / HOUR_MS)), observed: 0, breach_free: 0, alleged_only: 0, feed: 0, alert_free: 0 };
}

/** "25.03.2025 – 27.03.2025, 30.03.2025": days one after another are one stretch. */
export function stretches(dates: string[]): string {
  const all: string[][] = [];
  for (const date of dates) {
    const run = all.at(-1);
    const before = run?.at(-1);
    if (run !== undefined && before !== undefined && Date.parse(date) - Date.parse(before) === DAY_MS) run.push(date);
    else all.push([date]);
  }
  return all.map((run) => (run.length === 1 ? sayDay(run[0]!) : `${sayDay(run[0]!)} – ${sayDay(run.at(-1)!)}`)).join(', ');
}

/** Runs of days with observation and the share of their observed hours without a breach: a day without observation is a gap. */
export function runs(days: Watched['days']): { at: number; share: number }[][] {
  const all: { at: number; share: number }[][] = [[]];
  days.forEach(({ hours }, at) => {
    if (hours.observed === 0) all.push([]);
    else all.at(-1)!.push({ at, share: hours.breach_free / hours.observed });
  });
  return all.filter((it) => it.length > 0);
}

export interface Turned {
  from: number;
  to: number;
  overall: string;
}

/** The history of force as pieces, the last one ending at `end`. */
export function turns(history: Regime['history'], end: number): Turned[] {
  return history.flatMap((it, at) => {
    const from = instantMs(it.from);
    const to = instantMs(history[at + 1]?.from) ?? end;
    return from === null || to <= from ? [] : [{ from, to, overall: it.overall }];
  });
}

/** What the bars of force show: from the first change to a tenth after the last; a report of years later does not flatten them. */
export function lifetime(regime: Regime, at: number): [number, number] | null {
  const ms = [...regime.history.map((it) => it.from), ...regime.judged.flatMap((it) => it.periods.flatMap((p) => [p.from, p.to])), ...regime.stances.map((it) => it.at)]
    .map(instantMs)
    .filter((it): it is number => it !== null);
  if (ms.length === 0) return null;
  const [first, last] = [Math.min(...ms), Math.max(...ms)];
  const open = regime.judged.some((it) => it.periods.some((p) => p.to === null));
  return [first, open ? Math.max(at, last) : Math.max(last + Math.max(DAY_MS / 4, (last - first) / 10), first + DAY_MS)];
}
