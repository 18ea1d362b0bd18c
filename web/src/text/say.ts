/**
 * The state of one community in words: what is so, since when, by whose word, what to do.
 *
 * In: a truth and the server's time. Out: headline, facts, advice, all in one language.
 * Holds: official words are neither strengthened nor weakened; a forecast always says that it is one; unknown always
 * says what was known last, if anything was.
 */
import { instantMs } from '../state/clock';
import type { Truth } from '../state/truth';
import type { WordView } from '../wire';
import { nameIn, type Words } from './index';
import { ago, clock, sayArrival, span } from './time';

export interface Said {
  headline: string;
  /** Beside the headline: the type and level of an alert, or that this is a forecast. */
  tag: string | null;
  facts: string[];
  todo: string;
}

const FAST = new Set(['ballistic_missile', 'missile', 'mig31k', 'cruise_missile']);
const NEAR_GROUND = new Set(['artillery', 'fpv', 'guided_bomb']);

/** `below`: names of the communities under alert inside this one; `name`: the name of a community by code. */
export function say(w: Words, truth: Truth, now_ms: number, below: readonly string[], name: (code: string) => string): Said {
  switch (truth.shown) {
    case 'active':
      return sayActive(w, truth, now_ms, name);
    case 'elevated':
      return sayElevated(w, truth, now_ms, below, name);
    case 'unknown':
      return sayUnknown(w, truth, now_ms, below);
    case 'clear':
      return sayClear(w, truth, now_ms, below, name);
  }
}

function sayActive(w: Words, truth: Truth, now_ms: number, name: (code: string) => string): Said {
  const types = unique(truth.alerts.map((a) => a.alert_type));
  const type = gravest(types);
  const facts: string[] = [];
  const since = instantMs(truth.since);
  if (since !== null) facts.push(cap(w.time.since(clock(truth.since, now_ms), span(w, (now_ms - since) / 1000))) + '.');
  const threats = unique(truth.kinds.map((k) => w.threat[k] ?? k));
  if (threats.length > 0) facts.push(`${cap(threats.join(', '))}.`);
  const where = unique(truth.alerts.map((a) => nameIn(w.lang, a)));
  if (where.length > 0 && truth.alerts.every((a) => a.community !== truth.code)) facts.push(`${w.card.alertFor(where.join(', '))}.`);
  const by = speaking(truth, 'active');
  if (by !== null) facts.push(w.card.saidActive(by.source, ago(w, by.heard_at, now_ms)));
  if (truth.disagreement) facts.push(w.card.disagreement);
  if (truth.elevated !== null) facts.push(`${w.card.elevatedShort}. ${sayArrival(w, truth.elevated, truth.as_of, now_ms)}`);
  if (truth.view !== null && truth.view.code !== truth.code && where.length === 0) facts.push(w.card.inherited(name(truth.view.code)));
  const typeWords = (types.length > 0 ? types : ['air_raid']).map((t) => w.type[t] ?? t);
  return {
    headline: w.alarm[type] ?? w.alarm.air_raid ?? '',
    tag: [cap(typeWords.join(', ')), truth.level === null ? '' : (w.level[truth.level] ?? truth.level)].filter(Boolean).join(' · '),
    facts,
    todo: todoActive(w, type, truth),
  };
}

/** When several alerts are in force, the advice of the one whose shelter differs most wins. */
function gravest(types: readonly string[]): string {
  return ['chemical', 'nuclear', 'urban_fights', 'air_raid', 'artillery_shelling'].find((t) => types.includes(t)) ?? 'air_raid';
}

function todoActive(w: Words, type: string, truth: Truth): string {
  if (type === 'chemical') return w.todo.chemical;
  if (type === 'nuclear') return w.todo.nuclear;
  if (type === 'urban_fights') return w.todo.fights;
  if (truth.kinds.some((k) => FAST.has(k))) return w.todo.shelterNow;
  if (type === 'artillery_shelling' || (truth.kinds.length > 0 && truth.kinds.every((k) => NEAR_GROUND.has(k)))) return w.todo.walls;
  return w.todo.shelter;
}

function sayElevated(w: Words, truth: Truth, now_ms: number, below: readonly string[], name: (code: string) => string): Said {
  const facts: string[] = [];
  if (truth.elevated !== null) facts.push(sayArrival(w, truth.elevated, truth.as_of, now_ms));
  if (truth.official === 'clear') {
    facts.push(w.card.officially.clear);
    facts.push(...clearBy(w, truth, now_ms));
  } else {
    facts.push(`${w.card.officially.unknown} ${truth.why === null ? '' : w.card.why[truth.why]}`.trim());
    facts.push(...knownLast(w, truth, now_ms));
  }
  facts.push(...partly(w, truth, below));
  if (truth.view !== null && truth.view.code !== truth.code) facts.push(w.card.inherited(name(truth.view.code)));
  return {
    headline: w.card.elevated,
    tag: w.card.elevatedTag,
    facts,
    todo: truth.official === 'unknown' && truth.lastKnown === 'active' ? w.todo.unknownActive : w.todo.elevated,
  };
}

function sayUnknown(w: Words, truth: Truth, now_ms: number, below: readonly string[]): Said {
  const facts: string[] = [];
  if (truth.why !== null) facts.push(w.card.why[truth.why]);
  facts.push(...knownLast(w, truth, now_ms));
  if (truth.lastElevated) facts.push(w.card.lastElevated);
  if (truth.why === 'silent') {
    for (const word of truth.view?.said_by ?? []) {
      if (word.word === 'unknown' && word.heard_at) facts.push(w.card.silentSource(word.source, ago(w, word.heard_at, now_ms)));
    }
  }
  facts.push(...partly(w, truth, below));
  return {
    headline: w.card.unknown,
    tag: null,
    facts,
    todo: truth.lastKnown === 'active' ? w.todo.unknownActive : truth.lastElevated ? w.todo.elevated : w.todo.unknown,
  };
}

function sayClear(w: Words, truth: Truth, now_ms: number, below: readonly string[], name: (code: string) => string): Said {
  const facts = [...partly(w, truth, below), ...clearBy(w, truth, now_ms)];
  if (truth.disagreement) facts.push(w.card.disagreement);
  if (truth.view !== null && truth.view.code !== truth.code) facts.push(w.card.inherited(name(truth.view.code)));
  return { headline: w.card.clear, tag: null, facts, todo: w.todo.clear };
}

function clearBy(w: Words, truth: Truth, now_ms: number): string[] {
  const by = speaking(truth, 'clear');
  if (by === null) return [];
  const heard = ago(w, by.heard_at, now_ms);
  const since = by.since ?? truth.since;
  return [since ? w.card.saidClear(clock(since, now_ms), by.source, heard) : w.card.noAlertBy(by.source, heard)];
}

const knownLast = (w: Words, truth: Truth, now_ms: number): string[] =>
  truth.lastKnown === null ? [] : [w.card.lastKnown[truth.lastKnown](clock(truth.lastKnownAt, now_ms))];

function partly(w: Words, truth: Truth, below: readonly string[]): string[] {
  if (below.length > 0) {
    const few = below.slice(0, 4).join(', ');
    return [w.card.partial(below.length > 4 ? `${few} ${w.regions.more(below.length - 4)}` : few)];
  }
  return truth.partial ? [w.card.partialPlain] : [];
}

/** The source that says `word` and was heard last. */
function speaking(truth: Truth, word: string): WordView | null {
  const said = (truth.view?.said_by ?? []).filter((s) => s.word === word);
  return said.sort((a, b) => (instantMs(b.heard_at) ?? 0) - (instantMs(a.heard_at) ?? 0))[0] ?? null;
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];

/** The first letter as a sentence has it. */
export const cap = (text: string): string => (text === '' ? text : text[0]!.toLocaleUpperCase('uk') + text.slice(1));
