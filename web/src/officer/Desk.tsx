/** The desk: who is on duty, for which place, whether anybody would hear it there, and the order. */
import { createEffect, createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import { useDark } from '../draw/theme';
import { lang } from '../settings';
import { readAreas, search, type Area, type Areas } from '../state/areas';
import { useRepeated, useSeconds, useToken } from '../state/repeated';
import { nameIn } from '../text';
import { deskWords, type DeskWords } from '../text/officer';
import { judge, raise, sirens, type Heard, type Verdict } from './ask';
import { Reach } from './Reach';
import { Waiting } from './Waiting';

/** Between two questions, milliseconds. */
const ASK_MS = 3_000;

export function Desk(props: { world: string }): JSX.Element {
  const w = (): DeskWords => deskWords[lang()];
  const dark = useDark();
  const [token, enter] = useToken('allclear-officer');
  const [typed, setTyped] = createSignal('');
  const [place, setPlace] = createSignal<Area | null>(null);
  const [areas, setAreas] = createSignal<Areas>(new Map());
  const [heard, setHeard] = createSignal<Heard>('waiting');
  const [asked, setAsked] = createSignal(performance.now());
  const now = useSeconds();
  const found = createMemo(() => search(areas(), typed()));

  createEffect(() => {
    document.documentElement.lang = lang();
    document.documentElement.dataset.theme = dark() ? 'dark' : 'light';
    document.documentElement.dataset.world = props.world;
    document.title = `AllClear: ${w().title}`;
  });
  // Without the list there is no place to choose, and the desk says so by having none.
  void fetch('/api/v1/areas.json').then(async (answer) => setAreas(readAreas(await answer.json())), () => undefined);

  // Whom it was asked about last: an answer about another place is no answer.
  const ask = (): ((signal: AbortSignal) => ReturnType<typeof sirens>) | null => {
    const [mine, area] = [token(), place()?.code ?? null];
    setHeard('waiting');
    setAsked(performance.now());
    return mine === '' ? null : (signal) => sirens(mine, area, signal);
  };
  useRepeated(ask, ASK_MS, (view) => setHeard(typeof view === 'string' ? view : { view, at_ms: performance.now() }));
  const verdict = (): Verdict => judge(heard(), asked(), Math.max(now(), asked()));
  const choose = (area: Area | null): void => {
    setPlace(area);
    setTyped('');
  };

  return (
    <>
      <Show when={props.world === 'exercise'}>
        <aside class="exercise" aria-label={w().exercise}>
          <strong>{w().exercise}</strong>
        </aside>
      </Show>
      <main class="desk">
        <h1>{w().title}</h1>
        <Show when={token() !== ''} fallback={<Enter onEnter={enter} />}>
          <section class="panel">
            <label>
              {w().area}
              <input type="text" autocomplete="off" placeholder={w().hint} value={typed()} onInput={(e) => setTyped(e.currentTarget.value)} />
            </label>
            <ul class="rows">
              <For each={found()}>
                {(area) => (
                  <li>
                    <button type="button" class="link" onClick={() => choose(area)}>
                      {nameIn(lang(), area)} <small>{nameIn(lang(), areas().get(area.parent ?? '') ?? { name_uk: '', name_en: '' })}</small>
                    </button>
                  </li>
                )}
              </For>
            </ul>
          </section>
          <section class="panel">
            <h2>
              {w().sirens}: {place() === null ? w().everywhere : nameIn(lang(), place()!)}
            </h2>
            <Reach verdict={verdict()} />
          </section>
          <Waiting token={token()} world={props.world} now={now()} />
          <Order token={token()} place={place()} world={props.world} />
          <button type="button" class="link" onClick={() => enter('')}>
            {w().leave}
          </button>
        </Show>
        <p>
          <a href="/chronicle">{w().chronicle}</a>
        </p>
      </main>
    </>
  );
}

function Enter(props: { onEnter: (token: string) => void }): JSX.Element {
  const w = (): DeskWords => deskWords[lang()];
  let input!: HTMLInputElement;
  return (
    <form
      class="panel"
      onSubmit={(e) => {
        e.preventDefault();
        props.onEnter(input.value.trim());
      }}
    >
      <label>
        {w().token}
        <input ref={input} type="password" autocomplete="off" required />
      </label>
      <button type="submit">{w().enter}</button>
    </form>
  );
}

function Order(props: { token: string; place: Area | null; world: string }): JSX.Element {
  const w = (): DeskWords => deskWords[lang()];
  const [said, setSaid] = createSignal<{ text: string; refused: boolean; verdict: Verdict | null } | null>(null);
  const [busy, setBusy] = createSignal(false);
  let type!: HTMLSelectElement, level!: HTMLSelectElement, reason!: HTMLInputElement;
  const order = async (place: Area): Promise<void> => {
    setBusy(true);
    setSaid(null);
    try {
      const order = { community: place.code, alert_type: type.value, level: level.value, reason: reason.value, status: props.world };
      const answer = await raise(props.token, order);
      if ('refused' in answer) return void setSaid({ text: w().refused(answer.refused), refused: true, verdict: null });
      const at_ms = performance.now();
      const verdict = answer.sirens ? judge({ view: answer.sirens, at_ms }, at_ms, at_ms) : null;
      const text = answer.outcome === 'waits' ? w().waits(answer.detail ?? '') : w().done(nameIn(lang(), place));
      setSaid({ text, refused: false, verdict });
    } catch {
      setSaid({ text: w().unsure, refused: true, verdict: null });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="panel"
      onSubmit={(e) => {
        e.preventDefault();
        if (props.place !== null) void order(props.place);
      }}
    >
      <h2>{w().raise}</h2>
      <label>
        {w().type}
        <select ref={type}>
          <For each={Object.entries(w().types)}>{([value, name]) => <option value={value}>{name}</option>}</For>
        </select>
      </label>
      <label>
        {w().level}
        <select ref={level}>
          <For each={Object.entries(w().levels)}>{([value, name]) => <option value={value}>{name}</option>}</For>
        </select>
      </label>
      <label>
        {w().reason}
        <input ref={reason} type="text" required maxlength="500" autocomplete="off" />
      </label>
      <button type="submit" class="order" disabled={props.place === null || busy()}>
        {props.place === null ? w().choose : `${w().raise}: ${nameIn(lang(), props.place)}`}
      </button>
      <div role="status">
        <Show when={said()}>
          {(it) => (
            <p data-outcome={it().refused ? 'refused' : 'taken'} class={it().refused ? 'refused' : undefined}>
              <strong>{it().text}</strong>
            </p>
          )}
        </Show>
      </div>
      <Show when={said()?.verdict}>{(verdict) => <Reach verdict={verdict()} />}</Show>
    </form>
  );
}
