/**
 * The axis. Above it a circle for each statement, and a line for each span of time that words speak of; below it a bar for each event.
 * Signs lead to the lists, which hold everything.
 */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { lang } from '../settings';
import { instantMs } from '../state/clock';
import { nameIn } from '../text';
import { anchor, lay, laneCount, signs, spoken } from './laid';
import { usePlotWidth, useWords } from './parts';
import { numeral } from './quantity';
import type { HappenedView, SaidView } from './views';
import { axis, stamp, stretch } from './when';

const PAD = 8;
const LANE = 16;
const SPOKEN_LANE = 9;
const TOP = 22;
const CIRCLES = 26;

/** Brings an item of the lists into view, for eyes and for the keyboard. */
export function show(id: string): void {
  const item = document.getElementById(id);
  item?.scrollIntoView({ block: 'center' });
  item?.focus({ preventScroll: true });
}

export function TimelinePlot(props: { said: SaidView[]; happened: HappenedView[]; span: [number, number] }): JSX.Element {
  const w = useWords();
  const width = usePlotWidth();
  const scale = createMemo(() => axis(props.span[0], props.span[1], width() - 2 * PAD, width() < 500 ? 5 : 9));
  const x = (ms: number): number => PAD + scale().x(ms);
  const above = createMemo(() => signs(props.said, x));
  const meant = createMemo(() =>
    lay(
      spoken(props.said).filter((it) => (instantMs(it.to) ?? 0) >= props.span[0] && (instantMs(it.from) ?? 0) <= props.span[1]),
      x,
      props.span[1],
    ),
  );
  const below = createMemo(() => lay(props.happened, x, props.span[1]));
  const circle = TOP + CIRCLES / 2;
  const middle = (): number => TOP + CIRCLES + 6 + laneCount(meant()) * SPOKEN_LANE + 6;
  const height = (): number => middle() + 24 + Math.max(1, laneCount(below())) * LANE + 22;
  const title = (): string => w().timeline.plot(props.said.length, props.happened.length, stamp(new Date(props.span[0]).toISOString()), stamp(new Date(props.span[1]).toISOString()));
  return (
    <figure class="plot timeline" data-plot="timeline">
      <svg viewBox={`0 0 ${width()} ${height()}`} role="img" aria-label={title()}>
        <text class="label" x={PAD} y="14">
          ▲ {w().timeline.said}
        </text>
        <text class="label" x={PAD} y={height() - 6}>
          ▼ {w().timeline.happened}
        </text>
        <For each={scale().ticks}>
          {(tick) => (
            <>
              <path class="grid" d={`M${PAD + tick.x} ${TOP}V${height() - 20}`} />
              <text x={PAD + tick.x} y={middle() + 15} text-anchor={tick.x > width() - 60 ? 'end' : tick.x < 16 ? 'start' : 'middle'}>
                {tick.label}
              </text>
            </>
          )}
        </For>
        <For each={meant()}>
          {(it) => {
            const y = (): number => middle() - 8 - it.lane * SPOKEN_LANE;
            return (
              <g class="spoken" onClick={() => show(it.of.id)}>
                <title>{`${it.of.source}: «${it.of.words}» · ${stretch(it.of.from, it.of.to, '')}`}</title>
                <path d={`M${it.from} ${y() - 3}v6M${it.from} ${y()}H${it.to}M${it.to} ${y() - 3}v6`} />
              </g>
            );
          }}
        </For>
        <path class="axis" d={`M0 ${middle()}H${width()}`} />
        <For each={above()}>
          {(sign) => (
            <g class="said" onClick={() => show(sign.id)}>
              <title>{sign.n === 1 ? sign.title : `${sign.title} · ${w().timeline.many(sign.n)}`}</title>
              <path class="stem" d={`M${sign.x} ${middle()}V${circle + 6}`} />
              <circle cx={sign.x} cy={circle} r={sign.n === 1 ? 5.5 : 9} />
              <Show when={sign.n > 1}>
                <text class="in" x={sign.x} y={circle + 4} text-anchor="middle">
                  {numeral(sign.n)}
                </text>
              </Show>
            </g>
          )}
        </For>
        <For each={below()}>
          {(it) => (
            <g class={`happened ${it.of.what}`} onClick={() => show(anchor('happened', `${it.of.what}-${it.of.id}`))}>
              <title>{`${stamp(it.of.from)} · ${nameIn(lang(), it.of)}`}</title>
              <rect class={it.of.what} data-grade={it.of.grade ?? undefined} x={it.from} y={middle() + 24 + it.lane * LANE} width={it.to - it.from} height={LANE - 5} />
            </g>
          )}
        </For>
      </svg>
      <figcaption class="legend">
        <span>
          <svg class="key" viewBox="0 0 30 12" aria-hidden="true">
            <circle class="said-key" cx="15" cy="6" r="5" />
          </svg>
          {w().timeline.statement}
        </span>
        <span>
          <svg class="key" viewBox="0 0 30 12" aria-hidden="true">
            <g class="spoken">
              <path d="M2 3v6M2 6H28M28 3v6" />
            </g>
          </svg>
          {w().timeline.spoken}
        </span>
        <For each={['alert', 'incident'] as const}>
          {(what) => (
            <span>
              <svg class="key" viewBox="0 0 30 12" aria-hidden="true">
                <rect class={what} x="1" y="1" width="28" height="10" />
              </svg>
              {w().timeline[what]}
            </span>
          )}
        </For>
      </figcaption>
    </figure>
  );
}
