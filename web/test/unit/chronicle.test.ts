import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { lay, signs, sort, spoken } from '../../src/chronicle/laid';
import { runs, stretches, turns, watched } from '../../src/chronicle/observed';
import { includes, readProof } from '../../src/chronicle/proof';
import { sayBalance, sayInterval, sayQuantity, type Quantity } from '../../src/chronicle/quantity';
import type { AreaDay, Day, Identity } from '../../src/chronicle/report';
import { groupOf, pieces, roundUp } from '../../src/chronicle/sums';
import type { SaidView } from '../../src/chronicle/views';
import { axis, dayStart, instantAt, stamp, stretch } from '../../src/chronicle/when';
import { cut } from '../../src/chronicle/words';
import { given, judge, type QueueView } from '../../src/review/ask';
import { chronicleWords } from '../../src/text/chronicle';

const { uk, en } = chronicleWords;
const of = (value: number | null, low: number, high: number | null, hedge: string | null): Quantity => ({ value, low, high, hedge, exact: low === high });

describe('a number as it was said', () => {
  const check = (it: Quantity, enSaid: string, ukSaid: string, interval: string): void => {
    expect([sayQuantity(en, it), sayQuantity(uk, it), sayInterval(en, it)].map((text) => text.replaceAll('\u00a0', ' '))).toEqual([enSaid, ukSaid, interval]);
  };
  it('keeps its hedge and says what interval that is', () => {
    check(of(171, 171, 171, null), '171', '171', '');
    check(of(800, 801, null, 'more_than'), 'more than 800', 'понад 800', 'so 801 or more');
    check(of(460, 414, 506, 'around'), 'about 460', 'близько 460', 'so 414–506');
    check(of(30, 0, 30, 'up_to'), 'up to 30', 'до 30', 'so no more than 30');
    check(of(null, 10, 15, 'range'), 'from 10 to 15', 'від 10 до 15', '');
    check(of(null, 2, 9, 'several'), 'several', 'кілька', 'so 2–9');
    check(of(0, 0, 0, 'none'), 'none', 'жодного', '');
    check(of(4900, 4900, 4900, null), '4 900', '4 900', '');
  });
  it('shows an interval whose hedge it does not know, never its number alone', () => {
    check(of(5, 4, 9, 'a new hedge'), 'from 4 to 9', 'від 4 до 9', 'so 4–9');
    check(of(5, 4, null, 'a new hedge'), 'at least 4', 'щонайменше 4', 'so 4 or more');
  });
  it('says a balance with open and negative ends', () => {
    expect([{ low: 33, high: 33 }, { low: null, high: 6 }, { low: -3, high: 6 }, { low: null, high: null }].map((it) => sayBalance(en, it))).toEqual(['33', 'up to 6', 'from −3 to 6', 'unknown']);
  });
  it('reads a reviewer’s number as the grammar would', () => {
    expect(given('around', 460, 460)).toMatchObject({ body: { n: 460, hedge: 'around' }, quantity: { low: 414, high: 506 } });
    expect(given('nearly', 5, 5)).toMatchObject({ body: { n: 5, hedge: 'nearly' }, quantity: { low: 4, high: 5 } });
    expect(given('more_than', 800, 800)).toMatchObject({ quantity: { low: 801, high: null, exact: false } });
    expect([given('plain', 12, 12)?.body, given('range', 10, 15)?.body]).toEqual([12, { low: 10, high: 15 }]);
    for (const [hedge, n, high] of [['range', 5, 4], ['less_than', 0, 0], ['plain', 1.5, 1.5], ['plain', -1, -1], ['?', 1, 1]] as const) expect(given(hedge, n, high)).toBeNull();
  });
});

describe('time', () => {
  it('is Kyiv’s, over both changes of the clock', () => {
    expect(stamp('2025-03-20T20:22:00.000Z')).toBe('20.03.2025 22:22');
    expect(stretch('2025-03-20T20:22:00Z', '2025-03-20T22:00:00Z', 'open')).toBe('20.03.2025 22:22 – 21.03.2025 00:00');
    expect(stretch('2025-03-20T10:00:00Z', null, 'lasts')).toBe('20.03.2025 12:00 – lasts');
    expect([dayStart('2025-03-30'), dayStart('2025-03-31'), dayStart('2025-10-27')].map((ms) => new Date(ms!).toISOString())).toEqual(['2025-03-29T22:00:00.000Z', '2025-03-30T21:00:00.000Z', '2025-10-26T22:00:00.000Z']);
    expect([instantAt('2025-03-30T03:30'), instantAt('2025-10-26T03:30'), instantAt('2025-03-20T22:22'), instantAt('')].map((ms) => ms && new Date(ms).toISOString())).toEqual([null, '2025-10-26T00:30:00.000Z', '2025-03-20T20:22:00.000Z', null]);
    const ticks = axis(dayStart('2025-03-28')!, dayStart('2025-04-02')!, 500, 7).ticks;
    expect(ticks.map((it) => it.label)).toEqual(['28.03', '29.03', '30.03', '31.03', '01.04', '02.04']);
  });
});

describe('the timeline', () => {
  const said = (id: string, published_at: string | null, captured_at?: string): SaidView => ({ id, index: 0, source: 's', text: '', published_at, captured_at: captured_at ?? null, gaps: false, claims: [], unparsed: [], windows: [] });
  it('never puts a statement at the day of its capture', () => {
    const { dated, undated } = sort([said('b', '2025-03-21T00:00:00Z'), said('c', null, '2025-03-20T00:00:00Z'), said('a', '2025-03-20T00:00:00Z'), said('d', 'last night')]);
    expect([dated.map((it) => it.id), undated.map((it) => it.id)]).toEqual([['a', 'b'], ['c', 'd']]);
  });
  it('joins signs that would touch, with their number, and loses none', () => {
    const all = signs([0, 5, 40].map((s) => said(`${s}`, `2025-03-20T00:00:${String(s).padStart(2, '0')}Z`)), (ms) => (ms / 1000) % 60);
    expect(all.map((it) => it.n)).toEqual([2, 1]);
  });
  it('shows the time that words speak of only where it is known, and once for a statement', () => {
    const at = { from: '2025-03-19T16:00:00Z', to: '2025-03-20T07:00:00Z' };
    const windows = [{ words: 'last night', start: 0, end: 1, ...at }, { words: 'overnight', start: 2, end: 3, ...at }, { words: 'on Monday', start: 4, end: 5, from: null, to: null }];
    expect(spoken([{ ...said('a', null), windows }]).map((it) => [it.words, it.from])).toEqual([['last night', at.from]]);
  });
  it('lays events that overlap in lanes, and one that lasts to the end', () => {
    const event = (from: number, to: number | null) => ({ what: 'alert', id: `${from}`, from: new Date(from).toISOString(), to: to === null ? null : new Date(to).toISOString(), area: 'UA' });
    const laid = lay([event(0, 50), event(10, 60), event(70, null)], (ms) => ms, 100);
    expect(laid.map((it) => [it.lane, it.to, it.open])).toEqual([[0, 50, false], [1, 60, false], [0, 100, true]]);
  });
});

describe('words', () => {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  it('are cut by bytes, whatever the alphabet', () => {
    const text = 'збито 75 дронів 🎯 і 3 ракети';
    const [a, b] = [bytes('збито '), bytes('збито 75 дронів 🎯 і ')];
    expect(cut(text, [{ start: b, end: b + 1 }, { start: a, end: a + 2 }])).toEqual([
      { text: 'збито ', span: null },
      { text: '75', span: 1 },
      { text: ' дронів 🎯 і ', span: null },
      { text: '3', span: 0 },
      { text: ' ракети', span: null },
    ]);
  });
  it('are shown whole when spans are wrong', () => {
    const text = 'збито 75';
    for (const span of [{ start: 1, end: 4 }, { start: 4, end: 4 }, { start: 0, end: 999 }, { start: 9, end: 2 }]) expect(cut(text, [span])).toEqual([{ text, span: null }]);
  });
});

describe('figures', () => {
  const identity = (parts: Record<string, Quantity>, low: number | null, high: number | null): Identity => ({ source: 's', attacker: null, object: 'drone_any', area: 'UA', launched: of(171, 171, 171, null), parts, unaccounted: { low, high }, claims: [] });
  it('draw an identity only when its bar is true, and end it with what is unaccounted', () => {
    const parts = { lost: of(63, 63, 63, null), intercepted: of(75, 75, 75, null) };
    expect(pieces(identity(parts, 33, 33))).toEqual([{ name: 'intercepted', n: 75 }, { name: 'lost', n: 63 }, { name: 'unaccounted', n: 33 }]);
    expect(pieces(identity(parts, -3, -3))).toBeNull();
    expect(pieces(identity(parts, 27, 40))).toBeNull();
    expect(pieces(identity({ lost: of(63, 63, null, 'at_least') }, null, 108))).toBeNull();
  });
  it('never call the remainder a hit', () => {
    for (const w of [en, uk]) {
      expect(w.figures.unaccounted).toMatch(/not hits|не влучання/);
      expect(w.figures.identityLine('171', '75', '33')).not.toMatch(/hit|влуч/);
    }
  });
  it('show kinds that the page does not know beside the others', () => {
    expect(['launched', 'wounded', 'damaged', 'a new kind'].map(groupOf)).toEqual(['weapons', 'harm', 'damage', 'other']);
    expect([1, 11, 171, 5000].map(roundUp)).toEqual([1, 20, 200, 5000]);
  });
});

describe('a ceasefire', () => {
  const hours = (observed: number, breach_free: number): AreaDay => ({ hours: 24, observed, breach_free, alleged_only: 0, feed: 0, alert_free: 0 });
  const day = (date: string, areas: Record<string, AreaDay>): Day => ({ date, window: [`${date}T00:00:00Z`, `${date}T24:00:00Z`], by_status: {}, areas });
  const days = [day('2025-03-25', { 'UA/Sumy': hours(24, 20) }), day('2025-03-26', { 'UA/Sumy': hours(0, 0) }), day('2025-03-27', {}), day('2025-03-28', { 'UA/Sumy': hours(12, 12) })];
  it('counts an hour that nobody observed as unobserved, and a day without the area whole', () => {
    expect(watched(days)).toMatchObject([{ area: 'UA/Sumy', hours: 96, observed: 36, blind: ['2025-03-26', '2025-03-27'] }]);
    expect(stretches(['2025-03-26', '2025-03-27', '2025-03-30'])).toBe('26.03.2025 – 27.03.2025, 30.03.2025');
  });
  it('has a gap in its curve where nobody observed, neither nought nor a hundred', () => {
    expect(runs(watched(days)[0]!.days)).toEqual([[{ at: 0, share: 20 / 24 }], [{ at: 3, share: 1 }]]);
  });
  it('lasts in each state until the next', () => {
    const at = (s: number): string => new Date(s).toISOString();
    expect(turns([{ from: at(0), overall: 'no' }, { from: at(10), overall: 'disputed' }, { from: at(20), overall: 'no' }], 30)).toEqual([
      { from: 0, to: 10, overall: 'no' },
      { from: 10, to: 20, overall: 'disputed' },
      { from: 20, to: 30, overall: 'no' },
    ]);
  });
});

describe('the review', () => {
  const view = { seq: 0, as_of: '', reviewer: 'r', may: [], quantities: [], incidents: [], cut: false } satisfies QueueView;
  it('lets nobody decide by an old queue or by none', () => {
    expect([judge({ view, at_ms: 0 }, 0, 90_000).say, judge({ view, at_ms: 0 }, 0, 90_001).say, judge('waiting', 0, 90_001).say, judge('wrong', 0, 0).say]).toEqual(['known', 'unheard', 'unheard', 'wrong']);
  });
});

describe('inclusion in the record', () => {
  const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  const leaf = (n: number): Buffer => sha(Buffer.from([0]), Buffer.from(`entry ${n}`));
  const known = new Map<string, Buffer>();
  /** RFC 6962, section 2.1, as it is written there. */
  const root = (from: number, to: number): Buffer => {
    if (to - from === 1) return leaf(from);
    const before = known.get(`${from} ${to}`);
    if (before !== undefined) return before;
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    const hash = sha(Buffer.from([1]), root(from, from + split), root(from + split, to));
    known.set(`${from} ${to}`, hash);
    return hash;
  };
  /** The same, section 2.1.1: the hashes beside the path of entry `m` among entries `from` to `to`, from below. */
  const path = (m: number, from: number, to: number): Buffer[] => {
    if (to - from === 1) return [];
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    const middle = from + split;
    return m < middle ? [...path(m, from, middle), root(middle, to)] : [...path(m, middle, to), root(from, middle)];
  };
  const proofOf = (index: number, size: number): string =>
    ['c2sp.org/tlog-proof@v1', `index ${index}`, ...path(index, 0, size).map((it) => it.toString('base64')), '', 'origin', `${size}`, root(0, size).toString('base64'), '', '— origin AAAA', ''].join('\n');
  it('holds for every index of logs of many sizes, and for no other bytes, index or path', async () => {
    for (const size of [1, 2, 3, 7, 8, 255, 256, 257, 700]) {
      for (const index of new Set([0, 1, 2, 6, 254, 255, 256, size - 1].filter((it) => it < size))) {
        const proof = readProof(proofOf(index, size));
        const held = (n: number, changed: object = {}): Promise<boolean> => includes(Buffer.from(`entry ${n}`), { ...proof, ...changed });
        expect(await held(index), `${index} of ${size}`).toBe(true);
        expect(await held(index + 1), `forged ${index} of ${size}`).toBe(false);
        expect(await held(index, { hashes: [...proof.hashes, proof.root] }), `longer ${index} of ${size}`).toBe(false);
        if (size > 1) expect(await held(index, { hashes: proof.hashes.slice(1) }), `shorter ${index} of ${size}`).toBe(false);
        expect(await held(index, { index: size }), `beyond ${size}`).toBe(false);
      }
    }
  });
  it('is refused when it is no proof', () => {
    const good = proofOf(2, 7);
    expect(readProof(good.replace('index 2', 'extra AAAA\nindex 2'))).toMatchObject({ index: 2, size: 7, origin: 'origin' });
    for (const text of ['', 'x', good.replace('@v1', '@v2'), good.replace('index 2', 'index 02'), good.replace('index 2', 'index'), good.replace('\n7\n', '\nx\n'), good.replace('\n7\n', '\n7\nAA==\n')])
      expect(() => readProof(text), text).toThrow();
  });
});
