/** The reviewer's page: who I am, what waits, and decisions that go into the record under my name. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { Frame } from '../chronicle/Frame';
import { place, useWords } from '../chronicle/parts';
import { stamp } from '../chronicle/when';
import { useRepeated, useSeconds, useToken } from '../state/repeated';
import { word } from '../text/chronicle';
import { PATHS } from '../text/chronicle/areas';
import { useWorld } from '../chronicle/world';
import { judge, queue, type Heard, type QueueView, type Verdict } from './ask';
import { Decided } from './Decided';
import type { Desk, Noted } from './Deciding';
import { IncidentCard } from './IncidentCard';
import { QuantityCard } from './QuantityCard';

/** Between two questions, milliseconds. */
const ASK_MS = 30_000;
/** Most cards of one kind on the page at a time. */
const CARDS = 20;

export function Review(): JSX.Element {
  const w = useWords();
  const world = useWorld();
  const [token, keep] = useToken('allclear-reviewer');
  const [heard, setHeard] = createSignal<Heard>('waiting');
  const [asked, setAsked] = createSignal(performance.now());
  const [again, setAgain] = createSignal(0);
  const now = useSeconds();
  const ask = (): ((signal: AbortSignal) => ReturnType<typeof queue>) | null => {
    const mine = token();
    again();
    return mine === '' ? null : (signal) => queue(mine, signal);
  };
  useRepeated(ask, ASK_MS, (view) => setHeard(typeof view === 'string' ? view : { view, at_ms: performance.now() }));
  const verdict = (): Verdict => judge(heard(), asked(), Math.max(now(), asked()));
  const enter = (text: string): void => {
    setHeard('waiting');
    setAsked(performance.now());
    keep(text);
  };
  const plain = (): string => {
    const { say } = verdict();
    return say === 'waiting' ? w().load.wait : say === 'wrong' ? w().review.wrong : say === 'none' ? w().review.none : '';
  };
  return (
    <Frame
      world={world()}
      title={w().review.title}
      ways={[
        { href: '/chronicle', name: w().title },
        { href: '/', name: w().back.warning },
      ]}
    >
      <h2>{w().review.title}</h2>
      <p>{w().review.lead}</p>
      <Show when={token() !== ''} fallback={<Enter onEnter={enter} />}>
        <div data-say={verdict().say}>
          <p role="status">{plain()}</p>
          <div role="alert">
            <Show when={verdict().say === 'unheard'}>
              <p class="silent">{w().review.unheard}</p>
            </Show>
          </div>
          <Show when={verdict().view}>
            {(view) => <Queue view={view()} fresh={verdict().say === 'known'} token={token()} world={world()} onDecided={() => setAgain(again() + 1)} />}
          </Show>
        </div>
        <button type="button" class="link" onClick={() => enter('')}>
          {w().review.leave}
        </button>
      </Show>
    </Frame>
  );
}

function Enter(props: { onEnter: (token: string) => void }): JSX.Element {
  const w = useWords();
  let input!: HTMLInputElement;
  return (
    <form
      class="panel enter"
      onSubmit={(e) => {
        e.preventDefault();
        props.onEnter(input.value.trim());
      }}
    >
      <label>
        {w().review.token}
        <input ref={input} type="password" autocomplete="off" required />
      </label>
      <button type="submit">{w().review.enter}</button>
    </form>
  );
}

function Queue(props: { view: QueueView; fresh: boolean; token: string; world: string; onDecided: () => void }): JSX.Element {
  const w = useWords();
  const [noted, setNoted] = createSignal<Noted[]>([]);
  let heading: HTMLElement | undefined;
  const onDecided = (it: Noted): void => {
    setNoted([it, ...noted()]);
    // The card that was decided goes away: what came of it is where the reader is brought.
    heading?.focus();
    props.onDecided();
  };
  const desk = (): Desk => ({ token: props.token, world: props.world, may: props.view.may, fresh: props.fresh, onDecided });
  const key = (it: QueueView['quantities'][number]): string => `${it.statement}:${it.start}:${it.end}`;
  // Cards are kept by what they are about, so that a new answer does not wipe what is being typed.
  const quantities = (): string[] => props.view.quantities.slice(0, CARDS).map(key);
  const incidents = (): string[] => props.view.incidents.slice(0, CARDS).map((it) => `${it.id}:${it.version ?? ''}`);
  return (
    <>
      <p class="age">
        {w().asOf(stamp(props.view.as_of))} {w().review.you(props.view.reviewer, props.view.may.map((it) => word(w().review.may, it)).join(', '))}
      </p>
      <Show when={props.view.cut}>
        <p class="notice">{w().review.cut}</p>
      </Show>
      <Decided noted={noted()} desk={desk()} heading={(it) => (heading = it)} />
      <datalist id="areas">
        <For each={PATHS}>{(path) => <option value={path}>{place(w(), path)}</option>}</For>
      </datalist>
      <section class="panel" data-queue="quantities">
        <h3>
          {w().review.quantities} <small>{w().review.of(quantities().length, props.view.quantities.length)}</small>
        </h3>
        <Show when={quantities().length > 0} fallback={<p class="empty">{w().review.empty}</p>}>
          <ul class="rows">
            <For each={quantities()}>
              {(of, at) => <Show when={props.view.quantities.find((it) => key(it) === of)}>{(item) => <QuantityCard of={item()} desk={desk()} first={at() === 0} />}</Show>}
            </For>
          </ul>
        </Show>
      </section>
      <section class="panel" data-queue="incidents">
        <h3>
          {w().review.incidents} <small>{w().review.of(incidents().length, props.view.incidents.length)}</small>
        </h3>
        <Show when={incidents().length > 0} fallback={<p class="empty">{w().review.empty}</p>}>
          <ul class="rows">
            <For each={incidents()}>
              {(of, at) => <Show when={props.view.incidents.find((it) => `${it.id}:${it.version ?? ''}` === of)}>{(item) => <IncidentCard of={item()} desk={desk()} first={at() === 0} />}</Show>}
            </For>
          </ul>
        </Show>
      </section>
    </>
  );
}
