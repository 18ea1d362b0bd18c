/**
 * What the reviewer's page asks and decides, and what may be said of the answer at its age.
 *
 * Holds: nothing is decided by an old queue; a refusal is shown in the server's own words.
 */
import type { Quantity } from '../chronicle/quantity';
import type { components } from '../wire.gen';

/** An answer older than this is no ground for a decision, milliseconds. */
const OLD_MS = 90_000;
/** The longest wait for the answer to a decision, milliseconds. */
const PATIENCE_MS = 20_000;

export type QueueView = components['schemas']['QueueView'];
export type QuantityItem = components['schemas']['QuantityItem'];
export type IncidentItem = components['schemas']['IncidentItem'];
export type DecisionReceipt = components['schemas']['DecisionReceipt'];

export type Heard = { view: QueueView; at_ms: number } | 'waiting' | 'wrong' | 'none';
export type Verdict = { say: 'waiting' | 'wrong' | 'none' | 'unheard'; view: QueueView | null } | { say: 'known'; view: QueueView };

/** What the page says at `now_ms`. `asked_ms` is when it was first asked. An old queue stays to be read, not to be decided by. */
export function judge(heard: Heard, asked_ms: number, now_ms: number): Verdict {
  if (heard === 'waiting') return { say: now_ms - asked_ms > OLD_MS ? 'unheard' : 'waiting', view: null };
  if (typeof heard === 'string') return { say: heard, view: null };
  return { say: now_ms - heard.at_ms > OLD_MS ? 'unheard' : 'known', view: heard.view };
}

const bearer = (token: string): HeadersInit => ({ authorization: `Bearer ${token}` });

/** The queue. Throws when there is no answer. */
export async function queue(token: string, signal: AbortSignal): Promise<QueueView | 'wrong' | 'none'> {
  const answer = await fetch('/api/v1/review/queue', { headers: bearer(token), signal, cache: 'no-store' });
  if (answer.status === 401) return 'wrong';
  if (answer.status === 404) return 'none';
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return (await answer.json()) as QueueView;
}

/** A number as a reviewer gives it: alone, with a hedge, or from one to another. */
export type QuantityBody = number | { n: number; hedge: string } | { low: number; high: number };

export interface Reading {
  kind: string;
  object: string;
  quantity: QuantityBody;
  child: boolean;
  attacker?: string;
  area: string;
  from?: string;
  to?: string;
}

/** Bytes of a statement. */
export interface Passage {
  statement: string;
  start: number;
  end: number;
}

export type Decision = { reason: string } & (
  | ({ action: 'read'; reading: Reading } & Passage)
  | ({ action: 'set_aside' } & Passage)
  | { action: 'grade'; incident: string; version: number; grade: string }
  | { action: 'retract'; incident: string; version: number }
  | ({ action: 'retract' } & Passage)
  | { action: 'lift_embargo'; incident: string }
);

/** Decides. A refusal is its reason. Throws when there is no answer: the decision may have arrived. */
export async function decide(token: string, decision: Decision & { status: string }): Promise<DecisionReceipt | { refused: string }> {
  const answer = await fetch('/api/v1/review/decisions', {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify(decision),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const body = (await answer.json()) as DecisionReceipt & { message?: string };
  return answer.ok ? body : { refused: body.message ?? `${answer.status}` };
}

/** What a reading says, and the interval that it comes to, so that it is seen before it is sent. */
export interface Given {
  body: QuantityBody;
  quantity: Quantity;
}

/** Nine tenths to eleven tenths, as the grammar has it; one below ten. As `crates/chronicle/src/quantity.rs`. */
export function given(hedge: string, n: number, high: number): Given | null {
  if (![n, high].every((it) => Number.isSafeInteger(it) && it >= 0)) return null;
  const nine = n < 10 ? Math.max(0, n - 1) : n - Math.floor(n / 10);
  const eleven = n < 10 ? n + 1 : n + Math.floor(n / 10);
  const hedged = (low: number, top: number | null): Given => ({ body: { n, hedge }, quantity: { value: n, low, high: top, hedge, exact: false } });
  switch (hedge) {
    case 'plain':
      return { body: n, quantity: { value: n, low: n, high: n, hedge: null, exact: true } };
    case 'more_than':
      return hedged(n + 1, null);
    case 'at_least':
      return hedged(n, null);
    case 'up_to':
      return hedged(0, n);
    case 'less_than':
      return n === 0 ? null : hedged(0, n - 1);
    case 'nearly':
      return hedged(nine, n);
    case 'around':
      return hedged(nine, eleven);
    case 'range':
      return high < n ? null : { body: { low: n, high }, quantity: { value: null, low: n, high, hedge, exact: n === high } };
    default:
      return null;
  }
}
