/** The languages the page speaks. */
import { en } from './en';
import { uk, type Words } from './uk';

export type { Words };
export type Lang = 'uk' | 'en';
export const LANGS: readonly Lang[] = ['uk', 'en'];
export const words: Record<Lang, Words> = { uk, en };

/** The first language of the reader that we speak. Russian-language browsers in Ukraine read Ukrainian; others English. */
export function chooseLang(preferred: readonly string[]): Lang {
  for (const tag of preferred) {
    const lang = tag.toLowerCase().split('-')[0];
    if (lang === 'uk' || lang === 'ru') return 'uk';
    if (lang === 'en') return 'en';
  }
  return preferred.length > 0 ? 'en' : 'uk';
}

/** A name in the reader's language. */
export const nameIn = (lang: string, named: { name_uk: string; name_en: string }): string =>
  lang === 'uk' ? named.name_uk : named.name_en;
