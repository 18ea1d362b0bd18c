/** Figures sorted into groups, and the bars that may be drawn of them. */
import type { Identity } from './report';

const GROUPS = {
  weapons: ['launched', 'intercepted', 'lost', 'hit', 'left', 'airborne'],
  harm: ['killed', 'wounded'],
  damage: ['damaged'],
} as const;
export const GROUP_NAMES = ['weapons', 'harm', 'damage', 'other'] as const;
export type Group = (typeof GROUP_NAMES)[number];

export const groupOf = (kind: string): Group =>
  (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).find((group) => (GROUPS[group] as readonly string[]).includes(kind)) ?? 'other';

/** In the order in which a weapon may end. */
const ORDER = ['intercepted', 'lost', 'left', 'airborne', 'hit'];

/** The pieces of an identity's bar; `null` when bounds are open or uncertain, so that no bar could be true. */
export function pieces(it: Identity): { name: string; n: number }[] | null {
  const parts = Object.entries(it.parts).sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const { low, high } = it.unaccounted;
  if (low === null || low !== high || low < 0 || it.launched.low !== it.launched.high) return null;
  if (parts.some(([, n]) => n.low !== n.high)) return null;
  return [...parts.map(([name, n]) => ({ name, n: n.low })), { name: 'unaccounted', n: low }];
}

/** A round number not below `n`: 1, 2 or 5 times a power of ten. */
export function roundUp(n: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n)));
  return [1, 2, 5, 10].map((it) => it * power).find((it) => it >= n) ?? n;
}
