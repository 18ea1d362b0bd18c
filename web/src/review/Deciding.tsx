/** Sends one decision and says in words what came of it. */
import { createSignal, Show, type Accessor, type JSX } from 'solid-js';
import { useWords } from '../chronicle/parts';
import { decide, type Decision, type DecisionReceipt } from './ask';

/** What a card may do, and with whom it speaks. */
export interface Desk {
  token: string;
  /** The world that decisions are meant for; empty is not known, and then nothing is sent. */
  world: string;
  may: string[];
  /** Whether the queue is fresh enough to decide by. */
  fresh: boolean;
  onDecided: (noted: Noted) => void;
}

/** A decision that the record has. */
export interface Noted {
  decision: Decision;
  receipt: DecisionReceipt;
  /** What it is about, in words. */
  about: string;
}

export interface Deciding {
  /** Whether this role may decide now. */
  may: (role: string) => boolean;
  send: (decision: Decision, about: string) => Promise<void>;
  /** Why the last decision was not taken. */
  Outcome: () => JSX.Element;
  busy: Accessor<boolean>;
}

export function useDeciding(desk: () => Desk): Deciding {
  const w = useWords();
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string | null>(null);
  const send = async (decision: Decision, about: string): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      const answer = await decide(desk().token, { ...decision, status: desk().world });
      if ('refused' in answer) setFailed(w().review.refused(answer.refused));
      else desk().onDecided({ decision, receipt: answer, about });
    } catch {
      setFailed(w().review.unsure);
    } finally {
      setBusy(false);
    }
  };
  const Outcome = (): JSX.Element => (
    <div role="alert">
      <Show when={failed()}>
        {(why) => (
          <p data-outcome="refused" class="refused">
            <strong>{why()}</strong>
          </p>
        )}
      </Show>
    </div>
  );
  return { may: (role) => desk().may.includes(role) && desk().fresh && desk().world !== '' && !busy(), send, Outcome, busy };
}
