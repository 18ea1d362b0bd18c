/** One incident that waits for a grade, is contested, or is under seal, and a person's decision about it. */
import { For, Show, type JSX } from 'solid-js';
import { Grade, place, useWords } from '../chronicle/parts';
import { link } from '../chronicle/route';
import { stamp, stretch } from '../chronicle/when';
import { word } from '../text/chronicle';
import type { Decision, IncidentItem } from './ask';
import { useDeciding, type Desk } from './Deciding';

const GRADES = ['confirmed', 'fair', 'weak', 'contested', 'discounted'];

export function IncidentCard(props: { of: IncidentItem; desk: Desk; first: boolean }): JSX.Element {
  const w = useWords();
  const { may, send, Outcome } = useDeciding(() => props.desk);
  let grade: HTMLSelectElement | undefined, reason!: HTMLInputElement;
  const it = (): IncidentItem => props.of;
  const role = (): string => (it().sealed ? 'publish' : 'grade');
  const tell = (decision: Decision, more = ''): void => void send(decision, `${it().id}${more}`);
  const graded = (): void => {
    if (grade === undefined || typeof it().version !== 'number') return;
    tell({ action: 'grade', incident: it().id, version: it().version!, grade: grade.value, reason: reason.value }, `: ${word(w().incident.grades, grade.value)}`);
  };
  const retracted = (): void => {
    if (reason.reportValidity() && typeof it().version === 'number') tell({ action: 'retract', incident: it().id, version: it().version!, reason: reason.value });
  };
  const lifted = (): void => tell({ action: 'lift_embargo', incident: it().id, reason: reason.value });
  return (
    <li data-incident={it().id}>
      <p>
        <a href={`/chronicle${link('incidents', { id: it().id })}`}>{it().id}</a>
        <Show when={it().version}>{(n) => <> · {w().version(n())} </>}</Show> <Grade of={it().sealed ? null : (it().grade ?? 'ungraded')} />
      </p>
      <p class="note">
        <Show when={it().sealed} fallback={`${stretch(it().window?.[0], it().window?.[1], w().open)} · ${place(w(), it().area ?? w().unknown)}`}>
          {w().incident.embargo(stamp(it().embargo_until))}
        </Show>
      </p>
      <Show when={it().waits.length > 0}>
        <p data-waits>{w().review.second(it().waits.join(', '))}</p>
      </Show>
      <details open={props.first}>
        <summary>{w().review.decide}</summary>
      <form
        class="decide"
        onSubmit={(e) => {
          e.preventDefault();
          if (it().sealed) lifted();
          else graded();
        }}
      >
        <Show when={!it().sealed}>
          <label>
            {w().incident.grade}
            <select ref={grade} required>
              <option value="">{w().review.choose}</option>
              <For each={GRADES}>{(one) => <option value={one}>{w().incident.grades[one]}</option>}</For>
            </select>
          </label>
        </Show>
        <label class="wide">
          {w().review.reason}
          <input ref={reason} type="text" required maxlength="500" autocomplete="off" />
        </label>
        <div class="row wide">
          <button type="submit" disabled={!may(role())}>
            {it().sealed ? w().review.lift : w().review.grade}
          </button>
          <Show when={!it().sealed}>
            <button type="button" disabled={!may('publish')} onClick={retracted}>
              {w().review.retract}
            </button>
          </Show>
        </div>
      </form>
      <Show when={!props.desk.may.includes(role())}>
        <p class="note">{w().review.forbidden}</p>
      </Show>
      </details>
      <Outcome />
    </li>
  );
}
