import { describe, expect, it } from 'vitest';
import { judge, type ReachView, type SirenView } from '../../src/officer/ask';

const siren = (id: string, reach: string): SirenView => ({
  id,
  community: 'UA1',
  name_uk: 'Громада',
  name_en: 'Hromada',
  reach,
  refused: 0,
});
const view = (sirens: SirenView[]): ReachView => ({
  as_of: '2026-11-28T21:00:00.000Z',
  connected: true,
  unreachable_after_s: 30,
  devices: sirens.length,
  reachable: sirens.filter((s) => s.reach === 'reachable').length,
  unreachable_areas: [],
  sirens,
});

describe('what the desk says of the sirens', () => {
  it('counts nobody as reachable by an old answer, or by none', () => {
    const heard = { view: view([siren('a', 'reachable')]), at_ms: 1_000 };
    expect(judge(heard, 0, 16_000).say).toBe('reach');
    expect(judge(heard, 0, 16_001).say).toBe('unheard');
    expect(judge('waiting', 0, 15_000).say).toBe('waiting');
    expect(judge('waiting', 0, 15_001).say).toBe('unheard');
  });

  it('passes on that a token is wrong and that there are no sirens', () => {
    expect(judge('wrong', 0, 99_000).say).toBe('wrong');
    expect(judge('none', 0, 99_000).say).toBe('none');
  });

  it('shows first who would not sound', () => {
    const heard = { view: view([siren('a', 'reachable'), siren('c', 'faulty'), siren('b', 'unreachable')]), at_ms: 0 };
    const said = judge(heard, 0, 0);
    expect(said.say === 'reach' && said.worst.map((s) => s.id)).toEqual(['b', 'c', 'a']);
  });
});
