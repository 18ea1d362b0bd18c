/**
 * What a page asks again and again with somebody's token: one way to ask, so that all of them stop, wait and grow old alike.
 *
 * Holds: a question that is not asked any more is never heard; one that fails leaves the answer before it, which then grows old.
 */
import { createEffect, createSignal, onCleanup, type Accessor } from 'solid-js';

/** The longest wait for an answer, milliseconds. */
const PATIENCE_MS = 8_000;

/** Asks now, whenever what `ask` reads has changed, and `every_ms` after each answer; `null` asks nothing. */
export function useRepeated<T>(ask: () => ((signal: AbortSignal) => Promise<T>) | null, every_ms: number, hear: (answer: T) => void): void {
  createEffect(() => {
    const question = ask();
    if (question === null) return;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = async (): Promise<void> => {
      try {
        const answer = await question(AbortSignal.timeout(PATIENCE_MS));
        if (!stopped) hear(answer);
      } catch {
        // What was heard grows old, and is said to be.
      }
      if (!stopped) timer = setTimeout(() => void once(), every_ms);
    };
    void once();
    onCleanup(() => {
      stopped = true;
      clearTimeout(timer);
    });
  });
}

/** A clock that only counts, in milliseconds, told every second. */
export function useSeconds(): Accessor<number> {
  const [now, setNow] = createSignal(performance.now());
  const second = setInterval(() => setNow(performance.now()), 1_000);
  onCleanup(() => clearInterval(second));
  return now;
}

/** Somebody's token, for this tab alone: it is gone when the tab is. */
export function useToken(key: string): [Accessor<string>, (text: string) => void] {
  const [token, setToken] = createSignal(sessionStorage.getItem(key) ?? '');
  const keep = (text: string): void => {
    sessionStorage.setItem(key, text);
    setToken(text);
  };
  return [token, keep];
}
