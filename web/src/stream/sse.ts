/**
 * Reads server-sent events out of pieces of text, as the HTML standard says (section 9.2.6).
 *
 * In: pieces as they arrive, cut anywhere. Out: whole events, in order.
 * Holds: what is kept between pieces never exceeds `EVENT_CHARS_MAX`.
 */

export interface ServerEvent {
  event: string;
  data: string;
  /** The last id seen up to and including this event; empty when none. */
  id: string;
}

/** Longest event we hold, in characters. A snapshot of the whole country is under 2 MB. */
export const EVENT_CHARS_MAX = 16_000_000;

export class SseReader {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #size = 0;
  #id: string;
  #skipFeed = false;

  constructor(lastId = '') {
    this.#id = lastId;
  }

  /** Takes one piece; gives the events it completed. Throws when an event is larger than `EVENT_CHARS_MAX`. */
  push(piece: string): ServerEvent[] {
    const out: ServerEvent[] = [];
    // A piece that ended in CR may be followed by the LF of the same line end.
    if (this.#skipFeed && piece.startsWith('\n')) piece = piece.slice(1);
    this.#skipFeed = piece.endsWith('\r');
    const text = this.#rest + piece;
    let start = 0;
    for (const match of text.matchAll(/\r\n|\r|\n/g)) {
      this.#line(text.slice(start, match.index), out);
      start = match.index + match[0].length;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length + this.#size > EVENT_CHARS_MAX) {
      throw new Error(`read an event: longer than ${EVENT_CHARS_MAX} characters`);
    }
    return out;
  }

  #line(line: string, out: ServerEvent[]): void {
    if (line === '') {
      if (this.#data.length > 0) {
        out.push({ event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id });
      }
      this.#event = '';
      this.#data = [];
      this.#size = 0;
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    else if (field === 'data') {
      this.#data.push(value);
      this.#size += value.length;
    } else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }
}
