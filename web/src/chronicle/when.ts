/** Dates and the axis of time, by the clock on the wall in Kyiv; none of the reader's own zone. */
import { instantMs } from '../state/clock';

const ZONE = 'Europe/Kyiv';
const parts = new Intl.DateTimeFormat('uk-UA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Wall {
  date: string;
  time: string;
  iso: string;
}

function wall(ms: number): Wall {
  const it = new Map(parts.formatToParts(ms).map((part) => [part.type, part.value]));
  const [year, month, day] = [it.get('year')!, it.get('month')!, it.get('day')!];
  return { date: `${day}.${month}.${year}`, time: `${it.get('hour')}:${it.get('minute')}`, iso: `${year}-${month}-${day}` };
}

/** "20.03.2025 22:22". A dash where there is no instant. */
export function stamp(text: string | null | undefined): string {
  const ms = instantMs(text);
  return ms === null ? '—' : `${wall(ms).date} ${wall(ms).time}`;
}

/** "20.03.2025 22:22 – 23:40"; the second date only where it is another; `open` for an end that is none. */
export function stretch(from: string | null | undefined, to: string | null | undefined, open: string): string {
  const [a, b] = [instantMs(from), instantMs(to)];
  if (a === null) return '—';
  if (b === null) return `${stamp(from)} – ${open}`;
  if (a === b) return stamp(from);
  return wall(a).date === wall(b).date ? `${stamp(from)} – ${wall(b).time}` : `${stamp(from)} – ${stamp(to)}`;
}

/** "2025-03-20", as a field for dates holds it. */
export const dayOf = (ms: number): string => wall(ms).iso;
/** "20.03.2025" of "2025-03-20". */
export const sayDay = (iso: string): string => iso.split('-').reverse().join('.');

/** The instant at which the clock in Kyiv shows "2025-03-20T22:22", the first where it does so twice; `null` where it never does. */
export function instantAt(local: string): number | null {
  const [, iso, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(local) ?? [];
  const utc = Date.parse(`${iso}T${time}:00Z`);
  if (!Number.isFinite(utc)) return null;
  // Kyiv is ahead of UTC by three hours or two.
  return [3, 2].map((ahead) => utc - ahead * HOUR_MS).find((at) => wall(at).iso === iso && wall(at).time === time) ?? null;
}

/** The first instant of a day in Kyiv: its clock never leaves midnight out. */
export const dayStart = (iso: string): number | null => instantAt(`${iso}T00:00`);

/** Places on an axis from `from` to `to`, in milliseconds, onto 0..`width`. */
export interface Axis {
  from: number;
  to: number;
  width: number;
  x(ms: number): number;
  ticks: { ms: number; x: number; label: string }[];
}

const STEPS = [HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS, 14 * DAY_MS, 30 * DAY_MS, 91 * DAY_MS, 365 * DAY_MS];

/** An axis with at most `most` ticks. Ticks of hours stand on hours in Kyiv, those of days at midnight there. */
export function axis(from: number, to: number, width: number, most: number): Axis {
  const end = Math.max(to, from + HOUR_MS);
  const x = (ms: number): number => ((Math.min(Math.max(ms, from), end) - from) / (end - from)) * width;
  const step = STEPS.find((it) => (end - from) / it <= most) ?? Math.ceil((end - from) / most / (365 * DAY_MS)) * 365 * DAY_MS;
  const first = dayStart(dayOf(from)) ?? from;
  const ticks: Axis['ticks'] = [];
  for (let n = 0; ticks.length < most; n += 1) {
    const rough = first + n * step;
    if (rough > end + DAY_MS) break;
    // A day may have 23 hours or 25.
    const at = step >= DAY_MS ? (dayStart(dayOf(rough + 12 * HOUR_MS)) ?? rough) : rough;
    if (at < from || at > end) continue;
    const { date, time } = wall(at);
    ticks.push({ ms: at, x: x(at), label: time === '00:00' ? date.slice(0, step >= 91 * DAY_MS ? 10 : 5) : time });
  }
  return { from, to: end, width, x, ticks };
}
