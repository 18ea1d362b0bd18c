/** Passages of a text by their bytes: the wire counts UTF-8, a page counts UTF-16. */
export interface Piece {
  text: string;
  /** Which span it is, counted from 0; `null` between spans. */
  span: number | null;
}

/** The text cut at the spans, in order; spans that overlap an earlier one or leave the text are not marked. */
export function cut(text: string, spans: { start: number; end: number }[]): Piece[] {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const order = spans.map((it, span) => ({ ...it, span })).sort((a, b) => a.start - b.start || a.end - b.end);
  const pieces: Piece[] = [];
  let at = 0;
  for (const it of order) {
    if (it.start < at || it.end <= it.start || it.end > bytes.length || !onEdge(bytes, it.start) || !onEdge(bytes, it.end)) continue;
    if (it.start > at) pieces.push({ text: decoder.decode(bytes.subarray(at, it.start)), span: null });
    pieces.push({ text: decoder.decode(bytes.subarray(it.start, it.end)), span: it.span });
    at = it.end;
  }
  if (at < bytes.length) pieces.push({ text: decoder.decode(bytes.subarray(at)), span: null });
  return pieces;
}

/** Whether a byte begins a character, or is the end of the text. */
const onEdge = (bytes: Uint8Array, at: number): boolean => at === bytes.length || (bytes[at]! & 0xc0) !== 0x80;
