import { describe, expect, it } from 'vitest';
import { LOST_AFTER_MS, reduce, type Action } from '../../src/state/reduce';
import { begin, REPORTS_MAX, type State } from '../../src/state/state';
import { serverNowMs } from '../../src/state/clock';
import { countRegions, truthOf } from '../../src/state/truth';
import type { AlertView, ChangeView, CommunityView, Frame, ReportView, StateView } from '../../src/wire';

const T0 = Date.parse('2026-11-23T01:00:00Z');
const at = (s: number): string => new Date(T0 + s * 1000).toISOString();
const local = (ms: number) => ({ steady: ms, wall: 1_000_000 + ms });

const community = (code: string, state: string, more: Partial<CommunityView> = {}): CommunityView => ({
  code,
  level: 'raion',
  parent: null,
  name_uk: code,
  name_en: code,
  state,
  kinds: [],
  partial: false,
  disagreement: false,
  said_by: [],
  as_of: at(0),
  ...more,
});
const alert = (id: number, more: Partial<AlertView> = {}): AlertView => ({
  id,
  standing: 'official',
  community: 'r',
  name_uk: 'r',
  name_en: 'r',
  alert_type: 'air_raid',
  level: 'red',
  kinds: [],
  started_at: at(0),
  updated_at: at(0),
  said_by: ['x'],
  holders: [],
  ...more,
});
const report = (event: number): ReportView => ({
  event,
  source: 's',
  observed_at: at(0),
  received_at: at(0),
  text: `${event}`,
  read_uk: [],
  read_en: [],
  refused: [],
});
const snapshot = (more: Partial<StateView> = {}): Frame => ({
  event: 'snapshot',
  body: {
    status: 'actual',
    mode: 'relay',
    seq: 10,
    as_of: at(0),
    server_time: at(0),
    speed: 1,
    communities: [community('r', 'clear')],
    alike: [],
    alerts: [],
    tracks: [],
    sources: [],
    reports: [],
    ...more,
  },
});
const change = (seq: number, more: Partial<ChangeView> = {}): Frame => ({
  event: 'change',
  body: { seq, as_of: at(1), communities: [], communities_gone: [], alerts: [], reports: [], sources: [], ...more },
});
const heartbeat = (s: number, speed = 1): Frame => ({
  event: 'heartbeat',
  body: { seq: 10, as_of: at(s), server_time: at(s), speed, sources: [] },
});
const frame = (f: Frame, ms = 0): Action => ({ kind: 'frame', frame: f, local: local(ms) });
const run = (...actions: Action[]): State => actions.reduce(reduce, begin(local(0)));
const shown = (state: State, code = 'r'): string => truthOf(state, code, () => null).shown;

describe('the link', () => {
  it('is connecting until a whole picture came, whatever else came', () => {
    expect(run().link).toBe('connecting');
    expect(run(frame(heartbeat(0))).link).toBe('connecting');
    expect(run(frame(change(11))).link).toBe('connecting');
    expect(run(frame(snapshot())).link).toBe('live');
  });

  it('is lost after twelve seconds of silence, and everything with it is unknown', () => {
    const live = run(frame(snapshot()));
    const almost = reduce(live, { kind: 'tick', local: local(LOST_AFTER_MS - 1) });
    expect([almost.link, shown(almost)]).toEqual(['live', 'clear']);
    const lost = reduce(live, { kind: 'tick', local: local(LOST_AFTER_MS) });
    expect([lost.link, shown(lost)]).toEqual(['lost', 'unknown']);
    const truth = truthOf(lost, 'r', () => null);
    expect([truth.why, truth.lastKnown, truth.lastKnownAt]).toEqual(['link', 'clear', at(0)]);
  });

  it('is lost at once when the machine slept, though its steady clock stood still', () => {
    const live = run(frame(snapshot()));
    expect(reduce(live, { kind: 'tick', local: { steady: 5, wall: local(60_000).wall } }).link).toBe('lost');
  });

  it('is only broken while the limit is not reached, and returns with any frame', () => {
    const broken = run(frame(snapshot()), { kind: 'down', reason: 'closed', local: local(100) });
    expect([broken.link, shown(broken)]).toEqual(['broken', 'clear']);
    expect(reduce(broken, frame(heartbeat(1), 200)).link).toBe('live');
    const lost = reduce(broken, { kind: 'tick', local: local(LOST_AFTER_MS) });
    expect(lost.link).toBe('lost');
    expect(reduce(lost, { kind: 'down', reason: 'refused', local: local(LOST_AFTER_MS + 1) }).link).toBe('lost');
    expect([reduce(lost, frame(heartbeat(20), 20_000)).link]).toEqual(['live']);
  });

  it('that cannot begin is lost too', () => {
    expect(run({ kind: 'tick', local: local(LOST_AFTER_MS) }).link).toBe('lost');
  });

  it('leaves the state untouched by a tick that decides nothing', () => {
    const live = run(frame(snapshot()));
    expect(reduce(live, { kind: 'tick', local: local(1000) })).toBe(live);
  });
});

describe('a change', () => {
  it('is applied once and never backwards', () => {
    const up = change(12, { communities: [community('r', 'active')] });
    const late = change(11, { communities: [community('r', 'clear')] });
    expect(shown(run(frame(snapshot()), frame(up)))).toBe('active');
    expect(shown(run(frame(snapshot()), frame(up), frame(late)))).toBe('active');
    expect(run(frame(snapshot()), frame(up), frame(up))).toEqual(run(frame(snapshot()), frame(up)));
  });

  it('forgets a hromada that is again as its raion', () => {
    const parentOf = (code: string): string | null => (code === 'h' ? 'r' : null);
    const differs = run(frame(snapshot()), frame(change(11, { communities: [community('h', 'active', { level: 'hromada', parent: 'r' })] })));
    expect(truthOf(differs, 'h', parentOf).shown).toBe('active');
    const again = reduce(differs, frame(change(12, { communities_gone: ['h'] })));
    expect(truthOf(again, 'h', parentOf).shown).toBe('clear');
  });

  it('raises and ends alerts, and an ended one is gone from a snapshot too', () => {
    const raised = run(frame(snapshot({ alerts: [alert(1), alert(2, { ended_at: at(0) })] })), frame(change(11, { alerts: [alert(3)] })));
    expect([...raised.picture!.alerts.keys()]).toEqual([1, 3]);
    const ended = reduce(raised, frame(change(12, { alerts: [alert(1, { ended_at: at(2) })] })));
    expect([...ended.picture!.alerts.keys()]).toEqual([3]);
  });

  it('puts new reports first, once each, and keeps only so many', () => {
    const many = Array.from({ length: REPORTS_MAX }, (_, i) => report(100 - i));
    const state = run(frame(snapshot({ reports: many })), frame(change(11, { reports: [report(101), report(100)] })));
    expect(state.picture!.reports.map((r) => r.event).slice(0, 3)).toEqual([101, 100, 99]);
    expect(state.picture!.reports.length).toBe(REPORTS_MAX);
  });

  it('does not touch the state it came from', () => {
    const before = run(frame(snapshot()));
    const copy = structuredClone({ ...before.picture, communities: [...before.picture!.communities] });
    reduce(before, frame(change(11, { communities: [community('r', 'active')], communities_gone: ['r'], alerts: [alert(1)] })));
    expect({ ...before.picture, communities: [...before.picture!.communities] }).toEqual(copy);
  });
});

describe('a snapshot', () => {
  it('replaces everything, even what was newer', () => {
    const state = run(frame(snapshot()), frame(change(99, { communities: [community('q', 'active')] })), frame(snapshot({ seq: 3, status: 'exercise' })));
    expect([state.picture!.seq, state.picture!.status, shown(state, 'q')]).toEqual([3, 'exercise', 'unknown']);
  });
});

describe('a snapshot that says things once', () => {
  const above: Record<string, string> = { h: 'r', r: 'o', o: 'c', o2: 'c' };
  const parentOf = (code: string): string | null => above[code] ?? null;
  const named = (code: string) => ({ code, name_uk: `${code} uk`, name_en: `${code} en` });
  const short = (state: string, more: Partial<CommunityView> = {}): Frame =>
    snapshot({
      communities: [community('c', state, { level: 'country', partial: true, ...more }), community('o2', 'active', { level: 'oblast', parent: 'c' })],
      alike: [{ like: 'c', level: 'oblast', named: [named('o')] }],
    });

  it('says of each region what it says of the one it is like, but not that it is partial', () => {
    const silent = { last_known: 'active', said_by: [{ source: 'x', word: 'unknown', last_word: 'active', heard_at: at(-90) }] };
    const state = run(frame(short('unknown', silent)));
    const truth = truthOf(state, 'o', () => null);
    expect([truth.shown, truth.why, truth.lastKnown, truth.lastKnownAt, truth.partial]).toEqual(['unknown', 'silent', 'active', at(-90), false]);
    expect(truth.view).toMatchObject({ code: 'o', level: 'oblast', parent: 'c', name_uk: 'o uk', name_en: 'o en' });
    expect(countRegions(state)).toEqual({ active: 1, elevated: 0, unknown: 1, clear: 0, partial: 0 });
  });

  it('leaves a raion to the nearest above, and to nobody when that is not known', () => {
    const state = run(frame(short('clear')));
    for (const code of ['r', 'h']) {
      const truth = truthOf(state, code, parentOf);
      expect([truth.shown, truth.partial, truth.view?.code]).toEqual(['clear', false, 'o']);
      expect(truthOf(state, code, () => null).shown).toBe('unknown');
    }
    expect(shown(run(frame(snapshot({ communities: [], alike: [{ like: 'c', level: 'oblast', named: [named('o')] }] }))), 'o')).toBe('unknown');
  });

  it('keeps what it said of a region when the one above changes', () => {
    const up = change(11, { communities: [community('c', 'active', { level: 'country' })] });
    const state = run(frame(short('unknown')), frame(up));
    expect([truthOf(state, 'o', parentOf).shown, truthOf(state, 'r', parentOf).shown]).toEqual(['unknown', 'unknown']);
    const told = reduce(state, frame(change(12, { communities: [community('o', 'clear', { level: 'oblast', parent: 'c' }), community('r', 'active', { parent: 'o' })] })));
    expect([truthOf(told, 'o', parentOf).shown, truthOf(told, 'h', parentOf).shown]).toEqual(['clear', 'active']);
  });

  it('never outdoes what is listed', () => {
    const both = snapshot({
      communities: [community('c', 'clear', { level: 'country' }), community('o', 'active', { level: 'oblast', parent: 'c' })],
      alike: [{ like: 'c', level: 'oblast', named: [named('o')] }],
    });
    expect(shown(run(frame(both)), 'o')).toBe('active');
  });
});

describe('the server clock', () => {
  it('runs at the speed the server told, from what the server told', () => {
    const state = run(frame(snapshot({ speed: 20 }), 500));
    expect(serverNowMs(state.clock!, local(1500))).toBe(T0 + 20_000);
  });

  it('is set anew by every heartbeat, backwards too, and never behind what a frame is true for', () => {
    const ahead = run(frame(snapshot({ speed: 20 })), frame(heartbeat(3), 1000));
    expect(serverNowMs(ahead.clock!, local(1000))).toBe(T0 + 3000);
    const told = reduce(ahead, frame(change(11, { as_of: at(9) }), 1500));
    expect(serverNowMs(told.clock!, local(1500))).toBe(T0 + 9000);
  });

  it('of nonsense speed runs at one', () => {
    for (const speed of [0, -3, Number.NaN]) {
      expect(run(frame(snapshot({ speed }))).clock!.speed).toBe(1);
    }
  });
});

describe('the truth of a community', () => {
  it('is unknown when nobody lists it, never clear', () => {
    expect(shown(run(frame(snapshot())), 'nobody')).toBe('unknown');
  });

  it('is unknown when the server says a word this page does not know', () => {
    expect(shown(run(frame(snapshot({ communities: [community('r', 'calm')] }))))).toBe('unknown');
  });

  it('shows an alert above a forecast, a forecast above clear and unknown, and none when the link is lost', () => {
    const elevated = { probability: 0.6, earliest_s: 480, latest_s: 840, kind: 'uav' };
    const cases: [string, string][] = [
      ['active', 'active'],
      ['clear', 'elevated'],
      ['unknown', 'elevated'],
    ];
    for (const [state, want] of cases) {
      const told = run(frame(snapshot({ communities: [community('r', state, { elevated })] })));
      expect(shown(told)).toBe(want);
      expect(shown(reduce(told, { kind: 'tick', local: local(LOST_AFTER_MS) }))).toBe('unknown');
    }
  });

  it('says whether silence or ignorance made it unknown', () => {
    const silent = community('r', 'unknown', { last_known: 'active', said_by: [{ source: 'x', word: 'unknown', last_word: 'active', heard_at: at(-90) }] });
    const told = truthOf(run(frame(snapshot({ communities: [silent] }))), 'r', () => null);
    expect([told.why, told.lastKnown, told.lastKnownAt]).toEqual(['silent', 'active', at(-90)]);
    const never = truthOf(run(frame(snapshot({ communities: [community('r', 'unknown')] }))), 'r', () => null);
    expect([never.why, never.lastKnown]).toEqual(['never', null]);
  });

  it('counts the alerts of what lies above, but no advisory', () => {
    const state = run(frame(snapshot({ alerts: [alert(1), alert(2, { standing: 'advisory' }), alert(3, { community: 'elsewhere' })] })));
    expect(truthOf(state, 'h', (c) => (c === 'h' ? 'r' : null)).alerts.map((a) => a.id)).toEqual([1]);
  });
});
