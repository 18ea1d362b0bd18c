/**
 * What our own tracks and sources had of an incident's area and time, beside what is said of it.
 *
 * Holds: it is asked for apart, so that the sheet never waits for it; nothing seen is told with who listened, and no track is a hit.
 */
import { For, Show, type JSX } from 'solid-js';
import { word } from '../text/chronicle';
import { lists, useAsked } from './ask';
import { Answer, useWords } from './parts';
import type { BesideSource, BesideTrack, BesideView } from './views';
import { stretch } from './when';

export function Beside(props: { id: string }): JSX.Element {
  const w = useWords();
  const [asked, again] = useAsked<BesideView>(() => `/api/v1/chronicle/beside/${encodeURIComponent(props.id)}`, lists('tracks', 'sources'));
  return (
    <section class="panel" data-part="beside">
      <h3>{w().beside.title}</h3>
      <p class="note">{w().beside.why}</p>
      <Answer asked={asked()} again={again}>
        {(view) => (
          <>
            <Show when={view().left_out}>{(what) => <p data-left-out={what()}>{word(w().beside.leftOut, what())}</p>}</Show>
            <Show when={!['area', 'events'].includes(view().left_out ?? '')}>
              <Listening of={view()} />
              <h4>{w().beside.tracks(view().near_km)}</h4>
              <Show when={view().tracks.length > 0} fallback={<Show when={!view().left_out}>{<p data-none>{w().beside.tracksNone}</p>}</Show>}>
                <ul class="rows">
                  <For each={view().tracks}>{(it) => <Track of={it} />}</For>
                </ul>
              </Show>
              <Show when={view().tracks_more + view().unconfirmed > 0}>
                <p class="note">{w().beside.more(view().tracks_more, view().unconfirmed)}</p>
              </Show>
              <h4>{w().beside.sources}</h4>
              <Show when={view().sources.length > 0} fallback={<p>{w().beside.sourcesNone}</p>}>
                <ul class="rows">
                  <For each={view().sources}>{(it) => <Source of={it} window_s={view().window_s} />}</For>
                </ul>
              </Show>
              <Show when={view().sources_more > 0}>
                <p class="note">{w().beside.more(view().sources_more, 0)}</p>
              </Show>
            </Show>
          </>
        )}
      </Answer>
    </section>
  );
}

/** Seconds as whole minutes; what is under one is told as one, but for none at all. */
const minutes = (s: number): number => (s > 0 ? Math.max(1, Math.round(s / 60)) : 0);

function Listening(props: { of: BesideView }): JSX.Element {
  const w = useWords();
  const it = (): BesideView => props.of;
  return (
    <Show
      when={it().heard_s > 0}
      fallback={
        <p data-listening="nobody">
          <strong>{w().beside.nobody}</strong>
        </p>
      }
    >
      <p data-listening={it().sensed_s > 0 ? 'sensed' : 'heard'}>
        {w().beside.heard(minutes(it().heard_s), minutes(it().window_s))} {it().sensed_s > 0 ? w().beside.sensed(minutes(it().sensed_s)) : w().beside.unsensed}
      </p>
    </Show>
  );
}

function Track(props: { of: BesideTrack }): JSX.Element {
  const w = useWords();
  const it = (): BesideTrack => props.of;
  const many = (): string => {
    if (it().count_low === it().count_high) return it().count_low === 1 ? '' : ` × ${it().count_low}`;
    return ` × ${it().count_low}${it().count_high ? `–${it().count_high}` : '+'}`;
  };
  const far = (): string => {
    const within = it().inside;
    return within ? w().beside.inside(stretch(within[0], within[1], w().open)) : w().beside.nearest(it().nearest_km, it().sd_km);
  };
  return (
    <li data-track={it().id} data-state={it().state}>
      {stretch(it().near[0], it().near[1], w().open)} · {word(w().beside.kinds, it().kind)}
      {many()} · {far()}: <strong>{word(w().beside.states, it().state)}</strong>
      <small>{w().beside.number(it().id)}</small>
    </li>
  );
}

function Source(props: { of: BesideSource; window_s: number }): JSX.Element {
  const w = useWords();
  const it = (): BesideSource => props.of;
  return (
    <li data-source={it().source}>
      {it().source} ({word(w().beside.classes, it().class)}
      {it().covers ? `, ${w().beside.covers}` : ''}): {w().beside.reports(it().reports, it().wider)}
      <small>
        <Show when={it().first}>{stretch(it().first, it().last, w().open)} · </Show>
        {w().beside.heardSource(minutes(it().heard_s), minutes(props.window_s))}
      </small>
    </li>
  );
}
