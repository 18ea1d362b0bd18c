/** One sign per state, told apart by shape alone. Decoration for those who see; the words stand beside it. */
import { Match, Switch, type JSX } from 'solid-js';

export function Icon(props: { of: string; class?: string }): JSX.Element {
  return (
    <svg class={`icon ${props.class ?? ''}`} viewBox="0 0 24 24" aria-hidden="true">
      <Switch>
        <Match when={props.of === 'active'}>
          <path d="M12 2 23 21.5H1Z" fill="currentColor" />
          <path d="M12 9v6.2M12 17.4v2" class="cut" />
        </Match>
        <Match when={props.of === 'elevated'}>
          <path d="M12 1.6 22.4 12 12 22.4 1.6 12Z" fill="none" stroke="currentColor" stroke-width="2.4" />
          <path d="M12 16.8V8m-3.6 3.4L12 7.8l3.6 3.6" fill="none" stroke="currentColor" stroke-width="2.2" />
        </Match>
        <Match when={props.of === 'unknown'}>
          <circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2.2" stroke-dasharray="4.2 2.1" />
          <path d="M8.9 9.4c0-4 6.4-4 6.4-.2 0 2.6-3.3 2.5-3.3 5M12 16.6v2" fill="none" stroke="currentColor" stroke-width="2.2" />
        </Match>
        <Match when={props.of === 'clear'}>
          <circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2.2" />
          <path d="M7 12h10" stroke="currentColor" stroke-width="2.4" />
        </Match>
        <Match when={props.of === 'live'}>
          <circle cx="12" cy="12" r="5" fill="currentColor" />
          <path d="M4.5 4.8a10.2 10.2 0 0 0 0 14.4M19.5 4.8a10.2 10.2 0 0 1 0 14.4" fill="none" stroke="currentColor" stroke-width="2.2" />
        </Match>
        <Match when={props.of === 'stale' || props.of === 'never'}>
          <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2.2" stroke-dasharray="3 2.4" />
          <path d="m5 19 14-14" stroke="currentColor" stroke-width="2.2" />
        </Match>
      </Switch>
    </svg>
  );
}
