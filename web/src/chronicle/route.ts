/** Which page of the chronicle is open: the part of the address after `#`, beside language and theme. */
import { createSignal } from 'solid-js';

export const VIEWS = ['timeline', 'incidents', 'ceasefire', 'figures'] as const;
export type View = (typeof VIEWS)[number];
export interface Route {
  view: View;
  params: URLSearchParams;
}

export function readRoute(hash: string): Route {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  return { view: VIEWS.find((it) => it === params.get('view')) ?? 'timeline', params };
}

/** The address of a page; what is undefined is left out. */
export function link(view: View, params: Record<string, string | undefined> = {}): string {
  const all = new URLSearchParams({ view });
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== '') all.set(name, value);
  return `#${all}`;
}

const [route, setRoute] = createSignal<Route>(readRoute(location.hash));
addEventListener('hashchange', () => setRoute(readRoute(location.hash)));
export { route };
