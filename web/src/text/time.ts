/** Instants, ages and arrival windows in words. All arithmetic is on the server's time. */
import { instantMs } from '../state/clock';
import type { ArrivalView } from '../wire';
import type { Words } from './uk';

/** Everyone in the country shares one clock on the wall; a reader abroad sees the same times as the one under the siren. */
const ZONE = 'Europe/Kyiv';

const hourMinute = new Intl.DateTimeFormat('uk-UA', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const withSeconds = new Intl.DateTimeFormat('uk-UA', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat('uk-UA', { timeZone: ZONE, day: '2-digit', month: '2-digit' });

/** "03:12", or "22.11 03:12" when that was another day than `now_ms`. A dash when there is no instant. */
export function clock(text: string | null | undefined, now_ms: number): string {
  const ms = instantMs(text);
  if (ms === null) return '—';
  const date = day.format(ms);
  return date === day.format(now_ms) ? hourMinute.format(ms) : `${date} ${hourMinute.format(ms)}`;
}

/** "03:12:45". */
export const clockS = (ms: number): string => withSeconds.format(ms);

/** "20 s", "5 min", "2 h 5 min", "3 days": not less precise than a reader needs, never negative. */
export function span(w: Words, seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return w.time.s(s);
  const min = Math.floor(s / 60);
  if (min < 60) return w.time.min(min);
  const h = Math.floor(min / 60);
  if (h < 48) return min % 60 === 0 ? w.time.h(h) : `${w.time.h(h)} ${w.time.min(min % 60)}`;
  return w.time.d(Math.floor(h / 24));
}

/** "20 s ago"; "just now" under two seconds. A dash when there is no instant. */
export function ago(w: Words, text: string | null | undefined, now_ms: number): string {
  const ms = instantMs(text);
  if (ms === null) return '—';
  const s = Math.max(0, Math.floor((now_ms - ms) / 1000));
  return s < 2 ? w.time.now : w.time.ago(span(w, s));
}

export interface Window {
  /** Minutes from now; 0 when it may be here already. */
  from: number;
  to: number;
  /** The late end has passed. */
  over: boolean;
  soon: boolean;
  percent: number;
}

/** The arrival window as it stands at `now_ms`, the early end rounded down and the late end up. */
export function windowOf(arrival: ArrivalView, as_of: string | null, now_ms: number): Window {
  const asOf = instantMs(as_of) ?? now_ms;
  const gone = Math.max(0, (now_ms - asOf) / 1000);
  const from = Math.max(0, Math.floor((arrival.earliest_s - gone) / 60));
  const to = Math.max(from + 1, Math.ceil((arrival.latest_s - gone) / 60));
  return { from, to, over: arrival.latest_s <= gone, soon: from === 0, percent: percent(arrival.probability) };
}

/** A probability as people read one: in steps of five, never 0 or 100. */
export function percent(probability: number): number {
  const p = Math.min(1, Math.max(0, probability)) * 100;
  if (p < 5) return Math.max(1, Math.round(p));
  return Math.min(99, Math.round(p / 5) * 5);
}

/** One sentence on what may arrive, when and how surely. */
export function sayArrival(w: Words, arrival: ArrivalView, as_of: string | null, now_ms: number): string {
  const kind = w.kind[arrival.kind] ?? w.kind.unknown ?? arrival.kind;
  const at = windowOf(arrival, as_of, now_ms);
  if (at.over) return w.arrival.over(kind, at.percent);
  if (at.soon) return w.arrival.soon(kind, String(at.to), at.percent);
  return w.arrival.within(kind, String(at.from), String(at.to), at.percent);
}

/** The window alone, for a table. */
export function sayWindow(w: Words, arrival: ArrivalView, as_of: string | null, now_ms: number): string {
  const at = windowOf(arrival, as_of, now_ms);
  if (at.over) return w.arrival.shortOver;
  return at.soon ? w.arrival.shortSoon(String(at.to)) : w.arrival.short(String(at.from), String(at.to));
}
