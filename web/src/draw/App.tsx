/** The page: marks and banners, the state of my community, the map, and everything else in words. */
import { createEffect, createMemo, createSignal, For, on, onMount, Show, untrack, type JSX } from 'solid-js';
import { askedArea, home, lang, setHome, setLang, setTheme, theme, THEMES } from '../settings';
import { readAreas, type Areas } from '../state/areas';
import type { Store } from '../state/store';
import { truthOf } from '../state/truth';
import { play, soundOff, soundOn } from '../sound';
import { LANGS, nameIn, words } from '../text';
import { ExerciseMark, LinkBanner } from './Banner';
import { Card, CountryCard } from './Card';
import { Chooser } from './Chooser';
import { MapPanel } from './MapPanel';
import { Notify } from './Notify';
import { PageProvider, usePage, type Page } from './page';
import { Regions } from './Regions';
import { Reports } from './Reports';
import { Sources } from './Sources';
import { useDark } from './theme';
import { Tracks } from './Tracks';

export function App(props: { store: Store }): JSX.Element {
  const w = createMemo(() => words[lang()]);
  const [areas, setAreas] = createSignal<Areas>(new Map());
  const [picked, pick] = createSignal<string | null>(null);
  const dark = useDark();

  const parentOf = (code: string): string | null =>
    areas().get(code)?.parent ?? props.store.state().picture?.communities.get(code)?.parent ?? (home()?.code === code ? home()!.parent : null);
  const named = (code: string) => {
    const mine = home();
    return areas().get(code) ?? props.store.state().picture?.communities.get(code) ?? (mine?.code === code ? mine : undefined);
  };
  const page: Page = {
    state: props.store.state,
    now_ms: () => props.store.now_ms() ?? 0,
    w,
    areas,
    truth: (code) => truthOf(props.store.state(), code, parentOf),
    parentOf,
    name: (code) => {
      const it = named(code);
      return it === undefined ? code : nameIn(lang(), it);
    },
    picked,
    pick: (code) => void pick(code),
    makeHome: (code) => {
      const it = named(code);
      if (it === undefined) return;
      setHome({ code, level: it.level, parent: it.parent ?? null, name_uk: it.name_uk, name_en: it.name_en });
      pick(null);
    },
  };

  onMount(async () => {
    for (let pauseMs = 1000; areas().size === 0; pauseMs = Math.min(pauseMs * 2, 30_000)) {
      try {
        const answer = await fetch('/api/v1/areas.json');
        if (answer.ok) setAreas(readAreas(await answer.json()));
      } catch {
        // The list is only for choosing; the state is shown without it.
      }
      if (areas().size > 0) break;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  });
  // Known from the picture or from the list, whichever comes first: a link lost in between must not hide what was asked for.
  const asked = createMemo(() => {
    const code = askedArea();
    return code !== null && named(code) !== undefined ? code : null;
  });
  createEffect(() => {
    const code = asked();
    if (code !== null) untrack(() => page.makeHome(code));
  });
  createEffect(() => {
    document.documentElement.lang = lang();
    document.documentElement.dataset.theme = dark() ? 'dark' : 'light';
    document.documentElement.dataset.world = props.store.state().picture?.status ?? '';
    const exercise = props.store.state().picture?.status === 'exercise' ? `${w().exercise.mark} · ` : '';
    const mine = home();
    const state = mine === null ? '' : `${w().state[page.truth(mine.code).shown]} · ${nameIn(lang(), mine)} · `;
    document.title = `${exercise}${state}${w().title}`;
  });

  return (
    <PageProvider value={page}>
      <a class="skip" href="#mine">
        {w().skip}
      </a>
      <ExerciseMark />
      <Header />
      <LinkBanner />
      <Announcer />
      <main>
        <div class="first">
          <Mine />
        </div>
        <MapPanel />
        <div class="lists">
          <Regions />
          <Tracks />
          <Reports />
          <Sources />
        </div>
      </main>
      <Footer />
    </PageProvider>
  );
}

/** My community, or the country until one is chosen. */
function Mine(): JSX.Element {
  const page = usePage();
  const [choosing, setChoosing] = createSignal(false);
  return (
    <Show
      when={home()}
      fallback={
        <CountryCard id="mine">
          <Chooser />
        </CountryCard>
      }
    >
      {(mine) => (
        <Card code={mine().code} kicker={`${page.w().card.region}:`} id="mine">
          <button type="button" class="quiet" aria-expanded={choosing()} onClick={() => setChoosing(!choosing())}>
            {page.w().chooser.change}
          </button>
          <Show when={choosing()}>
            <Chooser onDone={() => setChoosing(false)} />
          </Show>
          <Notify code={mine().code} />
        </Card>
      )}
    </Show>
  );
}

/** Speaks to screen readers, and plays the tones, when the state of my community changes; never for elsewhere. */
function Announcer(): JSX.Element {
  const page = usePage();
  const [spoken, setSpoken] = createSignal('');
  const key = createMemo(() => {
    const mine = home();
    if (mine === null) return null;
    const truth = page.truth(mine.code);
    return `${mine.code} ${truth.shown} ${truth.official}`;
  });
  createEffect(
    on(key, (now, before) => {
      const mine = home();
      if (mine === null || now === null || !before || before.split(' ')[0] !== mine.code) return;
      const { shown } = page.truth(mine.code);
      const exercise = page.state().picture?.status === 'exercise' ? `${page.w().exercise.mark}. ` : '';
      setSpoken(`${exercise}${nameIn(page.w().lang, mine)}: ${page.w().state[shown]}.`);
      play(shown);
    }),
  );
  return (
    <div class="sr" aria-live="assertive">
      {spoken()}
    </div>
  );
}

function Header(): JSX.Element {
  const page = usePage();
  const [sound, setSound] = createSignal(false);
  const toggle = (): void => {
    if (sound()) soundOff();
    else soundOn();
    setSound(!sound());
  };
  return (
    <header>
      <h1>
        AllClear <small>{page.w().tagline}</small>
      </h1>
      <div class="controls">
        <div class="langs" role="group" aria-label={page.w().settings.languages}>
          <For each={LANGS}>
            {(code) => (
              <button type="button" lang={code} aria-pressed={lang() === code} title={words[code].language} onClick={() => setLang(code)}>
                {code === 'uk' ? 'УКР' : 'ENG'}
              </button>
            )}
          </For>
        </div>
        <label class="theme">
          <span class="sr">{page.w().settings.theme}</span>
          <select onChange={(e) => setTheme(THEMES.find((t) => t === e.currentTarget.value) ?? 'auto')}>
            <For each={THEMES}>
              {(it) => (
                <option value={it} selected={theme() === it}>
                  {page.w().settings.themes[it]}
                </option>
              )}
            </For>
          </select>
        </label>
        <button type="button" aria-pressed={sound()} onClick={toggle}>
          {page.w().settings.sound}
        </button>
      </div>
    </header>
  );
}

function Footer(): JSX.Element {
  const page = usePage();
  return (
    <footer>
      <p>{page.w().footer.modes[page.state().picture?.mode ?? ''] ?? ''}</p>
      <p>{page.w().footer.aside}</p>
      <p>
        <a href="/chronicle">{page.w().footer.chronicle}</a>
      </p>
      <p>
        {page.w().time.zone} {page.w().footer.map}
      </p>
    </footer>
  );
}
