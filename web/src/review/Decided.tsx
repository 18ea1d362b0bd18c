/** What was decided on this page since it was opened, each with its entry of the record, and a way to take a reading back. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { useWords } from '../chronicle/parts';
import { EntryLinks } from '../chronicle/Proofs';
import { word } from '../text/chronicle';
import { useDeciding, type Desk, type Noted } from './Deciding';

export function Decided(props: { noted: Noted[]; desk: Desk; heading: (it: HTMLElement) => void }): JSX.Element {
  const w = useWords();
  const last = (): string => {
    const it = props.noted[0];
    if (it === undefined) return '';
    return it.receipt.outcome === 'waits' ? w().review.waits(it.receipt.detail ?? '') : w().review.done(it.receipt.index);
  };
  return (
    <section class="panel" data-decided hidden={props.noted.length === 0}>
      <h3 tabindex="-1" ref={props.heading}>
        {w().review.decided}
      </h3>
      <div role="status">
        <p data-outcome={props.noted[0]?.receipt.outcome}>
          <strong>{last()}</strong>
        </p>
      </div>
      <ul class="rows">
        <For each={props.noted}>{(it) => <One noted={it} desk={props.desk} takenBack={props.noted.some((later) => takesBack(later, it))} />}</For>
      </ul>
    </section>
  );
}

const passage = (it: Noted): string | null => ('statement' in it.decision ? `${it.decision.statement}:${it.decision.start}:${it.decision.end}` : null);
const takesBack = (later: Noted, it: Noted): boolean =>
  later.decision.action === 'retract' && passage(later) !== null && passage(later) === passage(it) && later.receipt.index > it.receipt.index;

function One(props: { noted: Noted; desk: Desk; takenBack: boolean }): JSX.Element {
  const w = useWords();
  const { may, send, Outcome } = useDeciding(() => props.desk);
  const [open, setOpen] = createSignal(false);
  let reason!: HTMLInputElement;
  const it = (): Noted => props.noted;
  const canTakeBack = (): boolean => ['read', 'set_aside'].includes(it().decision.action) && !props.takenBack;
  return (
    <li data-noted={it().decision.action}>
      <strong>{word(w().review.actions, it().decision.action)}</strong>: {it().about}
      <Show when={it().receipt.outcome === 'waits'}> · {w().review.waits(it().receipt.detail ?? '')}</Show>
      <small>
        <EntryLinks index={it().receipt.index} />
      </small>
      <Show when={canTakeBack()}>
        <Show
          when={open()}
          fallback={
            <button type="button" class="link" onClick={() => setOpen(true)}>
              {w().review.takeBack}
            </button>
          }
        >
          <form
            class="decide"
            onSubmit={(e) => {
              e.preventDefault();
              const { decision } = it();
              if (!('statement' in decision)) return;
              const { statement, start, end } = decision;
              void send({ action: 'retract', statement, start, end, reason: reason.value }, it().about);
            }}
          >
            <label class="wide">
              {w().review.reason}
              <input ref={(field) => ((reason = field), queueMicrotask(() => field.focus()))} type="text" required maxlength="500" autocomplete="off" />
            </label>
            <div class="row wide">
              <button type="submit" disabled={!may('read')}>
                {w().review.takeBack}
              </button>
            </div>
          </form>
        </Show>
      </Show>
      <Outcome />
    </li>
  );
}
