/** Incidents: the list, page by page, and the way to one sheet. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { lists, useAsked } from './ask';
import { Answer, Grade, place, useWords } from './parts';
import { link, route } from './route';
import { Sheet } from './Sheet';
import type { IncidentRow, IncidentsView } from './views';
import { stamp, stretch } from './when';

const PAGE = 100;

export function Incidents(): JSX.Element {
  const id = (): string | null => route().params.get('id');
  return (
    <Show when={id()} keyed fallback={<List />}>
      {(it) => <Sheet id={it} />}
    </Show>
  );
}

function List(): JSX.Element {
  const w = useWords();
  // After which incident each page begins; the first after none.
  const [pages, setPages] = createSignal(['']);
  return (
    <>
      <h2>{w().incident.title}</h2>
      <For each={pages()}>{(after, at) => <Page after={after} last={at() === pages().length - 1} onMore={(next) => setPages([...pages(), next])} />}</For>
    </>
  );
}

function Page(props: { after: string; last: boolean; onMore: (next: string) => void }): JSX.Element {
  const w = useWords();
  const query = (): string => `${new URLSearchParams({ limit: String(PAGE), ...(props.after === '' ? {} : { after: props.after }) })}`;
  const [asked, again] = useAsked<IncidentsView>(() => `/api/v1/chronicle/incidents?${query()}`, lists('incidents'));
  return (
    <Answer asked={asked()} again={again}>
      {(view) => (
        <section class="panel">
          <Show when={view().incidents.length > 0} fallback={<p class="empty">{w().incident.none}</p>}>
            <ul class="rows">
              <For each={view().incidents}>{(it) => <Row of={it} />}</For>
            </ul>
            <Show when={props.last && view().next}>
              {(next) => (
                <button type="button" onClick={() => props.onMore(next())}>
                  {w().load.more}
                </button>
              )}
            </Show>
          </Show>
        </section>
      )}
    </Answer>
  );
}

function Row(props: { of: IncidentRow }): JSX.Element {
  const w = useWords();
  const it = (): IncidentRow => props.of;
  const facts = (): string => {
    if (it().withdrawn) return w().incident.withdrawn;
    if (!it().window) return w().incident.embargo(stamp(it().embargo_until));
    const weapons = it().weapons.map((name) => word(w().object, name)).join(', ');
    return [stretch(it().window![0], it().window![1], w().open), place(w(), it().area ?? w().unknown), weapons].filter(Boolean).join(' · ');
  };
  return (
    <li data-incident={it().id}>
      <a href={link('incidents', { id: it().id })}>{it().id}</a> <Grade of={it().window ? (it().graded?.grade ?? 'ungraded') : null} />
      <small>{facts()}</small>
    </li>
  );
}
