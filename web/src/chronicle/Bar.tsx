/** Intervals on one scale: a bar from the least to the most that was said, a diamond for one number, an arrow where no most was said. */
import { For, type JSX } from 'solid-js';
import { numeral, type Quantity } from './quantity';
import { roundUp } from './sums';

/** Where the scale of these quantities ends. */
export const scaleOf = (all: Quantity[]): number => roundUp(Math.max(1, ...all.map((it) => it.high ?? Math.ceil(it.low * 1.15))));

const percent = (n: number, most: number): string => `${Math.min(100, (n / most) * 100)}%`;

/** One interval. It says nothing that the words beside it do not, and is hidden from whoever hears the page. */
export function Bar(props: { of: Quantity; most: number }): JSX.Element {
  const open = (): boolean => (props.of.high ?? null) === null;
  const end = (): number => props.of.high ?? props.most;
  const shape = (): string => (open() ? 'open' : props.of.low === props.of.high ? 'one' : 'from-to');
  return (
    <span class="interval-bar" data-shape={shape()} aria-hidden="true">
      <i style={{ left: percent(props.of.low, props.most), width: percent(Math.max(0, end() - props.of.low), props.most) }} />
    </span>
  );
}

/** The numbers under bars of one scale. */
export function Scale(props: { most: number }): JSX.Element {
  return (
    <p class="scale" aria-hidden="true">
      <For each={[0, props.most / 2, props.most]}>{(n) => <span>{numeral(n)}</span>}</For>
    </p>
  );
}
