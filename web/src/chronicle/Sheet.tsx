/** The sheet of one incident: who says so, how sure that makes us, who did it as another question, every wording, and proofs. */
import { For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { lists, useAsked } from './ask';
import { Beside } from './Beside';
import { Address, Answer, Grade, Many, place, useWords } from './parts';
import { EntryLinks, Proofs } from './Proofs';
import { link } from './route';
import { told, type AccountView, type Graded, type GradeView, type IncidentVersion, type IncidentView } from './views';
import { stamp, stretch } from './when';

export function Sheet(props: { id: string }): JSX.Element {
  const w = useWords();
  const [asked, again] = useAsked<IncidentView>(() => `/api/v1/chronicle/incidents/${encodeURIComponent(props.id)}`, lists('versions'));
  return (
    <>
      <h2>{props.id}</h2>
      <p>
        <a href={link('incidents')}>{w().incident.all}</a>
      </p>
      <Answer asked={asked()} again={again}>
        {(view) => (
          <Show when={view().versions[0]}>
            {(newest) => (
              <>
                <Wording of={newest()} />
                <Show when={told(newest())}>
                  <Beside id={props.id} />
                </Show>
                <section class="panel" data-part="versions">
                  <h3>{w().incident.versions}</h3>
                  <p>{w().incident.versionsWhy}</p>
                  <ol class="rows">
                    <For each={view().versions}>{(it, at) => <Filed of={it} newest={at() === 0} />}</For>
                  </ol>
                </section>
                <Proofs index={newest().index} />
              </>
            )}
          </Show>
        )}
      </Answer>
    </>
  );
}

/** One wording in the list of all: when it came in, where it stands, and what it said. */
function Filed(props: { of: IncidentVersion; newest: boolean }): JSX.Element {
  const w = useWords();
  const it = (): IncidentVersion => props.of;
  const what = (): string => {
    if (typeof it().withdrawn === 'string') return w().incident.withdrawn;
    return it().version ? w().version(it().version!) : w().incident.sealed;
  };
  return (
    <li data-version={it().index}>
      {what()} · {w().incident.entered(stamp(it().at), it().by)} <Grade of={it().graded?.grade ?? null} />
      <small>
        <Show when={it().recorded_at}>{(at) => <>{w().incident.recorded(stamp(at()))} · </>}</Show>
        <EntryLinks index={it().index} />
      </small>
      <Show when={!props.newest && told(it())}>
        <details>
          <summary>{w().incident.wording}</summary>
          <Wording of={it()} />
        </details>
      </Show>
    </li>
  );
}

function Wording(props: { of: IncidentVersion }): JSX.Element {
  const w = useWords();
  return (
    <Show when={told(props.of)} fallback={<Untold of={props.of} />}>
      <Facts of={props.of} />
      <Occurrence of={props.of} />
      <Attributed of={props.of} />
      <Show when={props.of.alerts.length > 0}>
        <section class="panel" data-part="alerts">
          <h3>{w().incident.alerts}</h3>
          <p class="note">{w().incident.alertsWhy}</p>
          <ul class="rows">
            <For each={props.of.alerts}>
              {(it) => (
                <li>
                  {stretch(it.from, it.to, w().open)} · {place(w(), it.area)}
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>
      <Show when={props.of.considered.length > 0}>
        <section class="panel" data-part="considered">
          <h3>{w().incident.considered}</h3>
          <ul class="rows">
            <For each={props.of.considered}>
              {(it) => (
                <li>
                  {it.exception}: <strong>{word(w().incident.applies, it.applies)}</strong>
                  <small>{it.why}</small>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>
    </Show>
  );
}

/** What is withdrawn, with its reason; or under seal, with the hash that it can be checked against. */
function Untold(props: { of: IncidentVersion }): JSX.Element {
  const w = useWords();
  return (
    <Show
      when={typeof props.of.withdrawn !== 'string'}
      fallback={
        <section class="panel" data-withdrawn>
          <h3>{w().incident.withdrawn}</h3>
          <p>{props.of.withdrawn}</p>
          <p class="note">{w().incident.withdrawnWhy}</p>
        </section>
      }
    >
      <section class="panel" data-embargo>
        <h3>{w().incident.embargo(stamp(props.of.embargo_until))}</h3>
        <p>{w().incident.embargoWhy}</p>
        <Show when={props.of.commitment}>
          {(hash) => (
            <p>
              {w().incident.commitment}: <code>{hash()}</code>
            </p>
          )}
        </Show>
      </section>
    </Show>
  );
}

function Facts(props: { of: IncidentVersion }): JSX.Element {
  const w = useWords();
  const it = (): IncidentVersion => props.of;
  const list = (of: string[], names: Record<string, string>): string => of.map((name) => word(names, name)).join(', ') || '—';
  const when = (): string => {
    const said = stretch(it().window?.[0], it().window?.[1], w().open);
    return (it().clock_s ?? 0) === 0 ? said : `${said} (± ${w().incident.minutes(Math.ceil(it().clock_s! / 60))})`;
  };
  const facts = (): [string, JSX.Element][] => [
    [w().incident.when, when()],
    [w().incident.where, it().area ? place(w(), it().area!) : w().unknown],
    [w().incident.domains, list(it().domains, w().cease.domain)],
    [w().incident.weapons, list(it().weapons, w().object)],
    [w().incident.objects, list(it().objects, w().object)],
    [w().incident.quantity, it().quantity ? <Many of={it().quantity!} /> : w().unknown],
  ];
  return (
    <section class="panel" data-part="facts">
      <dl class="facts">
        <For each={facts()}>
          {([name, said]) => (
            <div>
              <dt>{name}</dt>
              <dd>{said}</dd>
            </div>
          )}
        </For>
        <div>
          <dt>{w().incident.harm}</dt>
          <dd>
            <Show when={Object.keys(it().harm).length > 0} fallback={w().incident.harmNone}>
              <For each={Object.entries(it().harm)}>
                {([field, n], at) => (
                  <>
                    {at() > 0 ? '; ' : ''}
                    {word(w().incident.harms, field)}: <Many of={n} />
                  </>
                )}
              </For>
            </Show>
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** Whether it happened: the grade, why, who says so, and what shows it. */
function Occurrence(props: { of: IncidentVersion }): JSX.Element {
  const w = useWords();
  const it = (): IncidentVersion => props.of;
  /** Parties by their names; everything else as it is. */
  const inWords = (reason: Graded['reasons'][number]): Record<string, unknown> =>
    Object.fromEntries(Object.entries(reason).map(([name, said]) => [name, name === 'party' || name === 'parties' ? [said].flat().map((who) => word(w().party, String(who))) : said]));
  return (
    <section class="panel" data-part="grade">
      <h3>
        {w().incident.grade}: <Grade of={it().graded?.grade ?? 'ungraded'} />
      </h3>
      <h4>{w().incident.why}</h4>
      <ul class="plain">
        <For each={it().graded?.reasons ?? []}>{(reason) => <li>{w().incident.reasons[reason.rule]?.(inWords(reason)) ?? word({}, reason.rule)}</li>}</For>
      </ul>
      <Show when={it().judged.length > 0}>
        <h4>{w().incident.judged}</h4>
        <ol class="rows">
          <For each={it().judged}>{(given) => <Judgement of={given} />}</For>
        </ol>
      </Show>
      <h4>{w().incident.accounts}</h4>
      <p class="note">{w().incident.origins(it().clusters ?? 0)}</p>
      <ul class="rows">
        <For each={it().accounts}>{(account) => <AccountOf of={account} />}</For>
      </ul>
      <h4>{w().incident.evidence}</h4>
      <Show when={it().evidence.length > 0} fallback={<p>{w().incident.evidenceNone}</p>}>
        <ul class="rows">
          <For each={it().evidence}>
            {(shown) => (
              <li>
                {word(w().incident.shows, shown.shows)} · {shown.source}
                <Show when={shown.party}>{(party) => <> · {word(w().party, party())}</>}</Show>
                <Cluster of={shown.cluster} />
              </li>
            )}
          </For>
        </ul>
      </Show>
    </section>
  );
}

function Judgement(props: { of: GradeView }): JSX.Element {
  const w = useWords();
  return (
    <li data-judged={props.of.grade ?? 'taken-back'}>
      <strong>{props.of.by}</strong>: <Show when={props.of.grade} fallback={w().incident.takenBack}>{(grade) => <Grade of={grade()} />}</Show> {props.of.reason}
      <small>
        {stamp(props.of.at)} · <EntryLinks index={props.of.index} />
      </small>
    </li>
  );
}

function Attributed(props: { of: IncidentVersion }): JSX.Element {
  const w = useWords();
  const by = (): IncidentVersion['attribution'] => props.of.attribution;
  return (
    <section class="panel" data-part="attribution">
      <h3>{w().incident.attribution}</h3>
      <p class="note">{w().incident.apart}</p>
      <p>
        <strong>{by()?.party ? word(w().party, by()!.party!) : w().nobodyYet}</strong>
        <Show when={by()?.party}> · {word(w().incident.confidence, by()!.confidence)}</Show> · {word(w().incident.basis, by()?.basis ?? 'nothing')}
      </p>
      <Show when={(by()?.rivals?.length ?? 0) > 0}>
        <p>{w().cease.rivals(by()!.rivals!.map((who) => word(w().party, who)).join(', '))}</p>
      </Show>
    </section>
  );
}

function AccountOf(props: { of: AccountView }): JSX.Element {
  const w = useWords();
  const it = (): AccountView => props.of;
  return (
    <li data-says={it().says}>
      <strong>{it().source}</strong> ({word(w().incident.classes, it().class)}
      {it().party ? `, ${word(w().party, it().party!)}` : ''}) {word(w().incident.says, it().says)}
      <Show when={it().quantity}>
        {(n) => (
          <>
            : <Many of={n()} />
          </>
        )}
      </Show>
      <Show when={it().blames}>{(who) => <> · {w().incident.blames(word(w().party, who()))}</>}</Show>
      <small>
        <Cluster of={it().cluster} />
        <Show when={it().statement}>{(from) => <Address of={from()} />}</Show>
      </small>
    </li>
  );
}

function Cluster(props: { of: string | null | undefined }): JSX.Element {
  const w = useWords();
  return <Show when={props.of}>{(origin) => <span> {w().incident.leansOn(origin())}</span>}</Show>;
}
