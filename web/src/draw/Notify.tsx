/** "Notify me": push messages about my community, with what push cannot do said before it is switched on. */
import { createSignal, onMount, Show, type JSX } from 'solid-js';
import { canPush, pushOff, pushOn, wished, type Outcome, type Wishes } from '../push';
import { usePage } from './page';

export function Notify(props: { code: string }): JSX.Element {
  const page = usePage();
  const [now, setNow] = createSignal<Wishes | null>(null);
  const [advisories, setAdvisories] = createSignal(false);
  const [working, setWorking] = createSignal(false);
  const [outcome, setOutcome] = createSignal<Outcome | null>(null);
  const w = () => page.w().push;

  const look = async (): Promise<void> => {
    const wishes = await wished().catch(() => null);
    setNow(wishes);
    if (wishes !== null) setAdvisories(wishes.advisories);
  };
  onMount(() => void look());

  const act = async (doing: () => Promise<Outcome | null>): Promise<void> => {
    setWorking(true);
    setOutcome(null);
    setOutcome(await doing().catch((): Outcome => 'failed'));
    await look();
    setWorking(false);
  };
  const on = (): Promise<void> => act(() => pushOn({ communities: [props.code], advisories: advisories(), lang: page.w().lang === 'en' ? 'en' : 'uk' }));
  const off = (): Promise<void> =>
    act(async () => {
      await pushOff();
      return null;
    });
  const same = (): boolean => {
    const it = now();
    return it !== null && it.communities[0] === props.code && it.advisories === advisories() && it.lang === page.w().lang;
  };
  const note = (): string => {
    if (working()) return w().working;
    const last = outcome();
    if (last !== null && last !== 'on') return w().outcome[last];
    const it = now();
    return it === null ? '' : w().isOn(it.communities.map((code) => page.name(code)).join(', '));
  };

  return (
    <details class="notify">
      <summary>{w().heading}</summary>
      <p>{w().never}</p>
      <Show when={canPush()} fallback={<p class="note">{w().cannot}</p>}>
        <p>
          <label>
            <input type="checkbox" checked={advisories()} onChange={(e) => setAdvisories(e.currentTarget.checked)} /> {w().advisories}
          </label>
        </p>
        <div class="row">
          <Show when={!same()}>
            <button type="button" disabled={working()} onClick={() => void on()}>
              {now() === null ? w().on : w().change(page.name(props.code))}
            </button>
          </Show>
          <Show when={now() !== null}>
            <button type="button" disabled={working()} onClick={() => void off()}>
              {w().off}
            </button>
          </Show>
        </div>
      </Show>
      <p class="note" role="status">
        {note()}
      </p>
      <p class="note">{w().privacy}</p>
    </details>
  );
}
