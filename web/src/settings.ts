/**
 * What the reader chose: language, theme, community, sound. Kept in this browser, never sent.
 *
 * The part of the address after `#` (which browsers do not send) may set them for a screen on a wall:
 * `#area=UA59000000000057109&lang=uk&theme=dark`.
 */
import { createSignal } from 'solid-js';
import { chooseLang, LANGS, type Lang } from './text';

export type Theme = 'auto' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

/** The chosen community, with what the card needs before the list of areas has come. */
export interface Home {
  code: string;
  level: string;
  parent: string | null;
  name_uk: string;
  name_en: string;
}

const KEY = 'allclear';
type Kept = { lang?: Lang; theme?: Theme; home?: Home };

function keep(): Kept {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof raw === 'object' && raw !== null ? (raw as Kept) : {};
  } catch {
    return {};
  }
}

function save(change: Kept): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...keep(), ...change }));
  } catch {
    // A browser that keeps nothing still shows everything.
  }
}

const kept = keep();
const askedNow = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));
const asked = askedNow();
const among = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((x) => x === value);

const [lang, writeLang] = createSignal<Lang>(
  among(LANGS, asked.get('lang')) ?? among(LANGS, kept.lang) ?? chooseLang(navigator.languages),
);
const [theme, writeTheme] = createSignal<Theme>(among(THEMES, asked.get('theme')) ?? among(THEMES, kept.theme) ?? 'auto');
const readHome = (home: Home | undefined): Home | null =>
  home !== undefined && typeof home.code === 'string' && typeof home.name_uk === 'string' ? home : null;
const [home, writeHome] = createSignal<Home | null>(asked.has('area') ? null : readHome(kept.home));

export { lang, theme, home };
const [askedArea, askArea] = createSignal<string | null>(asked.get('area'));
/** A code from the address, to be resolved when names are known. */
export { askedArea };

addEventListener('hashchange', () => {
  const now = askedNow();
  const lang = among(LANGS, now.get('lang'));
  const theme = among(THEMES, now.get('theme'));
  if (lang !== undefined) setLang(lang);
  if (theme !== undefined) setTheme(theme);
  if (now.has('area')) askArea(now.get('area'));
});

export function setLang(next: Lang): void {
  writeLang(next);
  save({ lang: next });
}

export function setTheme(next: Theme): void {
  writeTheme(next);
  save({ theme: next });
}

export function setHome(next: Home | null): void {
  writeHome(next);
  save({ home: next ?? undefined });
}
