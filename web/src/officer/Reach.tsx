/** Where nobody would hear a siren, before anything else; then each siren. */
import { For, Match, Show, Switch, type JSX } from 'solid-js';
import { lang } from '../settings';
import { nameIn } from '../text';
import { deskWords, type DeskWords } from '../text/officer';
import { clock } from '../text/time';
import type { SirenView, Verdict } from './ask';

const CLOCK_OFF_S = 5;

export function Reach(props: { verdict: Verdict }): JSX.Element {
  const w = (): DeskWords => deskWords[lang()];
  const known = () => (props.verdict.say === 'reach' ? props.verdict : undefined);
  const plain = (): string => {
    const { say } = props.verdict;
    return say === 'waiting' ? w().waiting : say === 'wrong' ? w().wrong : say === 'none' ? w().noSirens : '';
  };
  return (
    <div data-say={props.verdict.say}>
      <div role="alert">
        <Switch>
          <Match when={props.verdict.say === 'unheard'}>
            <p class="silent">{w().unheard}</p>
          </Match>
          <Match when={known()?.view.connected === false}>
            <p class="silent">{w().broker}</p>
          </Match>
          <Match when={(known()?.silent.length ?? 0) > 0}>
            <div class="silent" data-silent>
              <strong>{w().silentAreas}</strong>
              <ul>
                <For each={known()?.silent}>{(area) => <li data-area={area.code}>{nameIn(lang(), area)}</li>}</For>
              </ul>
            </div>
          </Match>
        </Switch>
      </div>
      <p role="status">{plain()}</p>
      <Show when={known()}>
        {(it) => (
          <>
            <p data-reachable={it().view.reachable}>
              {it().view.devices === 0 ? w().none : w().of(it().view.reachable, it().view.devices)}
            </p>
            <ul class="rows">
              <For each={it().worst}>{(siren) => <Siren siren={siren} as_of_ms={Date.parse(it().view.as_of)} />}</For>
            </ul>
          </>
        )}
      </Show>
    </div>
  );
}

function Siren(props: { siren: SirenView; as_of_ms: number }): JSX.Element {
  const w = (): DeskWords => deskWords[lang()];
  const more = (): string[] => {
    const { heard_at, clock_off_s, refused, waiting } = props.siren;
    const off = Math.abs(clock_off_s ?? 0) > CLOCK_OFF_S ? [w().clockOff(clock_off_s ?? 0)] : [];
    const knocks = refused > 0 ? [w().knocks(refused)] : [];
    const open = waiting === 'sound' || waiting === 'stop' ? [w().open[waiting]] : [];
    return [heard_at ? w().heard(clock(heard_at, props.as_of_ms)) : w().never, ...open, ...off, ...knocks];
  };
  const reach = (): string => (w().reach as Record<string, string>)[props.siren.reach] ?? props.siren.reach;
  return (
    <li data-siren={props.siren.id} data-reach={props.siren.reach}>
      <strong>{reach()}</strong> · {props.siren.id} · {nameIn(lang(), props.siren)}
      <small>{more().join(' · ')}</small>
    </li>
  );
}
