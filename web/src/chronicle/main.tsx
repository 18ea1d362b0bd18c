/** Begins the chronicle. */
import { For, Match, Switch, type JSX } from 'solid-js';
import { render } from 'solid-js/web';
import { Ceasefire } from './Ceasefire';
import { Figures } from './Figures';
import { Frame } from './Frame';
import { Incidents } from './Incidents';
import { useWords } from './parts';
import { link, route, VIEWS } from './route';
import { Timeline } from './Timeline';
import { useWorld } from './world';

function Chronicle(): JSX.Element {
  const w = useWords();
  const world = useWorld();
  const nav = (): JSX.Element => (
    <nav aria-label={w().nav.label}>
      <ul class="tabs">
        <For each={VIEWS}>
          {(view) => (
            <li>
              <a href={link(view)} aria-current={route().view === view ? 'page' : undefined}>
                {w().nav[view]}
              </a>
            </li>
          )}
        </For>
      </ul>
    </nav>
  );
  return (
    <Frame
      world={world()}
      title={w().title}
      nav={nav()}
      ways={[
        { href: '/', name: w().back.warning },
        { href: '/review', name: w().back.review },
      ]}
    >
      <Switch>
        <Match when={route().view === 'timeline'}>
          <Timeline />
        </Match>
        <Match when={route().view === 'incidents'}>
          <Incidents />
        </Match>
        <Match when={route().view === 'ceasefire'}>
          <Ceasefire />
        </Match>
        <Match when={route().view === 'figures'}>
          <Figures />
        </Match>
      </Switch>
    </Frame>
  );
}

const root = document.getElementById('chronicle');
if (root !== null) {
  root.replaceChildren();
  render(() => <Chronicle />, root);
}
