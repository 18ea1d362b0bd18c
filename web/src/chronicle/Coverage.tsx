/** Who observed, hour by hour of each day and area; what nobody observed is hatched and named. Then the curve that follows from it. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Hatch } from './Identity';
import { word } from '../text/chronicle';
import { place, Table, usePlotWidth, useWords } from './parts';
import { runs, stretches, unwatched, watched, type Watched } from './observed';
import type { AreaDay, Judged } from './report';
import { sayDay } from './when';

const LEFT = 8;
const HEIGHT = 84;

export function Coverage(props: { judged: Judged }): JSX.Element {
  const w = useWords();
  const areas = createMemo(() => watched(props.judged.days));
  const key = (area: string): string => `unseen-${props.judged.by}-${area}`.replaceAll(/[^\w-]/g, '_');
  return (
    <Show when={props.judged.days.length > 0}>
      <section data-coverage={props.judged.by}>
        <h4>{w().cease.coverage}</h4>
        <Show
          when={areas().length > 0}
          fallback={
            <>
              <Strip title={w().cease.coverageNone} hatch={key('')} days={props.judged.days.map((day) => ({ date: day.date, hours: unwatched(day) }))} />
              <p class="empty">{w().cease.coverageNone}</p>
            </>
          }
        >
          <p>{w().cease.coverageLead}</p>
          <p class="legend">
            <For each={['free', 'alleged', 'breach', 'unobserved'] as const}>
              {(it) => (
                <span>
                  <i class={`swatch watch-${it}`} aria-hidden="true" />
                  {w().cease.legend[it]}
                </span>
              )}
            </For>
          </p>
          <For each={areas()}>
            {(it) => (
              <>
                <h5>
                  {place(w(), it.area)} <small>{w().cease.unobserved(it.hours - it.observed)}</small>
                </h5>
                <Strip title={w().cease.coveragePlot(place(w(), it.area), it.observed, it.hours)} hatch={key(it.area)} days={it.days} />
                <Show when={it.blind.length > 0}>
                  <p class="note">{w().cease.blind(stretches(it.blind))}</p>
                </Show>
              </>
            )}
          </For>
          <Table
            caption={`${w().cease.coverage}: ${w().cease.judgedBy(props.judged.by === 'common' ? null : word(w().party, props.judged.by))}`}
            head={[w().cease.day, w().cease.area, w().cease.hoursForce, w().cease.observed, w().cease.free, w().cease.unobservedShort, w().cease.feed]}
            rows={areas().flatMap((it) =>
              it.days.map(({ date, hours }): JSX.Element[] => [
                sayDay(date),
                place(w(), it.area),
                String(hours.hours),
                String(hours.observed),
                String(hours.breach_free),
                String(hours.hours - hours.observed),
                hours.feed === 0 ? '—' : `${hours.alert_free} / ${hours.feed}`,
              ]),
            )}
          />
        </Show>
        <h4>{w().cease.curve}</h4>
        <Show when={areas().some((it) => it.observed > 0)} fallback={<p>{w().cease.curveNone}</p>}>
          <p>{w().cease.curveLead}</p>
          <Curve areas={areas()} />
        </Show>
      </section>
    </Show>
  );
}

/** A column for each day, an hour high for each hour of force: observed from below, the rest hatched. */
function Strip(props: { title: string; hatch: string; days: { date: string; hours: AreaDay }[] }): JSX.Element {
  const width = usePlotWidth();
  const step = (): number => (width() - LEFT) / Math.max(1, props.days.length);
  const most = (): number => Math.max(24, ...props.days.map((it) => it.hours.hours));
  const y = (hours: number): number => 4 + (1 - hours / most()) * (HEIGHT - 4);
  return (
    <figure class="plot">
      <svg viewBox={`0 0 ${width()} ${HEIGHT + 18}`} role="img" aria-label={props.title}>
        <Hatch id={props.hatch} />
        <For each={props.days}>
          {({ hours }, at) => {
            const bottoms = (): [string, number, number][] => {
              const breach = Math.max(0, hours.observed - hours.breach_free - hours.alleged_only);
              const free = Math.max(0, hours.observed - breach - hours.alleged_only);
              return [
                ['watch-free', 0, free],
                ['watch-alleged', free, hours.alleged_only],
                ['watch-breach', free + hours.alleged_only, breach],
                ['watch-unobserved', hours.observed, Math.max(0, hours.hours - hours.observed)],
              ];
            };
            return (
              <For each={bottoms().filter(([, , n]) => n > 0)}>
                {([name, from, n]) => (
                  <rect
                    class={name}
                    x={LEFT + at() * step()}
                    y={y(from + n)}
                    width={Math.max(1, step() - 1)}
                    height={Math.max(1, y(from) - y(from + n))}
                    fill={name === 'watch-unobserved' ? `url(#${props.hatch})` : undefined}
                  />
                )}
              </For>
            );
          }}
        </For>
        <Ends days={props.days.map((it) => it.date)} y={HEIGHT + 14} left={LEFT} />
      </svg>
    </figure>
  );
}

function Ends(props: { days: string[]; y: number; left: number }): JSX.Element {
  const width = usePlotWidth();
  return (
    <>
      <text x={props.left} y={props.y}>
        {sayDay(props.days[0] ?? '')}
      </text>
      <Show when={props.days.length > 1}>
        <text x={width()} y={props.y} text-anchor="end">
          {sayDay(props.days.at(-1) ?? '')}
        </text>
      </Show>
    </>
  );
}

const DASHES = ['none', '8 4', '2 4', '8 3 2 3'];

function Curve(props: { areas: Watched[] }): JSX.Element {
  const w = useWords();
  const width = usePlotWidth();
  const AXIS = 52;
  const days = (): string[] => props.areas[0]?.days.map((it) => it.date) ?? [];
  const x = (at: number): number => AXIS + (at / Math.max(1, days().length - 1)) * (width() - AXIS - 8);
  const y = (value: number): number => 8 + (1 - value) * 100;
  return (
    <figure class="plot">
      <svg viewBox={`0 0 ${width()} 132`} role="img" aria-label={w().cease.curvePlot}>
        <For each={[0, 0.5, 1]}>
          {(value) => (
            <>
              <path class="grid" d={`M${AXIS} ${y(value)}H${width()}`} />
              <text x={AXIS - 6} y={y(value) + 4} text-anchor="end">
                {value * 100} %
              </text>
            </>
          )}
        </For>
        <For each={props.areas}>
          {(area, index) => (
            <For each={runs(area.days)}>
              {(run) => (
                <>
                  <path class={`curve c${index() % 3}`} stroke-dasharray={DASHES[index() % DASHES.length]} d={run.map((p, at) => `${at === 0 ? 'M' : 'L'}${x(p.at)} ${y(p.share)}`).join('')} />
                  <For each={run}>{(p) => <circle class={`dot c${index() % 3}`} cx={x(p.at)} cy={y(p.share)} r="3" />}</For>
                </>
              )}
            </For>
          )}
        </For>
        <Ends days={days()} y={128} left={AXIS} />
      </svg>
      <figcaption class="legend">
        <For each={props.areas}>
          {(area, index) => (
            <span>
              <svg class="key" viewBox="0 0 30 10" aria-hidden="true">
                <path class={`curve c${index() % 3}`} stroke-dasharray={DASHES[index() % DASHES.length]} d="M0 5H30" />
              </svg>
              {place(w(), area.area)}
              {area.observed === 0 ? ` (${w().cease.legend.unobserved})` : ''}
            </span>
          )}
        </For>
      </figcaption>
    </figure>
  );
}
