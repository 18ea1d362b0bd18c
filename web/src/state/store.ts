/** Joins the stream to the reducer: the only place that holds the state. */
import { createSignal, type Accessor } from 'solid-js';
import { openStream } from '../stream/stream';
import { readStopwatch, serverNowMs } from './clock';
import { reduce, type Action } from './reduce';
import { begin, type State } from './state';

export interface Store {
  state: Accessor<State>;
  /** The server's time, milliseconds since 1970, renewed every second; `null` until it was heard. */
  now_ms: Accessor<number | null>;
  /** Settles with the first whole picture, or after `ms`. */
  ready(ms: number): Promise<void>;
}

/** Opens the stream and keeps the state for as long as the page lives. */
export function openStore(url: string): Store {
  const [state, setState] = createSignal<State>(begin(readStopwatch()));
  const [now_ms, setNow] = createSignal<number | null>(null);
  let first: () => void = () => {};
  const heard = new Promise<void>((resolve) => (first = resolve));

  const write = (action: Action): void => {
    const next = setState((old) => reduce(old, action));
    setNow(next.clock === null ? null : serverNowMs(next.clock, action.local));
    if (next.picture !== null) first();
  };
  openStream(url, {
    frame: (frame) => write({ kind: 'frame', frame, local: readStopwatch() }),
    down: (reason) => write({ kind: 'down', reason, local: readStopwatch() }),
  });
  setInterval(() => write({ kind: 'tick', local: readStopwatch() }), 1000);
  // A page that wakes must not show what was true before it slept, not even for a second.
  document.addEventListener('visibilitychange', () => write({ kind: 'tick', local: readStopwatch() }));

  return {
    state,
    now_ms,
    ready: (ms) => Promise.race([heard, new Promise<void>((resolve) => setTimeout(resolve, ms))]),
  };
}
