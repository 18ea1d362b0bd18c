/** Words of the chronicle's pages and of the reviewer's page. */
import type { Lang } from '..';
import { en } from './en';
import { uk, type ChronicleWords } from './uk';

export type { ChronicleWords };
export const chronicleWords: Record<Lang, ChronicleWords> = { uk, en };

/** The word for a value of the wire, or the value itself with spaces where the page knows none. */
export const word = (words: Record<string, string>, value: string): string => words[value] ?? value.replaceAll('_', ' ');
