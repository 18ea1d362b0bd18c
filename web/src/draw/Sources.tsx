/** The health of every source: whether it is heard, how long ago, what it was refused and why. */
import { For, type JSX, Show } from 'solid-js';
import { ago, span } from '../text/time';
import { Icon } from './Icon';
import { usePage } from './page';

export function Sources(): JSX.Element {
  const page = usePage();
  return (
    <section class="panel sources" aria-labelledby="sources-head">
      <h2 id="sources-head">{page.w().sources.heading}</h2>
      <ul class="rows">
        <For each={page.state().picture?.sources ?? []} fallback={<li>{page.w().sources.none}</li>}>
          {(source) => (
            <li data-source={source.source} data-link={source.link}>
              <span class="chip" data-link={source.link}>
                <Icon of={source.link} /> {page.w().sources.link[source.link] ?? source.link}
              </span>{' '}
              <strong>{source.source}</strong>{' '}
              <small>
                {[
                  source.official ? page.w().sources.official : page.w().sources.evidence,
                  source.heard_at ? page.w().sources.heard(ago(page.w(), source.heard_at, page.now_ms())) : '',
                  page.w().sources.accepted(source.accepted),
                  page.w().sources.refused(source.refused),
                  source.official ? page.w().sources.limit(span(page.w(), source.stale_after_s)) : '',
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
              <Show when={source.last_refusal}>
                {(words) => <small class="refusal">{page.w().sources.lastRefusal(words())}</small>}
              </Show>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
