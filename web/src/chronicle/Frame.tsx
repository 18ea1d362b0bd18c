/** What stands around the pages of the chronicle and of review: the exercise's mark, the title, language, theme, and ways out. */
import { createEffect, For, Show, type JSX } from 'solid-js';
import { useDark } from '../draw/theme';
import { lang, setLang, setTheme, theme, THEMES } from '../settings';
import { LANGS } from '../text';
import { chronicleWords } from '../text/chronicle';
import { useWords } from './parts';

export function Frame(props: { world: string; title: string; nav?: JSX.Element; ways: { href: string; name: string }[]; children: JSX.Element }): JSX.Element {
  const w = useWords();
  const dark = useDark();
  createEffect(() => {
    document.documentElement.lang = lang();
    document.documentElement.dataset.theme = dark() ? 'dark' : 'light';
    document.documentElement.dataset.world = props.world;
    document.title = `AllClear: ${props.title}`;
  });
  return (
    <>
      <a class="skip" href="#content" onClick={(e) => (e.preventDefault(), document.getElementById('content')?.focus())}>
        {w().skip}
      </a>
      <Show when={props.world === 'exercise'}>
        <aside class="exercise" aria-label={w().exercise}>
          <strong>{w().exercise}</strong>
        </aside>
      </Show>
      <header>
        <h1>
          AllClear <small>{props.title}</small>
        </h1>
        <div class="controls">
          <div class="langs" role="group" aria-label={w().settings.languages}>
            <For each={LANGS}>
              {(code) => (
                <button type="button" lang={code} aria-pressed={lang() === code} title={chronicleWords[code].language} onClick={() => setLang(code)}>
                  {code === 'uk' ? 'УКР' : 'ENG'}
                </button>
              )}
            </For>
          </div>
          <label class="theme">
            <span class="sr">{w().settings.theme}</span>
            <select onChange={(e) => setTheme(THEMES.find((it) => it === e.currentTarget.value) ?? 'auto')}>
              <For each={THEMES}>
                {(it) => (
                  <option value={it} selected={theme() === it}>
                    {w().settings.themes[it]}
                  </option>
                )}
              </For>
            </select>
          </label>
        </div>
        {props.nav}
      </header>
      <main id="content" tabindex="-1" class="chronicle">
        {props.children}
      </main>
      <footer>
        <p>{w().principle}</p>
        <p>
          {w().zone}
          <For each={props.ways}>
            {(way) => (
              <>
                {' · '}
                <a href={way.href}>{way.name}</a>
              </>
            )}
          </For>
        </p>
      </footer>
    </>
  );
}
