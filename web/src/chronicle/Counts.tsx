/** What the parties counted themselves, each in its unit and in common ones; side by side, never added, and why not compared. */
import { For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { Many, Quote, Table, useWords } from './parts';
import { Bar, Scale, scaleOf } from './Bar';
import { sayBalance, sayQuantity } from './quantity';
import type { CeasefireReport, Count } from './report';
import { stretch } from './when';

/** Common units that any count has, in the order in which they come. */
export const unitsOf = (counts: Count[]): string[] => [...new Set(counts.flatMap((it) => Object.keys(it.common)))].sort();

export function Counts(props: { report: CeasefireReport }): JSX.Element {
  const w = useWords();
  const counts = (): Count[] => props.report.counts;
  const name = (it: Count): string => w().cease.counts_who(word(w().party, it.party), word(w().party, it.accuses));
  // Unit by unit, so that what is of one unit stands together.
  const shared = () =>
    unitsOf(counts()).flatMap((unit) =>
      counts().flatMap((it) => {
        const n = it.common[unit];
        return n === undefined ? [] : [{ unit, who: name(it), n }];
      }),
    );
  const most = (): number => scaleOf(shared().map((it) => it.n));
  const rows = (): JSX.Element[][] => [
    [w().cease.period, ...counts().map((it) => stretch(it.window[0], it.window[1], w().open))],
    [w().cease.own, ...counts().map((it) => it.unit)],
    [w().cease.total, ...counts().map((it) => <Many of={it.total} />)],
    ...unitsOf(counts()).map((unit) => [
      word(w().cease.units, unit),
      ...counts().map((it): JSX.Element => {
        const n = it.common[unit];
        return n === undefined ? '—' : <Many of={n} />;
      }),
    ]),
    [w().cease.rest, ...counts().map((it) => sayBalance(w(), it.rest))],
  ];
  return (
    <section class="panel" data-counts>
      <h3>{w().cease.counts}</h3>
      <Show when={counts().length > 0} fallback={<p>{w().cease.countsNone}</p>}>
        <p>{w().cease.countsLead}</p>
        <For each={counts()}>{(it) => <Quote source={`${it.statement.source} (${name(it)})`} words={it.statement.words} address={it.statement.address} />}</For>
        <Table caption={w().cease.counts} head={[w().cease.shared, ...counts().map(name)]} rows={rows()} shown />
        <Show when={shared().length > 0}>
          <h4>{w().cease.shared}</h4>
          <ul class="bars">
            <For each={shared()}>
              {(it) => (
                <li>
                  {word(w().cease.units, it.unit)} · {it.who}: <Many of={it.n} />
                  <Bar of={it.n} most={most()} />
                </li>
              )}
            </For>
          </ul>
          <Scale most={most()} />
        </Show>
        <Show when={props.report.compared.length > 0}>
          <h4>{w().cease.compare}</h4>
          <ul class="rows">
            <For each={props.report.compared}>
              {(it) => (
                <li data-verdict={it.verdict}>
                  {word(w().cease.units, it.of)}: {word(w().party, it.parties[0])} {sayQuantity(w(), it.quantities[0])} / {word(w().party, it.parties[1])} {sayQuantity(w(), it.quantities[1])} — <strong>{word(w().cease.verdict, it.verdict)}</strong>
                  <Show when={(it.because?.length ?? 0) > 0}>
                    <small>{it.because?.map((reason) => word(w().cease.because, reason)).join('; ')}</small>
                  </Show>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </Show>
    </section>
  );
}
