/** What was said above, what happened below, on one axis of time; what has no date stands apart, never at the day of its capture. */
import { createEffect, createMemo, For, Show, type JSX } from 'solid-js';
import { lang } from '../settings';
import { nameIn } from '../text';
import { word } from '../text/chronicle';
import { lists, useAsked } from './ask';
import { anchor, asked, sort, spanOf } from './laid';
import { Address, Answer, Many, place, useWords } from './parts';
import { EntryLinks } from './Proofs';
import { link, route } from './route';
import { show, TimelinePlot } from './TimelinePlot';
import type { ClaimView, HappenedView, SaidView, TimelineView } from './views';
import { stamp, stretch } from './when';
import { cut } from './words';
import { instantMs } from '../state/clock';

export function Timeline(): JSX.Element {
  const w = useWords();
  const days = createMemo(() => asked(route().params, Date.now()), undefined, { equals: (a, b) => a[0] === b[0] && a[1] === b[1] });
  const span = (): [number, number] => spanOf(days());
  const path = createMemo((): string => {
    const [since, until] = span().map((ms) => new Date(ms).toISOString());
    return `/api/v1/chronicle/timeline?${new URLSearchParams({ since: since!, until: until! })}`;
  });
  const [answer, again] = useAsked<TimelineView>(path, lists('said', 'happened'));
  const wanted = (): string | null => route().params.get('said');
  const found = (): boolean => wanted() === null || answer().value === null || answer().value!.said.some((it) => it.id === wanted());
  // Whoever follows a link to a statement is brought to it once, when it is there.
  let shown: string | null = null;
  createEffect(() => {
    const id = wanted();
    if (id === shown || answer().value === null || !found()) return;
    shown = id;
    if (id !== null) queueMicrotask(() => show(anchor('said', id)));
  });
  let from!: HTMLInputElement, to!: HTMLInputElement;
  return (
    <>
      <h2>{w().timeline.title}</h2>
      <p>{w().timeline.lead}</p>
      <form
        class="choose"
        onSubmit={(e) => {
          e.preventDefault();
          location.hash = link('timeline', { from: from.value, to: to.value });
        }}
      >
        <label>
          {w().timeline.from}
          <input ref={from} type="date" value={days()[0]} required />
        </label>
        <label>
          {w().timeline.to}
          <input ref={to} type="date" value={days()[1]} required />
        </label>
        <button type="submit">{w().timeline.show}</button>
      </form>
      <Show when={!found()}>
        <p class="notice">{w().timeline.notHere(wanted()!)}</p>
      </Show>
      <Answer asked={answer()} again={again}>
        {(view) => <Both view={view()} span={span()} wanted={wanted()} />}
      </Answer>
    </>
  );
}

/** Most undated statements that stand open. */
const OPEN_MAX = 5;

function Both(props: { view: TimelineView; span: [number, number]; wanted: string | null }): JSX.Element {
  const w = useWords();
  const said = createMemo(() => sort(props.view.said));
  const happened = createMemo(() => [...props.view.happened].sort((a, b) => (instantMs(a.from) ?? 0) - (instantMs(b.from) ?? 0)));
  return (
    <>
      <TimelinePlot said={said().dated} happened={happened()} span={props.span} />
      <Show when={props.view.cut}>
        <p class="notice">{w().timeline.cut}</p>
      </Show>
      <div class="lanes">
        <section class="panel" data-lane="said">
          <h3>{w().timeline.said}</h3>
          <Show when={said().dated.length > 0} fallback={<p class="empty">{w().timeline.saidNone}</p>}>
            <ol class="rows">
              <For each={said().dated}>{(it) => <Said of={it} />}</For>
            </ol>
          </Show>
        </section>
        <section class="panel" data-lane="happened">
          <h3>{w().timeline.happened}</h3>
          <Show when={happened().length > 0} fallback={<p class="empty">{w().timeline.happenedNone}</p>}>
            <ol class="rows">
              <For each={happened()}>{(it) => <Happened of={it} />}</For>
            </ol>
          </Show>
        </section>
      </div>
      <Show when={said().undated.length > 0}>
        <section class="panel" data-lane="undated">
          <h3>{w().timeline.undated}</h3>
          <p>{w().timeline.undatedWhy}</p>
          <details open={said().undated.length <= OPEN_MAX || said().undated.some((it) => it.id === props.wanted)}>
            <summary>{w().timeline.undatedAll(said().undated.length)}</summary>
            <ul class="rows">
              <For each={said().undated}>{(it) => <Said of={it} />}</For>
            </ul>
          </details>
        </section>
      </Show>
    </>
  );
}

/** "more than 800 · guided bombs · launched · weapons of Russia". */
function Claim(props: { of: ClaimView; windows: SaidView['windows'] }): JSX.Element {
  const w = useWords();
  const it = (): ClaimView => props.of;
  /** Its words of time stand below already where the statement's are told. */
  const ownTime = (): boolean => Boolean(it().time_ref) && !props.windows.some((one) => one.words.toLowerCase() === it().time_ref!.toLowerCase());
  const rest = (): string =>
    [
      `${word(w().object, it().object)}${it().child ? ` (${w().children})` : ''}`,
      word(w().kind, it().detail ?? it().kind),
      w().weaponsOf(word(w().party, it().attacker)),
      it().place,
      ownTime() ? w().timeline.timeRef(it().time_ref!) : null,
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <li class="claim">
      <Many of={it()} /> {rest()}
    </li>
  );
}

function Said(props: { of: SaidView }): JSX.Element {
  const w = useWords();
  const it = (): SaidView => props.of;
  const waiting = (): number => it().unparsed.filter((one) => !one.decided).length;
  const times = (): string[] =>
    it().windows.map(({ words, from, to }) => (from && to ? w().timeline.meant(words, stretch(from, to, w().open)) : w().timeline.meantNone(words)));
  return (
    <li id={anchor('said', it().id)} tabindex="-1" data-superseded={it().superseded_by ? '' : undefined}>
      <p class="when">
        <Show when={it().published_at} fallback={<Undated of={it()} />}>
          {(at) => <time datetime={at()}>{stamp(at())}</time>}
        </Show>{' '}
        · <strong>{it().source}</strong>
        <Show when={it().forwarded_from}>{(whose) => <> ({w().timeline.passedOn(whose())})</>}</Show> {w().timeline.says}:
      </p>
      <Show when={it().superseded_by}>
        {(later) => (
          <p class="note">
            {w().timeline.superseded}{' '}
            <button type="button" class="link" onClick={() => show(anchor('said', later()))}>
              {w().timeline.later}
            </button>
          </p>
        )}
      </Show>
      <Passage text={it().text} spans={it().claims} />
      <Show when={it().refused} fallback={<Read of={it()} />}>
        {(why) => <p class="refusal">{w().timeline.unread(why())}</p>}
      </Show>
      <For each={times()}>{(said) => <small>{said}</small>}</For>
      <Show when={waiting() > 0}>
        <small>
          {w().timeline.unparsed(waiting())} <a href="/review">{w().back.review}</a>
        </small>
      </Show>
      <Show when={it().unparsed.length > waiting()}>
        <small>{w().timeline.decided(it().unparsed.length - waiting())}</small>
      </Show>
      <Show when={it().gaps}>
        <small>{w().timeline.missing}</small>
      </Show>
      <small>
        <EntryLinks index={it().index} />
        <Show when={it().address}>{(from) => <> · <Address of={from()} /></>}</Show>
      </small>
    </li>
  );
}

/** What a source gives instead of a date; the capture is named as one, so that it is not taken for it. */
function Undated(props: { of: SaidView }): JSX.Element {
  const w = useWords();
  const parts = (): string[] => [w().timeline.noDate, props.of.dated ?? '', props.of.captured_at ? w().timeline.captured(stamp(props.of.captured_at)) : ''];
  return <>{parts().filter(Boolean).join(' · ')}</>;
}

function Read(props: { of: SaidView }): JSX.Element {
  const w = useWords();
  return (
    <Show when={props.of.claims.length > 0} fallback={<small>{w().timeline.noClaims}</small>}>
      <ul class="claims">
        <For each={props.of.claims}>{(it) => <Claim of={it} windows={props.of.windows} />}</For>
      </ul>
    </Show>
  );
}

/** A text with the words of its claims marked. */
function Passage(props: { text: string; spans: { start: number; end: number }[] }): JSX.Element {
  return (
    <blockquote>
      <For each={cut(props.text, props.spans)}>{(piece) => <Show when={piece.span !== null} fallback={piece.text}><mark>{piece.text}</mark></Show>}</For>
    </blockquote>
  );
}

function Happened(props: { of: HappenedView }): JSX.Element {
  const w = useWords();
  const it = (): HappenedView => props.of;
  const isAlert = (): boolean => it().what === 'alert';
  const name = (): string => ({ alert: w().timeline.alert, incident: w().timeline.incident })[it().what] ?? it().what;
  const detail = (): string => (it().detail ?? '').split(', ').filter(Boolean).map((one) => word(isAlert() ? w().timeline.levels : w().object, one)).join(', ');
  return (
    <li id={anchor('happened', `${it().what}-${it().id}`)} tabindex="-1" data-what={it().what}>
      <p class="when">
        <time datetime={it().from}>{stretch(it().from, it().to, w().timeline.lasts)}</time> · <strong>{name()}</strong>
      </p>
      <p>
        {isAlert() ? nameIn(lang(), it()) : place(w(), it().area)}
        {detail() === '' ? '' : ` · ${detail()}`}
        <Show when={it().grade}>
          {(grade) => (
            <>
              {' '}
              · {w().incident.grade}: {word(w().incident.grades, grade())}
            </>
          )}
        </Show>
      </p>
      <Show when={!isAlert()}>
        <a href={link('incidents', { id: it().id })}>{it().id}</a>
      </Show>
    </li>
  );
}
