/** What every page of the chronicle shares: the state of an answer, words with who said them, and tables. */
import { createSignal, For, Match, onCleanup, Show, Switch, type Accessor, type JSX } from 'solid-js';
import { lang } from '../settings';
import { chronicleWords, word, type ChronicleWords } from '../text/chronicle';
import type { Asked } from './ask';
import { instantMs } from '../state/clock';
import { sayInterval, sayQuantity, type Quantity } from './quantity';
import { link } from './route';
import { dayOf, stamp } from './when';

/** How wide a plot is, in its own units: about as many as the screen gives it pixels, so that its words can be read. */
export function usePlotWidth(): Accessor<number> {
  const small = matchMedia('(max-width: 639px)');
  const [narrow, setNarrow] = createSignal(small.matches);
  const onChange = (): void => void setNarrow(small.matches);
  small.addEventListener('change', onChange);
  onCleanup(() => small.removeEventListener('change', onChange));
  return () => (narrow() ? 350 : 940);
}

export const useWords = (): Accessor<ChronicleWords> => () => chronicleWords[lang()];

/** What there is to say of an answer besides its content: that it is awaited, that it failed, how old it is; `quiet` leaves that out where something else says so. */
export function Answer<T>(props: { asked: Asked<T>; again: () => void; quiet?: boolean; children: (value: Accessor<T>) => JSX.Element }): JSX.Element {
  const w = useWords();
  const failed = (): string => {
    const it = props.asked.failed;
    if (it === null) return '';
    if (it.why === 'link') return props.asked.as_of === null ? w().load.link : w().load.linkOld(stamp(props.asked.as_of));
    if (it.why === 'none') return w().load.none;
    if (it.why === 'odd') return w().load.odd(it.detail);
    return it.why === 'refused' ? w().load.refused(it.detail) : '';
  };
  const state = (): string => (props.asked.failed !== null ? props.asked.failed.why : props.asked.value === null ? 'waiting' : 'known');
  return (
    <div data-answer={state()}>
      <div role="status">
        <Switch>
          <Match when={props.asked.failed}>
            <p class="notice">
              <strong>{failed()}</strong>{' '}
              <button type="button" class="link" onClick={() => props.again()}>
                {w().load.again}
              </button>
            </p>
          </Match>
          <Match when={props.asked.value === null}>
            <p>{w().load.wait}</p>
          </Match>
          <Match when={props.quiet !== true && props.asked.as_of}>{(at) => <p class="age">{w().asOf(stamp(at()))}</p>}</Match>
        </Switch>
      </div>
      <Show when={props.asked.value !== null}>{props.children(() => props.asked.value!)}</Show>
    </div>
  );
}

/** How many, as said, with what that means as an interval. */
export function Many(props: { of: Quantity }): JSX.Element {
  const w = useWords();
  return (
    <>
      <span class="n">{sayQuantity(w(), props.of)}</span>
      <Show when={sayInterval(w(), props.of)}>{(it) => <small class="interval"> ({it()})</small>}</Show>
    </>
  );
}

/** Whether it happened, by its grade: a word in a frame. */
export function Grade(props: { of: string | null }): JSX.Element {
  const w = useWords();
  return (
    <Show when={props.of}>
      {(grade) => (
        <span class="chip" data-grade={grade()}>
          {word(w().incident.grades, grade())}
        </span>
      )}
    </Show>
  );
}

/** Words, always with who said them. */
export function Quote(props: { source: string; words: string; address?: string | null | undefined; day?: string | null | undefined }): JSX.Element {
  return (
    <figure class="quote">
      <blockquote>{props.words}</blockquote>
      <figcaption>
        — {props.source}
        <Show when={props.address}>{(it) => <Address of={it()} day={props.day} />}</Show>
      </figcaption>
    </figure>
  );
}

/** A statement of the record leads to the timeline, at the day it was published; what it is without that day only names it. */
function OfRecord(props: { of: string; day?: string | null | undefined }): JSX.Element {
  const w = useWords();
  const ms = (): number | null => instantMs(props.day);
  const day = (): string | undefined => (ms() === null ? undefined : dayOf(ms()!));
  return (
    <Show when={/^s-[0-9a-f]+$/.test(props.of)} fallback={<span class="address">{` ${props.of}`}</span>}>
      {' '}
      <a href={link('timeline', { from: day(), to: day(), said: props.of })} title={props.of}>
        {w().statement}
      </a>
    </Show>
  );
}

/** Where words can be read: a page of the web, or a statement of the record published at `day`. */
export function Address(props: { of: string; day?: string | null | undefined }): JSX.Element {
  const host = (): string | null => {
    try {
      const url = new URL(props.of);
      return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : null;
    } catch {
      return null;
    }
  };
  return (
    <Show when={host()} fallback={<OfRecord of={props.of} day={props.day} />}>
      {(it) => (
        <>
          {' '}
          <a class="address" href={props.of} rel="noreferrer noopener" title={props.of}>
            {it()}
          </a>
        </>
      )}
    </Show>
  );
}

/** A table that scrolls by itself on a small screen, never the page. The first cell of a row names it. */
export function Table(props: { caption: string; head: string[]; rows: JSX.Element[][]; shown?: boolean }): JSX.Element {
  const w = useWords();
  const table = (): JSX.Element => (
    <div class="scroll" tabindex="0" role="region" aria-label={props.caption}>
      <table>
        <caption class="sr">{props.caption}</caption>
        <thead>
          <tr>
            <For each={props.head}>{(it) => <th scope="col">{it}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows}>
            {(row) => (
              <tr>
                <For each={row}>{(cell, at) => (at() === 0 ? <th scope="row">{cell}</th> : <td>{cell}</td>)}</For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
  return (
    <Show when={props.shown !== true} fallback={table()}>
      <details>
        <summary>{w().table}</summary>
        {table()}
      </details>
    </Show>
  );
}

/** "UA/Sumy/Konotop" reads from the narrowest to the widest, each part in the reader's language where the page knows it. */
export const place = (w: ChronicleWords, area: string): string =>
  area
    .split('/')
    .reverse()
    .map((part) => w.areas[part] ?? part)
    .join(', ');

/** What of the record could not be read: said, never left out in silence. */
export function Problems(props: { of: string[] }): JSX.Element {
  const w = useWords();
  return (
    <Show when={props.of.length > 0}>
      <details class="notice">
        <summary>{w().load.problems(props.of.length)}</summary>
        <ul class="plain">
          <For each={props.of}>{(it) => <li>{it}</li>}</For>
        </ul>
      </details>
    </Show>
  );
}
