/**
 * Why an alert stands, asked of the server when a reader wants to know.
 *
 * In: the number of an alert. Out: its decisions as the record keeps them, or `null` when they cannot be had now.
 * Absent: any repetition; the reader who opens it again asks again.
 */
import type { WhyView } from '../wire';

const PATIENCE_MS = 8_000;

export async function askWhy(id: number): Promise<WhyView | null> {
  try {
    const answer = await fetch(`/api/v1/alerts/${id}/why`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const body: unknown = answer.ok ? await answer.json() : null;
    return body !== null && Array.isArray((body as { steps?: unknown }).steps) ? (body as WhyView) : null;
  } catch {
    return null;
  }
}
