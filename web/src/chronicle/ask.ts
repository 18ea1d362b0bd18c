/**
 * What the chronicle's pages ask the server, and what may be said of the answer at its age.
 *
 * Holds: an answer that did not come leaves the one before it, which is then said to be old, also when the reader comes back to a
 * page opened before; nothing is asked elsewhere.
 */
import { createEffect, createSignal, onCleanup, untrack, type Accessor } from 'solid-js';

/** Between two questions, and the longest wait for an answer; milliseconds. */
const ASK_MS = 60_000;
const PATIENCE_MS = 10_000;
/** After a question that failed. */
const AGAIN_MS = 10_000;
/** Answers kept for as long as the page is open. */
const KEPT_MAX = 24;

export type Failure = { why: 'link' } | { why: 'none' } | { why: 'refused'; detail: string } | { why: 'odd'; detail: string };

/** The last good answer with when the server gave it, and why the newest question failed. */
export interface Asked<T> {
  value: T | null;
  /** The server's own time of that answer. */
  as_of: string | null;
  failed: Failure | null;
  busy: boolean;
}

const EMPTY = { value: null, as_of: null, failed: null, busy: true } as const;

type Good = { value: unknown; as_of: string | null };
const kept = new Map<string, Good>();
function keep(path: string, answer: Good): void {
  kept.delete(path);
  kept.set(path, answer);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
}

/** Asks once. Throws a `Failure`. */
export async function fetchOnce<T>(path: string, signal?: AbortSignal): Promise<{ value: T; as_of: string | null }> {
  let answer: Response;
  try {
    answer = await fetch(path, { signal: signal ?? AbortSignal.timeout(PATIENCE_MS), cache: 'no-cache', headers: { accept: 'application/json' } });
  } catch {
    throw { why: 'link' } satisfies Failure;
  }
  if (answer.status === 404) throw { why: 'none' } satisfies Failure;
  let body: unknown;
  try {
    body = await answer.json();
  } catch {
    throw { why: 'odd', detail: `${answer.status}` } satisfies Failure;
  }
  if (!answer.ok) {
    const message = (body as { message?: unknown } | null)?.message;
    throw { why: 'refused', detail: typeof message === 'string' ? message : `${answer.status}` } satisfies Failure;
  }
  return { value: body as T, as_of: asOf(body) };
}

const asOf = (body: unknown): string | null => {
  const at = (body as { as_of?: unknown } | null)?.as_of;
  return typeof at === 'string' ? at : null;
};
const isFailure = (it: unknown): it is Failure => typeof it === 'object' && it !== null && 'why' in it;

/** Asks for `path()` now, whenever it changes, and every minute; `null` asks nothing. `check` names what is wrong with an answer. */
export function useAsked<T>(path: Accessor<string | null>, check: (body: unknown) => string | null): [Accessor<Asked<T>>, () => void] {
  const [asked, setAsked] = createSignal<Asked<T>>(EMPTY);
  const [again, setAgain] = createSignal(0);
  let before: string | null = null;
  createEffect(() => {
    const at = path();
    again();
    if (at !== before) setAsked({ ...EMPTY, ...((kept.get(at ?? '') as { value: T; as_of: string | null } | undefined) ?? {}) });
    else setAsked({ ...untrack(asked), busy: true });
    before = at;
    if (at === null) return;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        const answer = await fetchOnce<T>(at);
        const odd = check(answer.value);
        if (odd !== null) throw { why: 'odd', detail: odd } satisfies Failure;
        keep(at, answer);
        if (!stopped) setAsked({ ...answer, failed: null, busy: false });
      } catch (failure) {
        const why: Failure = isFailure(failure) ? failure : { why: 'odd', detail: String(failure) };
        if (!stopped) setAsked({ ...asked(), failed: why, busy: false });
      }
      if (!stopped) timer = setTimeout(() => void ask(), untrack(asked).failed === null ? ASK_MS : AGAIN_MS);
    };
    const lost = (): void => void setAsked({ ...asked(), failed: { why: 'link' }, busy: false });
    const back = (): void => {
      clearTimeout(timer);
      void ask();
    };
    addEventListener('offline', lost);
    addEventListener('online', back);
    void ask();
    onCleanup(() => {
      stopped = true;
      clearTimeout(timer);
      removeEventListener('offline', lost);
      removeEventListener('online', back);
    });
  });
  return [asked, () => setAgain(again() + 1)];
}

/** A check that every named field is a list. */
export const lists =
  (...names: string[]) =>
  (body: unknown): string | null => {
    const of = body as Record<string, unknown> | null;
    if (typeof of !== 'object' || of === null) return 'no object';
    const missing = names.find((name) => !Array.isArray(of[name]));
    return missing === undefined ? null : `no list "${missing}"`;
  };

/** A check of what stands in a field. */
export const within =
  (name: string, check: (body: unknown) => string | null) =>
  (body: unknown): string | null =>
    check((body as Record<string, unknown> | null)?.[name]);
