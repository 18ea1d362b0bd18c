/** What became of what was launched, by one source's own words. The remainder is shown, and is never called a hit. */
import { For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { place, Table, usePlotWidth, useWords } from './parts';
import { numeral, sayBalance, sayQuantity } from './quantity';
import type { Identity } from './report';
import { pieces } from './sums';

export function Account(props: { of: Identity }): JSX.Element {
  const w = useWords();
  const width = usePlotWidth();
  const of = (): Identity => props.of;
  const name = (piece: string): string => (piece === 'unaccounted' ? w().figures.unaccounted : word(w().kind, piece));
  const line = (): string => {
    const parts = Object.entries(of().parts).map(([kind, n]) => `${sayQuantity(w(), n)} ${word(w().kind, kind)}`);
    return w().figures.identityLine(`${sayQuantity(w(), of().launched)} ${word(w().kind, 'launched')}`, parts.join(' + '), sayBalance(w(), of().unaccounted));
  };
  const laid = (): { name: string; n: number; x: number; width: number }[] => {
    const all = pieces(of()) ?? [];
    const whole = all.reduce((sum, it) => sum + it.n, 0) || 1;
    let x = 0;
    return all.map((it) => {
      const wide = (it.n / whole) * width();
      x += wide;
      return { ...it, x: x - wide, width: wide };
    });
  };
  return (
    <div class="identity" data-unaccounted={sayBalance(w(), of().unaccounted)}>
      <h4>
        {of().source}: {word(w().object, of().object)} · {place(w(), of().area)}
      </h4>
      <p class="sum">{line()}</p>
      <Show when={laid().length > 0} fallback={<p class="note">{w().figures.notPlotted}</p>}>
        <figure class="plot">
          <svg viewBox={`0 0 ${width()} 34`} role="img" aria-label={line()}>
            <Hatch id={`hatch-${of().source}-${of().object}`.replaceAll(/[^\w-]/g, '_')} />
            <For each={laid()}>
              {(it) => (
                <>
                  <rect
                    class={`piece ${it.name}`}
                    x={it.x}
                    y="1"
                    width={Math.max(0, it.width)}
                    height="32"
                    fill={it.name === 'unaccounted' ? `url(#${`hatch-${of().source}-${of().object}`.replaceAll(/[^\w-]/g, '_')})` : undefined}
                  />
                  <Show when={it.width > 34}>
                    <text class="in" x={it.x + it.width / 2} y="22" text-anchor="middle">
                      {numeral(it.n)}
                    </text>
                  </Show>
                </>
              )}
            </For>
          </svg>
          <figcaption class="legend">
            <For each={laid()}>
              {(it) => (
                <span>
                  <i class={`swatch ${it.name}`} aria-hidden="true" />
                  {name(it.name)}: {numeral(it.n)}
                </span>
              )}
            </For>
          </figcaption>
        </figure>
      </Show>
      <Table
        caption={`${w().figures.identity}: ${of().source}`}
        head={[w().figures.identity, w().figures.howMany]}
        rows={[
          [word(w().kind, 'launched'), sayQuantity(w(), of().launched)],
          ...Object.entries(of().parts).map(([kind, n]): JSX.Element[] => [word(w().kind, kind), sayQuantity(w(), n)]),
          [w().figures.unaccounted, sayBalance(w(), of().unaccounted)],
        ]}
      />
    </div>
  );
}

/** Hatching: what nobody accounts for, or nobody observed. */
export function Hatch(props: { id: string }): JSX.Element {
  return (
    <defs>
      <pattern id={props.id} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="7" height="7" class="hatch-ground" />
        <path d="M0 0V7" class="hatch-line" />
      </pattern>
    </defs>
  );
}
