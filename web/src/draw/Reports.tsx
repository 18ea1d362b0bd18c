/** The latest reports: the words as said, what was read of them, and what was refused. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { clock, ago } from '../text/time';
import type { ReportView } from '../wire';
import { usePage } from './page';

const FIRST = 6;

export function Reports(): JSX.Element {
  const page = usePage();
  const [all, setAll] = createSignal(false);
  const reports = (): readonly ReportView[] => page.state().picture?.reports ?? [];
  return (
    <section class="panel reports" aria-labelledby="reports-head">
      <h2 id="reports-head">{page.w().reports.heading}</h2>
      <ol class="rows">
        <For each={all() ? reports() : reports().slice(0, FIRST)} fallback={<li>{page.w().reports.none}</li>}>
          {(report) => {
            const read = (): readonly string[] => (page.w().lang === 'uk' ? report.read_uk : report.read_en);
            return (
              <li data-event={report.event}>
                <small>
                  {clock(report.observed_at, page.now_ms())}, {ago(page.w(), report.observed_at, page.now_ms())} · {report.source}
                </small>
                <blockquote lang="uk">{report.text ?? page.w().reports.wordless}</blockquote>
                <For each={read()}>
                  {(line) => (
                    <p class="read">
                      <span>{page.w().reports.read}:</span> {line}
                    </p>
                  )}
                </For>
                <For each={report.refused}>
                  {(line) => (
                    <p class="refused">
                      <span>{page.w().reports.refused}:</span> {line}
                    </p>
                  )}
                </For>
                <Show when={read().length === 0 && report.refused.length === 0}>
                  <p class="read">{page.w().reports.nothing}</p>
                </Show>
              </li>
            );
          }}
        </For>
      </ol>
      <Show when={reports().length > FIRST}>
        <button type="button" onClick={() => setAll(!all())} aria-expanded={all()}>
          {all() ? page.w().reports.fewer : page.w().reports.all(reports().length)}
        </button>
      </Show>
    </section>
  );
}
