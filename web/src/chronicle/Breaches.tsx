/** Breaches by clause: what counts first, then what was looked at and does not. Alleged is never shown as confirmed. */
import { For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { Many, place, useWords } from './parts';
import { COUNTED, type Breach, type Judged } from './report';
import { link } from './route';
import { stretch } from './when';

/** Clause by clause, in the order in which they first come. */
export function byClause(breaches: Breach[]): [string, Breach[]][] {
  const all = new Map<string, Breach[]>();
  for (const it of breaches) all.set(it.clause, [...(all.get(it.clause) ?? []), it]);
  return [...all];
}

/** Of the dossier `dossier`, whose incidents have its name before theirs. */
export function Breaches(props: { judged: Judged; dossier: string }): JSX.Element {
  const w = useWords();
  const counted = (): Breach[] => props.judged.breaches.filter((it) => COUNTED.includes(it.status));
  const aside = (): Breach[] => props.judged.breaches.filter((it) => !COUNTED.includes(it.status));
  return (
    <section data-breaches={props.judged.by}>
      <h4>{w().cease.breaches}</h4>
      <ul class="row tallies">
        <For each={COUNTED.filter((it) => props.judged.by_status[it])}>
          {(status) => (
            <li class="chip" data-status={status}>
              {word(w().cease.statuses, status)}: {props.judged.by_status[status]}
            </li>
          )}
        </For>
        <For each={Object.entries(props.judged.by_party)}>
          {([party, n]) => (
            <li class="chip">{w().cease.attributedTo(party === '-' ? w().nobody : word(w().party, party), n)}</li>
          )}
        </For>
      </ul>
      <Show when={counted().length > 0} fallback={<p class="empty">{w().cease.breachNone}</p>}>
        <For each={byClause(counted())}>
          {([clause, breaches]) => (
            <>
              <h5>
                {w().cease.clause}: {word(w().cease.domain, clause)}
              </h5>
              <ul class="rows">
                <For each={breaches}>{(it) => <Row of={it} dossier={props.dossier} />}</For>
              </ul>
            </>
          )}
        </For>
      </Show>
      <Show when={aside().length > 0}>
        <details>
          <summary>
            {w().cease.aside}: {aside().length}
          </summary>
          <ul class="rows">
            <For each={aside()}>{(it) => <Row of={it} dossier={props.dossier} />}</For>
          </ul>
        </details>
      </Show>
    </section>
  );
}

function Row(props: { of: Breach; dossier: string }): JSX.Element {
  const w = useWords();
  const notes = (): string[] => {
    const it = props.of;
    const edge = [it.in_time, it.in_area].filter((mark) => mark.endsWith('_uncertain'));
    return [
      ...[...edge, ...(it.marks ?? [])].map((mark) => word(w().cease.marks, mark)),
      ...(it.attribution.rivals?.length ? [w().cease.rivals(it.attribution.rivals.map((who) => word(w().party, who)).join(', '))] : []),
      ...(it.replies?.length ? [w().cease.replies(it.replies.map((who) => word(w().party, who)).join(', '))] : []),
    ];
  };
  const who = (): string => {
    const { party, confidence, basis } = props.of.attribution;
    return `${party === null ? w().nobody : word(w().party, party)} (${word(w().incident.confidence, confidence)}; ${word(w().incident.basis, basis)})`;
  };
  return (
    <li data-status={props.of.status}>
      <span class="chip" data-status={props.of.status}>
        {word(w().cease.statuses, props.of.status)}
      </span>{' '}
      {stretch(props.of.window[0], props.of.window[1], w().open)} · {place(w(), props.of.area)} · <Many of={props.of.quantity} />
      <small>
        {w().incident.grade}: {word(w().incident.grades, props.of.grade)} · {w().cease.attributed}: {who()}
      </small>
      <Show when={notes().length > 0}>
        <small>{notes().join(' · ')}</small>
      </Show>
      <small>
        <For each={props.of.incidents}>
          {(id, at) => (
            <>
              {at() > 0 ? ', ' : ''}
              <a href={link('incidents', { id: `${props.dossier}:${id}` })}>{id}</a>
            </>
          )}
        </For>
      </small>
    </li>
  );
}
