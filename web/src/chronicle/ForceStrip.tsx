/** When it was in force: a bar for each party by its own version, and overall with the words yes, no, disputed. */
import { For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { instantMs } from '../state/clock';
import { Hatch } from './Identity';
import { Table, usePlotWidth, useWords } from './parts';
import { lifetime, turns } from './observed';
import type { Period, Regime } from './report';
import { axis, stamp, stretch, type Axis } from './when';

const LEFT = 70;
const ROW = 26;

export function ForceStrip(props: { regime: Regime; at: string }): JSX.Element {
  const w = useWords();
  const width = usePlotWidth();
  const span = (): [number, number] | null => lifetime(props.regime, instantMs(props.at) ?? 0);
  const rows = (): { name: string; periods: Period[] }[] => props.regime.judged.filter((it) => it.by !== 'common').map((it) => ({ name: it.by, periods: it.periods }));
  const height = (): number => (rows().length + 1) * ROW + 22;
  const hatch = (): string => `disputed-${props.regime.regime.replaceAll(/[^\w-]/g, '_')}`;
  return (
    <Show when={span()}>
      {(it) => {
        const scale = (): Axis => axis(it()[0], it()[1], width() - LEFT, width() < 500 ? 4 : 8);
        const at = (ms: number): number => LEFT + scale().x(ms);
        return (
          <figure class="plot">
            <figcaption>{w().cease.history}</figcaption>
            <svg viewBox={`0 0 ${width()} ${height()}`} role="img" aria-label={w().cease.historyPlot}>
              <Hatch id={hatch()} />
              <For each={scale().ticks}>
                {(tick) => (
                  <>
                    <path class="grid" d={`M${LEFT + tick.x} 0V${height() - 18}`} />
                    <text x={LEFT + tick.x} y={height() - 4} text-anchor={tick.x > width() - LEFT - 30 ? 'end' : tick.x < 20 ? 'start' : 'middle'}>
                      {tick.label}
                    </text>
                  </>
                )}
              </For>
              <For each={rows()}>
                {(row, index) => (
                  <>
                    <text class="label" x="0" y={index() * ROW + 17}>
                      {word(w().party, row.name)}
                    </text>
                    <path class="end" d={`M${LEFT} ${index() * ROW + 13}H${width()}`} opacity="0.25" />
                    <For each={row.periods}>
                      {(period) => {
                        const from = (): number => at(instantMs(period.from) ?? it()[0]);
                        return <rect class="party" x={from()} y={index() * ROW + 5} width={Math.max(2, at(instantMs(period.to) ?? it()[1]) - from())} height="16" />;
                      }}
                    </For>
                  </>
                )}
              </For>
              <text class="label" x="0" y={rows().length * ROW + 17}>
                {w().cease.all}
              </text>
              <For each={turns(props.regime.history, it()[1])}>
                {(piece) => (
                  <>
                    <rect
                      class={`force ${piece.overall}`}
                      x={at(piece.from)}
                      y={rows().length * ROW + 4}
                      width={Math.max(2, at(piece.to) - at(piece.from))}
                      height="18"
                      fill={piece.overall === 'disputed' ? `url(#${hatch()})` : undefined}
                    />
                    <Show when={at(piece.to) - at(piece.from) > 58}>
                      <text class={`in ${piece.overall}`} x={(at(piece.from) + at(piece.to)) / 2} y={rows().length * ROW + 17} text-anchor="middle">
                        {word(w().cease.overall, piece.overall)}
                      </text>
                    </Show>
                  </>
                )}
              </For>
            </svg>
            <Table
              caption={w().cease.history}
              head={[w().cease.since, w().cease.party, w().cease.inForce]}
              rows={[
                ...props.regime.history.map((turn): JSX.Element[] => [stamp(turn.from), w().cease.all, word(w().cease.overall, turn.overall)]),
                ...rows().flatMap((row) => row.periods.map((period): JSX.Element[] => [stretch(period.from, period.to, w().open), word(w().party, row.name), word(w().cease.overall, 'yes')])),
              ]}
            />
          </figure>
        );
      }}
    </Show>
  );
}
