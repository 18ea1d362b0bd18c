/**
 * What the desk asks the server, and what may be said of the answer at its age.
 *
 * Holds: no answer, an old answer and a refused one never read as "reachable".
 */
import type { components } from '../wire.gen';

export type ReachView = components['schemas']['ReachView'];
export type SirenView = components['schemas']['SirenView'];
export type UnheldView = components['schemas']['UnheldView'];
export type ActionReceipt = components['schemas']['ActionReceipt'];

/** An answer older than this says nothing of now, milliseconds. */
const OLD_MS = 15_000;

/** What is known of the sirens: the last answer, with when it came by a clock that only counts. */
export type Heard = { view: ReachView; at_ms: number } | 'waiting' | 'wrong' | 'none';

export type Verdict =
  | { say: 'waiting' | 'wrong' | 'none' | 'unheard' }
  | { say: 'reach'; view: ReachView; silent: ReachView['unreachable_areas']; worst: SirenView[] };

/** What the desk says at `now_ms`. `asked_ms` is when it was first asked. */
export function judge(heard: Heard, asked_ms: number, now_ms: number): Verdict {
  if (heard === 'waiting') return { say: now_ms - asked_ms > OLD_MS ? 'unheard' : 'waiting' };
  if (typeof heard === 'string') return { say: heard };
  if (now_ms - heard.at_ms > OLD_MS) return { say: 'unheard' };
  const rank = (siren: SirenView): number => (siren.reach === 'reachable' ? 1 : 0);
  const worst = [...heard.view.sirens].sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
  return { say: 'reach', view: heard.view, silent: heard.view.unreachable_areas, worst };
}

const bearer = (token: string): HeadersInit => ({ authorization: `Bearer ${token}` });

/** The sirens of an area, or of all. Throws when there is no answer. */
export async function sirens(token: string, area: string | null, signal: AbortSignal): Promise<ReachView | 'wrong' | 'none'> {
  const query = area === null ? '' : `?${new URLSearchParams({ area })}`;
  const answer = await fetch(`/api/v1/officer/sirens${query}`, { headers: bearer(token), signal, cache: 'no-store' });
  if (answer.status === 401) return 'wrong';
  if (answer.status === 404) return 'none';
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return (await answer.json()) as ReachView;
}

export interface RaiseOrder {
  community: string;
  alert_type: string;
  level: string;
  reason: string;
  status: string;
}

/** Alerts that wait for an officer's word alone. Throws when there is no answer. */
export async function unheld(token: string, signal: AbortSignal): Promise<UnheldView[]> {
  const answer = await fetch('/api/v1/officer/unheld', { headers: bearer(token), signal, cache: 'no-store' });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return (await answer.json()) as UnheldView[];
}

export interface EndOrder {
  alerts: number[];
  reason: string;
  status: string;
}

type Answer = ActionReceipt | { refused: string };

/** Raises. As `order`. */
export const raise = (token: string, wanted: RaiseOrder): Promise<Answer> => order(token, { action: 'raise', kinds: [], ...wanted });

/** Ends alerts that have passed. As `order`. */
export const endTogether = (token: string, wanted: EndOrder): Promise<Answer> =>
  order(token, { action: 'end_together', outcome: 'passed', ...wanted });

/** Orders. A refusal is its reason. Throws when there is no answer: the order may have arrived. */
async function order(token: string, action: object): Promise<Answer> {
  const answer = await fetch('/api/v1/officer/actions', {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify(action),
  });
  const body = (await answer.json()) as ActionReceipt & { message?: string };
  return answer.ok ? body : { refused: body.message ?? `${answer.status}` };
}
