/** Where the map goes, its legend, and what stands there when it cannot be drawn. */
import { createEffect, createSignal, For, on, onCleanup, onMount, Show, type JSX } from 'solid-js';
import type { OpenMap, Spot } from '../map/map';
import { COLOURS, type Outlines, type View } from '../map/layer';
import { home } from '../settings';
import { isBlind } from '../state/truth';
import { usePage } from './page';
import { Card } from './Card';
import { useDark } from './theme';

/** A drone flies so far in about an hour. */
const ABOUT_KM = 150;
const LEGEND = ['red', 'yellow', 'elevated', 'unknown', 'clear'] as const;

export function MapPanel(): JSX.Element {
  const page = usePage();
  const dark = useDark();
  const [fault, setFault] = createSignal(false);
  const [map, setMap] = createSignal<OpenMap | null>(null);
  let element!: HTMLDivElement;

  /** My community and what may reach it within the hour. */
  const aboutHome = (): Spot | null => {
    const area = page.areas().get(home()?.code ?? '');
    return area === undefined || !Number.isFinite(area.lat + area.lon) ? null : { lat: area.lat, lon: area.lon, km: ABOUT_KM + area.radius_km };
  };
  const open = async (): Promise<void> => {
    try {
      if (document.createElement('canvas').getContext('webgl2') === null) throw new Error('no WebGL 2');
      const [{ openMap }, outlines] = await Promise.all([
        import('../map/map'),
        fetch('/api/v1/areas.geojson').then((answer) => {
          if (!answer.ok) throw new Error(`fetched the outlines: ${answer.status}`);
          return answer.json() as Promise<Outlines>;
        }),
      ]);
      // Which raion lies in which region is told by the picture and the list of areas, not by the outlines.
      for (const { properties } of outlines.features) properties.parent ??= page.parentOf(properties.code);
      setMap(
        openMap({
          element,
          outlines,
          theme: dark() ? 'dark' : 'light',
          first: aboutHome(),
          w: page.w(),
          shyOfScroll: matchMedia('(max-width: 999px)').matches,
          onPick: page.pick,
        }),
      );
    } catch (error) {
      // The page is whole without a map; say so and go on.
      console.info('the map is not shown:', error);
      setFault(true);
    }
  };
  onMount(() => {
    // Text first: the map waits until the words are on the screen.
    const later = window.requestIdleCallback ?? ((go: () => void) => setTimeout(go, 200));
    createEffect(
      on(
        () => page.areas().size > 0 || page.state().picture !== null,
        (named, before) => {
          if (named && !before) later(() => void open(), { timeout: 1500 });
        },
      ),
    );
  });
  onCleanup(() => map()?.close());
  createEffect(on([() => home()?.code, () => page.areas().size > 0], () => map()?.look(aboutHome()), { defer: true }));
  createEffect(() => map()?.setTheme(dark() ? 'dark' : 'light'));
  createEffect(() => {
    const view: View = {
      state: page.state(),
      blind: isBlind(page.state()),
      w: page.w(),
      areas: page.areas(),
      colours: COLOURS.dark,
      truth: page.truth,
      home: home()?.code ?? null,
      picked: page.picked(),
    };
    map()?.draw(view);
  });

  return (
    <section class="map-panel" aria-labelledby="map-head">
      <h2 id="map-head" class="sr">
        {page.w().map.heading}
      </h2>
      <div class="map-frame" data-fault={fault()} data-blind={isBlind(page.state())}>
        <div ref={element} class="map" />
        <Show when={map() !== null}>
          <div class="looks">
            <button type="button" onClick={() => map()?.look(null)}>
              {page.w().map.wholeCountry}
            </button>
            <Show when={aboutHome() !== null}>
              <button type="button" onClick={() => map()?.look(aboutHome())}>
                {page.w().map.aboutHome}
              </button>
            </Show>
          </div>
        </Show>
        <Show when={fault()}>
          <p class="map-note">{page.w().map.failed}</p>
        </Show>
        <Show when={!fault() && map() === null}>
          <p class="map-note">{page.w().map.loading}</p>
        </Show>
        <Show when={isBlind(page.state()) && !fault()}>
          <p class="map-veil" aria-hidden="true">
            {page.w().card.unknown}
          </p>
        </Show>
      </div>
      <Show when={!fault()}>
        <ul class="legend" aria-label={page.w().map.legend}>
          <For each={LEGEND}>
            {(look) => (
              <li>
                <i class={`swatch ${look}`} aria-hidden="true" /> {page.w().map[look]}
              </li>
            )}
          </For>
          <li>
            <i class="swatch ellipse" aria-hidden="true" /> {page.w().map.ellipse}
          </li>
          <li>
            <i class="swatch cone" aria-hidden="true" /> {page.w().map.cone}
          </li>
        </ul>
      </Show>
      <Show when={page.picked()}>
        {(code) => (
          <Card code={code()} kicker={`${page.w().map.chosen}:`} id="picked">
            <div class="row">
              <button type="button" onClick={() => page.makeHome(code())}>
                {page.w().map.makeMine}
              </button>
              <button type="button" onClick={() => page.pick(null)}>
                {page.w().map.close}
              </button>
            </div>
          </Card>
        )}
      </Show>
    </section>
  );
}
