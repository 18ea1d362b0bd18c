/** Figures of a night, a week or a month: by kind, as intervals of each source, each opening the words it comes from. */
import { createEffect, createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { lists, useAsked, within } from './ask';
import { Bar, Scale, scaleOf } from './Bar';
import { Account } from './Identity';
import { Answer, Many, place, Quote, Table, useWords } from './parts';
import type { FigureRow, FiguresReport, Told } from './report';
import { link, route } from './route';
import { GROUP_NAMES, groupOf } from './sums';
import type { FiguresView } from './views';
import { dayOf, stamp } from './when';

const LENGTHS = ['night', 'week', 'month'] as const;
const check = within('figures', lists('rows', 'identities', 'conflicts', 'superseded', 'undated', 'crossing'));

const SIX_DAYS_MS = 6 * 86_400_000;

/** The day that asks for the newest span: a week is asked for by its first day. */
const newest = (length: string): string => dayOf(Date.now() - (length === 'week' ? SIX_DAYS_MS : 0));

export function Figures(): JSX.Element {
  const w = useWords();
  const length = (): string => LENGTHS.find((it) => it === route().params.get('length')) ?? 'week';
  const date = (): string => {
    const asked = route().params.get('date') ?? '';
    return /^\d{4}-\d{2}-\d{2}$/.test(asked) ? asked : newest(length());
  };
  const [chosen, setChosen] = createSignal(length());
  createEffect(() => setChosen(length()));
  const [asked, again] = useAsked<FiguresView>(() => `/api/v1/chronicle/figures/${length()}?${new URLSearchParams({ date: date() })}`, check);
  let lengthField!: HTMLSelectElement, dateField!: HTMLInputElement;
  return (
    <>
      <h2>{w().figures.title}</h2>
      <form
        class="choose"
        onSubmit={(e) => {
          e.preventDefault();
          location.hash = link('figures', { length: lengthField.value, date: dateField.value });
        }}
      >
        <label>
          {w().figures.lengthLabel}
          <select ref={lengthField} onChange={(e) => setChosen(e.currentTarget.value)}>
            <For each={LENGTHS}>
              {(it) => (
                <option value={it} selected={length() === it}>
                  {w().figures.length[it]}
                </option>
              )}
            </For>
          </select>
        </label>
        <label>
          {word(w().figures.day, chosen())}
          <input ref={dateField} type="date" value={date()} required />
        </label>
        <button type="submit">{w().figures.show}</button>
      </form>
      <Answer asked={asked()} again={again}>
        {(view) => (
          <>
            <Show when={view().left_out > 0}>
              <p class="notice">{w().figures.leftOut(view().left_out)}</p>
            </Show>
            <Report report={view().figures} />
          </>
        )}
      </Answer>
    </>
  );
}

function Report(props: { report: FiguresReport }): JSX.Element {
  const w = useWords();
  const groups = createMemo(() =>
    GROUP_NAMES.map((name) => ({ name, rows: props.report.rows.filter((row) => groupOf(row.kind) === name) })).filter((it) => it.rows.length > 0),
  );
  const empty = (): boolean => props.report.rows.length === 0;
  return (
    <>
      <p class="span">
        <Show when={props.report.span}>{(span) => <strong>{w().figures.span(stamp(span()[0]), stamp(span()[1]))}</strong>}</Show>
      </p>
      <Show when={empty()}>
        <p class="empty">{w().figures.none}</p>
      </Show>
      <Show when={!empty()}>
        <p>{w().figures.lead}</p>
      </Show>
      <For each={groups()}>{(group) => <GroupOf name={w().figures[group.name]} id={group.name} rows={group.rows} />}</For>
      <Show when={props.report.identities.length > 0}>
        <section class="panel" data-identities>
          <h3>{w().figures.identity}</h3>
          <p>{w().figures.identityLead}</p>
          <For each={props.report.identities}>{(it) => <Account of={it} />}</For>
        </section>
      </Show>
      <Alerts of={props.report.alerts} />
      <Show when={!empty()}>
        <section class="panel">
          <h3>
            {w().figures.conflicts}: {props.report.conflicts.length + (props.report.conflicts_more ?? 0)}
          </h3>
          <Show when={props.report.conflicts.length === 0}>
            <p>{w().figures.conflictsNone}</p>
          </Show>
          <For each={props.report.conflicts}>
            {(conflict) => (
              <ul class="rows pair">
                <For each={conflict.claims}>{(it) => <ToldRow told={it} />}</For>
              </ul>
            )}
          </For>
          <Show when={props.report.conflicts_more}>{(n) => <p class="note">{w().figures.conflictsMore(n())}</p>}</Show>
        </section>
      </Show>
      <For each={(['superseded', 'undated', 'crossing'] as const).filter((it) => (props.report[it] ?? []).length > 0)}>
        {(name) => (
          <section class="panel" data-list={name}>
            <h3>{w().figures[name]}</h3>
            <ul class="rows">
              <For each={props.report[name]}>{(it) => <ToldRow told={it} />}</For>
            </ul>
          </section>
        )}
      </For>
    </>
  );
}

/** "launched: drones (children); weapons of RU; Kropyvnytskyi, Kirovohrad, UA". */
function rowName(w: ReturnType<ReturnType<typeof useWords>>, row: FigureRow): string {
  const what = `${word(w.kind, row.kind)}: ${word(w.object, row.object)}${row.child ? ` (${w.children})` : ''}`;
  return `${what} · ${place(w, row.area)}`;
}

function GroupOf(props: { name: string; id: string; rows: FigureRow[] }): JSX.Element {
  const w = useWords();
  const quantities = createMemo(() => props.rows.flatMap((row) => row.sources.flatMap((it) => (it.quantity === null ? [] : [it.quantity]))));
  const most = (): number => scaleOf(quantities());
  return (
    <section class="panel" data-group={props.id}>
      <h3>{props.name}</h3>
      <ul class="figures">
        <For each={props.rows}>
          {(row) => (
            <li>
              <h4>
                {rowName(w(), row)}
                <small>
                  <Show when={row.attacker}>{(who) => <>{w().weaponsOf(word(w().party, who()))} · </>}</Show>
                  {w().figures.origins(row.clusters)}
                </small>
              </h4>
              <For each={row.sources}>
                {(it) => (
                  <details class="figure">
                    <summary>
                      <Show when={it.quantity} fallback={<span>{w().figures.overlap}</span>}>
                        {(quantity) => <Many of={quantity()} />}
                      </Show>{' '}
                      <span class="by">
                        — {it.source}
                        {it.claims.some((claim) => claim.own) ? ` (${w().figures.own})` : ''}
                      </span>
                      <Show when={it.quantity}>{(quantity) => <Bar of={quantity()} most={most()} />}</Show>
                    </summary>
                    <p class="sr">{w().figures.opens}</p>
                    <For each={it.claims}>{(claim) => <Quote source={said(claim)} words={claim.words} address={claim.statement} day={claim.as_of} />}</For>
                  </details>
                )}
              </For>
            </li>
          )}
        </For>
      </ul>
      <Scale most={most()} />
      <Show when={quantities().some((it) => (it.high ?? null) === null)}>
        <p class="note">{w().figures.openEnd}</p>
      </Show>
    </section>
  );
}

const said = (claim: Told): string => (claim.as_of === undefined ? claim.source : `${claim.source}, ${stamp(claim.as_of)}`);

function ToldRow(props: { told: Told }): JSX.Element {
  const w = useWords();
  return (
    <li>
      {word(w().kind, props.told.scope.kind)}: {word(w().object, props.told.scope.object)} — <Many of={props.told.quantity} />
      <Quote source={said(props.told)} words={props.told.words} address={props.told.statement} day={props.told.as_of} />
    </li>
  );
}

function Alerts(props: { of: FiguresReport['alerts'] }): JSX.Element {
  const w = useWords();
  const rows = (): JSX.Element[][] =>
    Object.entries(props.of ?? {}).map(([area, it]) => [
      place(w(), area),
      String(it.alerts),
      `${Math.floor(it.minutes / 60)}:${String(it.minutes % 60).padStart(2, '0')}`,
    ]);
  return (
    <section class="panel" data-group="alerts">
      <h3>{w().figures.alerts}</h3>
      <Show when={rows().length > 0} fallback={<p>{w().figures.alertsNone}</p>}>
        <Table caption={w().figures.alerts} head={[w().figures.area, w().figures.times, w().figures.alertHours]} rows={rows()} shown />
      </Show>
    </section>
  );
}
