/** Where entries stand in the record, and two ways to check one: in this browser, and by the program with the signature. */
import { createSignal, Show, type JSX } from 'solid-js';
import { useWords } from './parts';
import { entryPath, proofPath, prove, type Proven } from './proof';

/** "entry 12 · proof": both files of an entry. */
export function EntryLinks(props: { index: number }): JSX.Element {
  const w = useWords();
  return (
    <span class="entry">
      <a href={entryPath(props.index)}>{w().incident.entryNo(props.index)}</a> · <a href={proofPath(props.index)}>{w().incident.proof}</a>
    </span>
  );
}

export function Proofs(props: { index: number }): JSX.Element {
  const w = useWords();
  const [proven, setProven] = createSignal<Proven | 'busy' | null>(null);
  const check = async (): Promise<void> => {
    setProven('busy');
    setProven(await prove(props.index));
  };
  const said = (): string => {
    const it = proven();
    if (it === null) return '';
    if (it === 'busy') return w().incident.checking;
    if ('cannot' in it) return w().incident.cannot(it.cannot);
    return it.holds ? w().incident.holds(props.index, it.size) : w().incident.broken;
  };
  const state = (): string => {
    const it = proven();
    return it === null ? 'none' : it === 'busy' ? 'busy' : 'cannot' in it ? 'cannot' : it.holds ? 'holds' : 'broken';
  };
  const commands = (): string =>
    [
      `curl -o entry-${props.index}.json ${location.origin}${entryPath(props.index)}`,
      `curl -o entry-${props.index}.tlog-proof ${location.origin}${proofPath(props.index)}`,
      `allclear record check entry-${props.index}.tlog-proof entry-${props.index}.json --vkey log.vkey`,
    ].join('\n');
  return (
    <section class="panel" data-proof={state()}>
      <h3>{w().incident.proofs}</h3>
      <p>{w().incident.proofWhy}</p>
      <p>
        <EntryLinks index={props.index} /> · <a href="/log/checkpoint">{w().incident.checkpoint}</a>
      </p>
      <button type="button" disabled={proven() === 'busy'} onClick={() => void check()}>
        {w().incident.check}
      </button>
      <div role="status">
        <Show when={said()}>
          <p class={state() === 'broken' ? 'silent' : undefined}>
            <strong>{said()}</strong>
          </p>
        </Show>
      </div>
      <p>{w().incident.command}</p>
      <pre tabindex="0" aria-label={w().incident.command}>
        {commands()}
      </pre>
      <p class="note">{w().incident.commandWhy}</p>
    </section>
  );
}
