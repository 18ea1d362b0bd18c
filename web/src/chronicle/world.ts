/** Which world the server is of, by its own word; empty until it has answered, so that the page never guesses. */
import { createSignal, onCleanup, type Accessor } from 'solid-js';

/** Between two questions while there is no answer, and the longest wait for one; milliseconds. */
const AGAIN_MS = 5_000;
const PATIENCE_MS = 5_000;

export function useWorld(): Accessor<string> {
  const [world, setWorld] = createSignal('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
      setWorld(answer.headers.get('x-allclear-status') ?? '');
    } catch {
      // Asked again below.
    }
    if (!stopped && world() === '') timer = setTimeout(() => void ask(), AGAIN_MS);
  };
  void ask();
  onCleanup(() => {
    stopped = true;
    clearTimeout(timer);
  });
  return world;
}
