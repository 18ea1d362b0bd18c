/**
 * The server's clock, as far as this page can know it.
 *
 * In: the instant the server gave with a frame, and two local stopwatches. Out: the server's time now, and ages.
 * Holds: the client's clock is only ever subtracted from itself; it never meets a server instant.
 * Ages may be too great (a clock set forward), never too small: we fail towards "old".
 */

/** Both local clocks at one moment, milliseconds. `steady` stops while some machines sleep; `wall` may be set by hand. */
export interface Stopwatch {
  steady: number;
  wall: number;
}

export interface Clock {
  /** The server's time at `local`, milliseconds since 1970. */
  server_ms: number;
  /** Server seconds in one of ours. */
  speed: number;
  local: Stopwatch;
}

export const readStopwatch = (): Stopwatch => ({ steady: performance.now(), wall: Date.now() });

/** Local milliseconds from one reading to the next: the greater of both clocks' opinions, never negative. */
export const elapsedMs = (from: Stopwatch, to: Stopwatch): number =>
  Math.max(0, to.steady - from.steady, to.wall - from.wall);

/** The server's time at `local`. */
export const serverNowMs = (clock: Clock, local: Stopwatch): number =>
  clock.server_ms + clock.speed * elapsedMs(clock.local, local);

/** Milliseconds since 1970 of an instant on the wire; `null` when there is none. */
export function instantMs(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** Whole seconds from a server instant to `now_ms`, not less than 0; `null` when there is no instant. */
export function ageS(text: string | null | undefined, now_ms: number): number | null {
  const ms = instantMs(text);
  return ms === null ? null : Math.max(0, Math.floor((now_ms - ms) / 1000));
}
