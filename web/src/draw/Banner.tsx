/** Said before anything else: that this is an exercise, that the link is lost, that nobody official is heard. */
import { Match, Show, Switch, type JSX } from 'solid-js';
import { elapsedMs, readStopwatch } from '../state/clock';
import { span } from '../text/time';
import { usePage } from './page';

export function ExerciseMark(): JSX.Element {
  const page = usePage();
  const speed = (): number => page.state().clock?.speed ?? 1;
  return (
    <Show when={page.state().picture?.status === 'exercise'}>
      <aside class="exercise" aria-label={page.w().exercise.mark}>
        <strong>{page.w().exercise.mark}</strong>
        <span>
          {page.w().exercise.words} {speed() > 1 ? page.w().exercise.faster(Math.round(speed())) : ''}
        </span>
      </aside>
    </Show>
  );
}

export function LinkBanner(): JSX.Element {
  const page = usePage();
  // The stopwatch is read anew with every second of the server's time, and when the link changes.
  const silent = (): string => {
    page.now_ms();
    return span(page.w(), elapsedMs(page.state().heard, readStopwatch()) / 1000);
  };
  const officialSilent = (): boolean => {
    const sources = page.state().picture?.sources.filter((s) => s.official) ?? [];
    return page.state().link === 'live' && sources.every((s) => s.link !== 'live');
  };
  return (
    <aside aria-label={page.w().banner.label}>
      <div class="sr" role="alert">
        {page.state().link === 'lost' ? page.w().card.why.link : ''}
      </div>
      <Switch>
        <Match when={page.state().link === 'lost'}>
          <div class="banner lost" data-banner="lost">
            <strong>{page.w().banner.lost(silent())}</strong> {page.w().banner.retry}
          </div>
        </Match>
        <Match when={page.state().link === 'broken'}>
          <div class="banner broken" role="status" data-banner="broken">
            {page.w().banner.broken}
          </div>
        </Match>
        <Match when={page.state().link === 'connecting'}>
          <div class="banner broken" role="status" data-banner="connecting">
            {page.w().banner.connecting}
          </div>
        </Match>
        <Match when={officialSilent()}>
          <div class="banner silent" role="status" data-banner="sources">
            {page.w().banner.sources}
          </div>
        </Match>
      </Switch>
    </aside>
  );
}
