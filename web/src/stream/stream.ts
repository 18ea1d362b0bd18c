/**
 * Keeps one stream to the server open, for as long as the page lives.
 *
 * In: the address. Out: frames, and word of the link going down or a frame that could not be read.
 * Holds: at most one connection; after a loss it returns with `Last-Event-ID`, waiting 0.5 s, then up to 5 s;
 * a connection without a frame for `SILENCE_MS` is dropped and opened anew.
 * Absent: any judgement of what a lost link means. That is the reducer's.
 *
 * `fetch` and not `EventSource`: the latter cannot be told the last id by a page that opens it again, and it hides
 * silence.
 */
import { isKnown, readFrame, type Frame } from '../wire';
import { SseReader } from './sse';

/** No frame for so long: the connection is dead, whatever the socket says. Heartbeats come every 5 s. */
export const SILENCE_MS = 12_000;
const BACKOFF_MS_MIN = 500;
const BACKOFF_MS_MAX = 5_000;

export interface Listener {
  frame(frame: Frame): void;
  /** The connection ended, or could not be made. */
  down(reason: string): void;
}

/** Opens the stream. The function it gives back closes it for good. */
export function openStream(url: string, listener: Listener): () => void {
  let closed = false;
  let lastId = '';
  let backoffMs = BACKOFF_MS_MIN;
  let abort = new AbortController();
  let wake: (() => void) | undefined;

  const connect = async (): Promise<void> => {
    abort = new AbortController();
    const { signal } = abort;
    let silence = setTimeout(() => abort.abort(new Error('silent')), SILENCE_MS);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (lastId !== '') headers['Last-Event-ID'] = lastId;
      const answer = await fetch(url, { headers, signal, cache: 'no-store', credentials: 'same-origin' });
      if (!answer.ok || answer.body === null) throw new Error(`the server answered ${answer.status}`);
      const reader = new SseReader(lastId);
      const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await pieces.read();
        if (done) throw new Error('the server closed the stream');
        for (const event of reader.push(value)) {
          if (!isKnown(event.event)) continue;
          const frame = readFrame(event.event, event.data);
          listener.frame(frame);
          lastId = event.id;
          backoffMs = BACKOFF_MS_MIN;
          clearTimeout(silence);
          silence = setTimeout(() => abort.abort(new Error('silent')), SILENCE_MS);
        }
      }
    } catch (error) {
      // A frame that cannot be read leaves a hole in what we know: ask for the whole picture next time.
      if (error instanceof SyntaxError || (error instanceof Error && error.message.startsWith('read a'))) lastId = '';
      abort.abort();
      if (!closed) listener.down(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(silence);
    }
  };

  const live = async (): Promise<void> => {
    while (!closed) {
      await connect();
      if (closed) return;
      // A little chance, so that a thousand pages do not return in the same instant.
      const pauseMs = backoffMs * (0.75 + Math.random() / 2);
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MS_MAX);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, pauseMs);
      });
    }
  };

  // Coming back to a sleeping tab or network must not wait for the pause to end.
  const hurry = (): void => {
    backoffMs = BACKOFF_MS_MIN;
    wake?.();
  };
  globalThis.addEventListener?.('online', hurry);
  void live();
  return () => {
    closed = true;
    globalThis.removeEventListener?.('online', hurry);
    abort.abort();
    wake?.();
  };
}
