/** Alerts that wait for the officer's word alone, and the one order that ends those that are ticked. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { lang } from '../settings';
import { useRepeated } from '../state/repeated';
import { nameIn } from '../text';
import { deskWords, type DeskWords } from '../text/officer';
import { clock } from '../text/time';
import { endTogether, unheld, type UnheldView } from './ask';

/** Between two questions, and how old an answer may be, milliseconds. */
const ASK_MS = 3_000;
const OLD_MS = 15_000;
/** Most alerts of one order. */
const TOGETHER_MAX = 64;

export function Waiting(props: { token: string; world: string; now: number }): JSX.Element {
  const w = (): DeskWords => deskWords[lang()];
  const [alerts, setAlerts] = createSignal<UnheldView[]>([]);
  const [heard, setHeard] = createSignal(performance.now());
  // Nothing is ticked by itself: to end an alert is a person's decision about that alert.
  const [ticked, setTicked] = createSignal<ReadonlySet<number>>(new Set());
  const [said, setSaid] = createSignal('');
  const [busy, setBusy] = createSignal(false);
  let reason!: HTMLInputElement;
  const ask = (): ((signal: AbortSignal) => Promise<UnheldView[]>) => {
    const mine = props.token;
    return (signal) => unheld(mine, signal);
  };
  useRepeated(ask, ASK_MS, (view) => {
    setAlerts(view);
    setHeard(performance.now());
  });
  const old = (): boolean => props.now - heard() > OLD_MS;
  const chosen = (): number[] => alerts().map((it) => it.alert).filter((alert) => ticked().has(alert)).slice(0, TOGETHER_MAX);
  const tick = (alert: number, on: boolean): void => {
    const next = new Set(ticked());
    if (on) next.add(alert);
    else next.delete(alert);
    setTicked(next);
  };
  const end = async (): Promise<void> => {
    setBusy(true);
    setSaid('');
    try {
      const answer = await endTogether(props.token, { alerts: chosen(), reason: reason.value, status: props.world });
      if ('refused' in answer) return void setSaid(w().refused(answer.refused));
      setSaid(answer.outcome === 'partly' ? w().partly(answer.detail ?? '') : w().ended);
      setTicked(new Set<number>());
    } catch {
      setSaid(w().unsure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Show when={alerts().length > 0 || old() || said() !== ''}>
      <form
        class="panel"
        data-unheld={alerts().length}
        onSubmit={(e) => {
          e.preventDefault();
          void end();
        }}
      >
        <h2>{w().unheld}</h2>
        <p>{old() ? w().unheldOld : w().unheldWhy}</p>
        <ul class="rows">
          <For each={alerts()}>
            {(it) => (
              <li data-alert={it.alert}>
                <label class="tick">
                  <input type="checkbox" checked={ticked().has(it.alert)} onChange={(e) => tick(it.alert, e.currentTarget.checked)} />
                  <span>
                    {nameIn(lang(), it)}
                    <small>{w().since(clock(it.started_at, Date.now()))}</small>
                  </span>
                </label>
              </li>
            )}
          </For>
        </ul>
        <button type="button" class="link" onClick={() => setTicked(new Set(alerts().map((it) => it.alert)))}>
          {w().tickAll}
        </button>
        <label>
          {w().reason}
          <input ref={reason} type="text" required maxlength="500" autocomplete="off" />
        </label>
        <button type="submit" class="order" disabled={chosen().length === 0 || old() || busy()}>
          {w().end(chosen().length)}
        </button>
        <p role="status">
          <strong>{said()}</strong>
        </p>
      </form>
    </Show>
  );
}
