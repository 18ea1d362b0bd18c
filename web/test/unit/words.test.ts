import { describe, expect, it } from 'vitest';
import { say } from '../../src/text/say';
import { chooseLang, words } from '../../src/text';
import { ago, clock, percent, sayArrival, span } from '../../src/text/time';
import { ageS, elapsedMs } from '../../src/state/clock';
import type { Truth } from '../../src/state/truth';
import type { AlertView, CommunityView } from '../../src/wire';

const NOW = Date.parse('2026-11-23T01:12:00Z'); // 03:12 in Kyiv
const at = (s: number): string => new Date(NOW + s * 1000).toISOString();
const { uk, en } = words;

const view = (more: Partial<CommunityView>): CommunityView => ({
  code: 'r',
  level: 'raion',
  name_uk: 'Конотопський район',
  name_en: 'Konotop Raion',
  state: 'clear',
  kinds: [],
  partial: false,
  disagreement: false,
  said_by: [],
  as_of: at(0),
  ...more,
});
const truth = (more: Partial<Truth>): Truth => ({
  code: 'r',
  shown: 'clear',
  official: 'clear',
  why: null,
  level: null,
  kinds: [],
  alerts: [],
  since: null,
  lastKnown: null,
  lastKnownAt: null,
  elevated: null,
  lastElevated: false,
  as_of: at(0),
  partial: false,
  disagreement: false,
  view: view({}),
  ...more,
});
const alert = (alert_type: string): AlertView => ({
  id: 1,
  standing: 'official',
  community: 'o',
  name_uk: 'Сумська область',
  name_en: 'Sumy Oblast',
  alert_type,
  level: 'red',
  kinds: [],
  started_at: at(-60),
  updated_at: at(-60),
  said_by: ['x'],
  holders: [],
});
const check = (t: Truth, lang: 'uk' | 'en', expected: string): void => {
  const said = say(words[lang], t, NOW, [], (c) => c);
  expect([said.headline, said.tag, ...said.facts, `> ${said.todo}`].filter(Boolean).join('\n')).toBe(expected);
};

describe('the card says', () => {
  it('an alert with its level, reason, area, source and what to do', () => {
    const t = truth({
      shown: 'active',
      official: 'active',
      level: 'red',
      kinds: ['missile'],
      since: at(-1080),
      alerts: [alert('air_raid')],
      view: view({ state: 'active', said_by: [{ source: 'X', word: 'active', heard_at: at(-20) }] }),
    });
    check(
      t,
      'uk',
      'ТРИВОГА\nПовітряна тривога · червоний рівень\nЗ 02:54 (18 хв).\nРакетна загроза.\nОголошено для: Сумська область.\nКаже X, почуто 20 с тому.\n> В укриття негайно: ракета може долетіти за лічені хвилини. Залишайтеся там до відбою.',
    );
    check(
      t,
      'en',
      'ALERT\nAir raid alert · red level\nSince 02:54 (18 min).\nMissile threat.\nDeclared for: Sumy Oblast.\nSays X, heard 20 s ago.\n> Take shelter now: a missile may arrive within minutes. Stay there until the all-clear.',
    );
  });

  it('a clear only with who said it and when', () => {
    const t = truth({ view: view({ said_by: [{ source: 'X', word: 'clear', since: at(-1920), heard_at: at(-20) }] }) });
    check(t, 'uk', 'Офіційної тривоги немає\nТривоги немає з 02:40, каже X, почуто 20 с тому.\n> Стежте за сигналами. Почули вибухи: ідіть в укриття, не чекаючи сирени.');
  });

  it('unknown with what was known last, and to act as if it went on', () => {
    const t = truth({
      shown: 'unknown',
      official: 'unknown',
      why: 'silent',
      lastKnown: 'active',
      lastKnownAt: at(-300),
      view: view({ state: 'unknown', said_by: [{ source: 'X', word: 'unknown', last_word: 'active', heard_at: at(-300) }] }),
    });
    check(
      t,
      'uk',
      'НЕВІДОМО\nОфіційні джерела мовчать.\nОстаннє відоме: ТРИВОГА (03:07).\nX мовчить, востаннє почуто 5 хв тому.\n> Поводьтеся так, ніби тривога триває. Слухайте сирени й офіційні канали.',
    );
  });

  it('a forecast as a forecast, beside the official word', () => {
    const t = truth({ shown: 'elevated', elevated: { probability: 0.62, earliest_s: 500, latest_s: 830, kind: 'uav' } });
    check(
      t,
      'uk',
      'ПІДВИЩЕНА НЕБЕЗПЕКА\nПрогноз AllClear, не офіційна тривога\nБпЛА: може бути тут приблизно за 8–14 хв, імовірність ≈ 60 %.\nОфіційної тривоги немає.\n> Приготуйтеся йти в укриття. Почули сирену, звук двигуна чи вибух: ідіть одразу.',
    );
  });

  it('what to do by what threatens', () => {
    const cases: [string, string[], string][] = [
      ['air_raid', ['uav'], en.todo.shelter],
      ['air_raid', [], en.todo.shelter],
      ['air_raid', ['ballistic_missile', 'uav'], en.todo.shelterNow],
      ['artillery_shelling', [], en.todo.walls],
      ['air_raid', ['guided_bomb'], en.todo.walls],
      ['urban_fights', [], en.todo.fights],
      ['chemical', ['uav'], en.todo.chemical],
      ['nuclear', [], en.todo.nuclear],
      ['unheard_of', [], en.todo.shelter],
    ];
    for (const [type, kinds, todo] of cases) {
      const said = say(en, truth({ shown: 'active', official: 'active', kinds, alerts: [alert(type)] }), NOW, [], (c) => c);
      expect([type, kinds, said.todo]).toEqual([type, kinds, todo]);
    }
  });

  it('nothing that promises safety, in any language', () => {
    const text = JSON.stringify(words, (_, v: unknown) => (typeof v === 'function' ? String(v) : v)).toLowerCase();
    for (const promise of ['безпечно', 'you are safe', 'is safe', 'небезпеки немає', 'no danger']) expect(text).not.toContain(promise);
  });
});

describe('arrival', () => {
  const arrival = { probability: 0.62, earliest_s: 500, latest_s: 830, kind: 'uav' };
  it('counts down with the server time, and says when the window is open and when it is past', () => {
    const cases: [number, string][] = [
      [0, 'Drone: may be here in about 8–14 min, probability ≈ 60%.'],
      [240, 'Drone: may be here in about 4–10 min, probability ≈ 60%.'],
      [470, 'Drone: may be here any minute, within 6 min at the latest, probability ≈ 60%.'],
      [900, 'Drone: may be here already, probability ≈ 60%.'],
    ];
    for (const [s, want] of cases) expect(sayArrival(en, arrival, at(0), NOW + s * 1000)).toBe(want);
  });
  it('is never certain and never impossible', () => {
    expect([0, 0.001, 0.03, 0.62, 0.99, 1, 7].map(percent)).toEqual([1, 1, 3, 60, 99, 99, 99]);
  });
});

describe('time', () => {
  it('is told in spans people read', () => {
    const cases: [number, string][] = [
      [0, '0 с'],
      [59, '59 с'],
      [61, '1 хв'],
      [3600, '1 год'],
      [7500, '2 год 5 хв'],
      [3 * 86_400, '3 дні'],
      [5 * 86_400, '5 днів'],
      [21 * 86_400, '21 день'],
      [-5, '0 с'],
    ];
    for (const [s, want] of cases) expect(span(uk, s)).toBe(want);
  });
  it('is Kyiv time, with the day when it is another', () => {
    expect(clock('2026-11-23T01:12:00Z', NOW)).toBe('03:12');
    expect(clock('2026-11-22T20:00:00Z', NOW)).toBe('22.11 22:00');
    expect(clock(null, NOW)).toBe('—');
    expect(clock('soon', NOW)).toBe('—');
  });
  it('never makes an age negative', () => {
    expect(ago(en, at(5), NOW)).toBe('just now');
    expect(ageS(at(5), NOW)).toBe(0);
    expect(ageS(undefined, NOW)).toBeNull();
    expect(elapsedMs({ steady: 10, wall: 10 }, { steady: 5, wall: 3 })).toBe(0);
  });
});

describe('the language', () => {
  it('is the first the reader prefers that we speak, else English', () => {
    const cases: [string[], string][] = [
      [['uk-UA', 'en'], 'uk'],
      [['en-GB'], 'en'],
      [['de-DE', 'uk'], 'uk'],
      [['fr'], 'en'],
      [['ru-UA'], 'uk'],
      [[], 'uk'],
    ];
    for (const [tags, want] of cases) expect(chooseLang(tags)).toBe(want);
  });
});
