/** What flies, in words: kind, place, course, how sure, and which communities it may reach and when. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { nearest } from '../state/areas';
import { isBlind } from '../state/truth';
import { nameIn } from '../text';
import { ago, clock, percent, sayWindow } from '../text/time';
import type { ForecastView, ReportView, TrackView } from '../wire';
import { usePage } from './page';

const FIRST = 3;

export function Tracks(): JSX.Element {
  const page = usePage();
  const tracks = createMemo(() => [...(page.state().picture?.tracks ?? [])].sort((a, b) => a.id - b.id));
  const ids = createMemo(() => tracks().map((t) => t.id), [], { equals: (a, b) => a.join() === b.join() });
  return (
    <section class="panel tracks" aria-labelledby="tracks-head">
      <h2 id="tracks-head">{page.w().tracks.heading}</h2>
      <Show when={isBlind(page.state()) && ids().length > 0}>
        <p class="line">{page.w().tracks.history}</p>
      </Show>
      <Show when={ids().length > 0} fallback={<p>{page.w().tracks.none}</p>}>
        <ul class="objects">
          <For each={ids()}>
            {(id) => {
              const track = createMemo<TrackView | undefined>((old) => tracks().find((t) => t.id === id) ?? old);
              return <Show when={track()}>{(t) => <TrackItem track={t()} />}</Show>;
            }}
          </For>
        </ul>
      </Show>
    </section>
  );
}

function TrackItem(props: { track: TrackView }): JSX.Element {
  const page = usePage();
  const place = createMemo(() => nearest(page.areas(), props.track.lat, props.track.lon));
  const title = (): string => {
    const { track } = props;
    const kind = page.w().kind[track.kind] ?? track.kind;
    const high = track.count_high ?? null;
    return track.count_low === 1 && high === 1 ? kind : `${kind} × ${page.w().tracks.count(track.count_low, high)}`;
  };
  const facts = (): string[] => {
    const { track } = props;
    const say = page.w().tracks;
    const deg = track.course_deg;
    const where = place();
    return [
      where === null ? '' : say.near(nameIn(page.w().lang, where)),
      typeof deg === 'number' ? say.course(page.w().winds[Math.round(deg / 45) % 8] ?? '', Math.round(deg)) : say.courseUnknown,
      track.speed_mps > 1 ? say.speed(Math.round((track.speed_mps * 3.6) / 10) * 10) : '',
      say.within(Math.max(1, Math.round(track.ellipse_major_km))),
      say.existence(percent(track.existence)),
      others() === '' ? '' : say.orKind(others()),
      say.seen(ago(page.w(), track.last_seen_at, page.now_ms())),
    ].filter(Boolean);
  };
  /** What else it may be, with a fifth or more. */
  const others = (): string =>
    (props.track.kinds ?? [])
      .filter((other) => other.kind !== props.track.kind && other.probability >= 0.2)
      .map((other) => `${page.w().kind[other.kind] ?? other.kind} ≈ ${percent(other.probability)} %`)
      .join(', ');
  /** The reports that made it, as far as the page still has them, newest first. */
  const made = createMemo((): readonly ReportView[] => {
    const events = new Set(props.track.provenance);
    return (page.state().picture?.reports ?? []).filter((report) => events.has(report.event));
  });
  return (
    <li data-track={props.track.id}>
      <h3>
        {title()} <small>№ {props.track.id}, {page.w().stage[props.track.stage] ?? props.track.stage}</small>
      </h3>
      <p>{facts().join(' · ')}</p>
      <details class="made">
        <summary>{page.w().tracks.reports(props.track.provenance.length)}</summary>
        <ul>
          <For each={made()} fallback={<li>{page.w().tracks.olderReports}</li>}>
            {(report) => (
              <li data-made-by={report.event}>
                <small>
                  {clock(report.observed_at, page.now_ms())} · {report.source}
                </small>{' '}
                <q lang="uk">{report.text ?? page.w().reports.wordless}</q>
              </li>
            )}
          </For>
        </ul>
      </details>
      <Show when={props.track.forecast.length > 0}>
        <ForecastTable rows={props.track.forecast.slice(0, FIRST)} />
        <Show when={props.track.forecast.length > FIRST}>
          <details>
            <summary>{page.w().regions.more(props.track.forecast.length - FIRST)}</summary>
            <ForecastTable rows={props.track.forecast.slice(FIRST)} />
          </details>
        </Show>
      </Show>
    </li>
  );
}

function ForecastTable(props: { rows: readonly ForecastView[] }): JSX.Element {
  const page = usePage();
  const asOf = (): string | null => page.state().picture?.tracks_as_of ?? null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{page.w().tracks.community}</th>
          <th scope="col">{page.w().tracks.when}</th>
          <th scope="col">{page.w().tracks.chance}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.rows}>
          {(row) => (
            <tr>
              <td>{nameIn(page.w().lang, row)}</td>
              <td>{sayWindow(page.w(), row.arrival, asOf(), page.now_ms())}</td>
              <td>≈ {percent(row.arrival.probability)} %</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
