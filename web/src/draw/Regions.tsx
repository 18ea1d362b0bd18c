/** The map in words: every region and raion that is not plainly clear, gravest first. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { instantMs } from '../state/clock';
import { truthOf, type Shown, type Truth } from '../state/truth';
import { nameIn } from '../text';
import { clock, sayWindow, span, windowOf } from '../text/time';
import { Icon } from './Icon';
import { usePage } from './page';

interface Row {
  truth: Truth;
  name: string;
  /** The name of the region a raion lies in. */
  within: string;
}

const ROWS_MAX = 14;

export function Regions(): JSX.Element {
  const page = usePage();
  const truths = createMemo(() => {
    const state = page.state();
    const all = new Map<string, Truth>();
    for (const view of state.picture?.communities.values() ?? []) all.set(view.code, truthOf(state, view.code, page.parentOf));
    return all;
  });
  /** Those of one state, without the ones whose parent is listed already. */
  const rows = (shown: Shown): Row[] => {
    const out: Row[] = [];
    for (const truth of truths().values()) {
      const { view } = truth;
      if (truth.shown !== shown || view === null || view.level === 'country') continue;
      const parent = view.parent ? truths().get(view.parent) : undefined;
      if (parent?.shown === shown && parent.view?.level !== 'country') continue;
      const lang = page.w().lang;
      const within = parent?.view && parent.view.level !== 'country' ? nameIn(lang, parent.view) : '';
      out.push({ truth, name: nameIn(lang, view), within });
    }
    return out.sort((a, b) => (b.truth.elevated?.probability ?? 0) - (a.truth.elevated?.probability ?? 0) || a.name.localeCompare(b.name, 'uk'));
  };
  const allUnknown = createMemo(() => [...truths().values()].every((t) => t.shown === 'unknown'));
  const groups = createMemo(() =>
    (['active', 'elevated', 'unknown'] as const).map((shown) => ({ shown, rows: rows(shown) })).filter((g) => g.rows.length > 0),
  );
  const oblasts = createMemo(() =>
    [...truths().values()].filter((t) => t.view?.level === 'oblast').sort((a, b) => page.name(a.code).localeCompare(page.name(b.code), 'uk')),
  );

  return (
    <section class="panel regions" aria-labelledby="regions-head">
      <h2 id="regions-head">{page.w().regions.heading}</h2>
      <Show when={!allUnknown()} fallback={<p class="line" data-state="unknown"><Icon of="unknown" /> {page.w().regions.wholeUnknown}</p>}>
        <For each={groups()} fallback={<p>{page.w().regions.quiet}</p>}>
          {(group) => (
            <>
              <h3 data-state={group.shown}>
                <Icon of={group.shown} /> {page.w().state[group.shown]}
              </h3>
              <ul class="rows">
                <For each={group.rows.slice(0, ROWS_MAX)}>{(row) => <RegionRow row={row} />}</For>
                <Show when={group.rows.length > ROWS_MAX}>
                  <li>{page.w().regions.more(group.rows.length - ROWS_MAX)}</li>
                </Show>
              </ul>
            </>
          )}
        </For>
      </Show>
      <Show when={oblasts().length > 0}>
        <details>
          <summary>{page.w().regions.all(oblasts().length)}</summary>
          <ul class="rows">
            <For each={oblasts()}>
              {(truth) => <RegionRow row={{ truth, name: page.name(truth.code), within: '' }} withState />}
            </For>
          </ul>
        </details>
      </Show>
    </section>
  );
}

function RegionRow(props: { row: Row; withState?: boolean }): JSX.Element {
  const page = usePage();
  const fact = (): string => {
    const { truth } = props.row;
    const now = page.now_ms();
    if (truth.shown === 'elevated' && truth.elevated !== null) {
      return `${sayWindow(page.w(), truth.elevated, truth.as_of, now)}, ≈ ${windowOf(truth.elevated, truth.as_of, now).percent} %`;
    }
    const since = instantMs(truth.since);
    if (truth.shown === 'active') {
      const level = truth.level === null ? '' : (page.w().level[truth.level] ?? '');
      const from = since === null ? '' : page.w().time.since(clock(truth.since, now), span(page.w(), (now - since) / 1000));
      return [level, from].filter(Boolean).join(', ');
    }
    if (truth.shown === 'unknown' && truth.lastKnown !== null) {
      return page.w().card.lastKnown[truth.lastKnown](clock(truth.lastKnownAt, now));
    }
    return truth.partial ? page.w().state.partial.toLowerCase() : '';
  };
  return (
    <li data-code={props.row.truth.code} data-state={props.row.truth.shown}>
      <button type="button" class="link" onClick={() => page.pick(props.row.truth.code)}>
        {props.row.name}
      </button>
      <Show when={props.withState}>
        <span class="chip" data-state={props.row.truth.shown}>
          <Icon of={props.row.truth.shown} /> {page.w().state[props.row.truth.shown]}
        </span>
      </Show>
      <small>{[props.row.within, fact()].filter(Boolean).join(' · ')}</small>
    </li>
  );
}
