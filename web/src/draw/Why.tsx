/** Why each alert and forecast of a community stands: who holds it since when, and every decision with what caused it. */
import { createMemo, createResource, createSignal, For, Show, type JSX } from 'solid-js';
import { chain } from '../state/areas';
import { nameIn } from '../text';
import { ago, clock } from '../text/time';
import { askWhy } from '../stream/why';
import type { AlertView, StepView } from '../wire';
import { usePage } from './page';

const STEPS_SHOWN = 8;
const CAUSES_SHOWN = 5;

/** One fold for each alert or forecast that reaches the community. */
export function Whys(props: { code: string }): JSX.Element {
  const page = usePage();
  const reaching = createMemo((): readonly AlertView[] => {
    const { picture } = page.state();
    if (picture === null) return [];
    const codes = chain(props.code, (code) => picture.communities.get(code)?.parent ?? page.parentOf(code));
    return [...picture.alerts.values()].filter((alert) => codes.includes(alert.community)).sort((a, b) => a.id - b.id);
  });
  const ids = createMemo(() => reaching().map((alert) => alert.id), [], { equals: (a, b) => a.join() === b.join() });
  return (
    <For each={ids()}>
      {(id) => {
        const alert = createMemo<AlertView | undefined>((old) => reaching().find((it) => it.id === id) ?? old);
        return <Show when={alert()}>{(it) => <Why alert={it()} />}</Show>;
      }}
    </For>
  );
}

function Why(props: { alert: AlertView }): JSX.Element {
  const page = usePage();
  const [open, setOpen] = createSignal(false);
  // Asked when it is opened, and again whenever the alert changes while it is open.
  const asked = (): { id: number; at: string } | null => (open() ? { id: props.alert.id, at: props.alert.updated_at } : null);
  const [why] = createResource(asked, ({ id }) => askWhy(id));
  const title = (): string => page.w().why.of[props.alert.standing] ?? page.w().why.of.official ?? '';
  return (
    <details class="why" data-why={props.alert.id} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        {title()} <small>({nameIn(page.w().lang, props.alert)})</small>
      </summary>
      <Show when={props.alert.standing !== 'advisory'}>
        <ul class="holders">
          <For each={props.alert.holders}>
            {(holder) => (
              <li>
                {page.w().why.held(who(holder.name), clock(holder.since, page.now_ms()), ago(page.w(), holder.since, page.now_ms()))}
                <Show when={holder.second}>{(second) => <> {page.w().why.second(second())}</>}</Show>
                <Show when={holder.words}>
                  {(words) => (
                    <>
                      {' '}
                      <q>{words()}</q>
                    </>
                  )}
                </Show>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={why.state !== 'pending'} fallback={<p>{page.w().why.asking}</p>}>
        <Show when={why.latest} fallback={<p>{page.w().why.failed}</p>}>
          {(found) => (
            <ol class="rows">
              <For each={[...found().steps].reverse().slice(0, STEPS_SHOWN)}>{(step) => <Step step={step} />}</For>
            </ol>
          )}
        </Show>
      </Show>
    </details>
  );
}

/** A holder as people say it: an officer without the prefix. */
const who = (name: string): string => name.replace(/^officer:/, '');

function Step(props: { step: StepView }): JSX.Element {
  const page = usePage();
  const text = (it: { text_uk: string; text_en: string }): string => (page.w().lang === 'uk' ? it.text_uk : it.text_en);
  const left = (): number => props.step.causes.length - CAUSES_SHOWN;
  return (
    <li data-step={props.step.entry}>
      <p>
        <small>{clock(props.step.decided_at, page.now_ms())}</small> {text(props.step)}
      </p>
      <ul class="causes">
        <For each={props.step.causes.slice(-CAUSES_SHOWN)}>{(cause) => <li>{text(cause)}</li>}</For>
        <Show when={left() > 0}>
          <li>{page.w().why.earlier(left())}</li>
        </Show>
      </ul>
      <p>
        <small>{page.w().why.entry(props.step.entry, props.step.policy)}</small>
      </p>
    </li>
  );
}
