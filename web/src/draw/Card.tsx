/** The state of one community: the first thing on the page. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { alertsBelow, countRegions } from '../state/truth';
import { nameIn } from '../text';
import { say, type Said } from '../text/say';
import { ago, clockS } from '../text/time';
import { instantMs } from '../state/clock';
import { Icon } from './Icon';
import { usePage } from './page';
import { Whys } from './Why';

/** What `say` says of `code` now. */
export function useSaid(code: () => string): () => Said {
  const page = usePage();
  return createMemo(() => {
    const { picture } = page.state();
    const below = picture === null ? [] : alertsBelow(picture, code(), page.parentOf).map((a) => nameIn(page.w().lang, a));
    return say(page.w(), page.truth(code()), page.now_ms(), [...new Set(below)], page.name);
  });
}

/** How old the picture is. */
export function Age(): JSX.Element {
  const page = usePage();
  const asOf = (): string | null => page.state().picture?.as_of ?? null;
  return (
    <p class="age">
      <Show when={asOf()} fallback={page.w().age.none}>
        {page.w().age.label} {page.w().age.of(clockS(instantMs(asOf()) ?? 0), ago(page.w(), asOf(), page.now_ms()))}
      </Show>
    </p>
  );
}

export function Card(props: { code: string; kicker: string; children?: JSX.Element; id?: string }): JSX.Element {
  const page = usePage();
  const truth = createMemo(() => page.truth(props.code));
  const said = useSaid(() => props.code);
  return (
    <section
      class="card"
      id={props.id}
      aria-labelledby={`${props.id ?? props.code}-head`}
      data-state={truth().shown}
      data-official={truth().official}
      data-level={truth().official === 'active' ? (truth().level ?? 'red') : undefined}
    >
      <p class="kicker">
        {props.kicker} <strong>{page.name(props.code)}</strong>
      </p>
      <div class="headline">
        <Icon of={truth().shown} />
        <div>
          <h2 id={`${props.id ?? props.code}-head`}>{said().headline}</h2>
          <Show when={said().tag}>{(tag) => <p class="tag">{tag()}</p>}</Show>
        </div>
      </div>
      <div class="facts">
        <For each={said().facts}>{(fact) => <p>{fact}</p>}</For>
      </div>
      <p class="todo">
        <span class="todo-label">{page.w().todo.label}: </span>
        {said().todo}
      </p>
      <Age />
      <Whys code={props.code} />
      {props.children}
    </section>
  );
}

/** The country in one card, for a reader who has not chosen a community. */
export function CountryCard(props: { children?: JSX.Element; id?: string }): JSX.Element {
  const page = usePage();
  const count = createMemo(() => countRegions(page.state()));
  const shown = (): 'active' | 'elevated' | 'unknown' | 'clear' => {
    const c = count();
    if (c.active + c.partial > 0) return 'active';
    if (c.elevated > 0) return 'elevated';
    return c.unknown > 0 || c.clear === 0 ? 'unknown' : 'clear';
  };
  const lines = (): string[] => {
    const c = count();
    const say = page.w().card.counts;
    const parts: [number, string][] = [
      [c.active, say.active(c.active)],
      [c.partial, c.active > 0 ? say.partial(c.partial) : `${say.active(c.partial)} (${page.w().state.partial.toLowerCase()})`],
      [c.elevated, say.elevated(c.elevated)],
      [c.unknown, say.unknown(c.unknown)],
      [c.clear, say.clear(c.clear)],
    ];
    return parts.filter(([n]) => n > 0).map(([, text]) => text);
  };
  return (
    <section class="card country" id={props.id} aria-labelledby="country-head" data-state={shown()}>
      <p class="kicker">
        <strong>{page.w().card.country}</strong>
      </p>
      <div class="headline">
        <Icon of={shown()} />
        <div>
          <h2 id="country-head">{lines()[0] ?? page.w().card.unknown}</h2>
          <p class="tag">{lines().slice(1).join(' · ')}</p>
        </div>
      </div>
      <p class="todo">{page.w().card.choose}</p>
      <Age />
      {props.children}
    </section>
  );
}
