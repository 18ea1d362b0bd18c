import { describe, expect, it } from 'vitest';
import { EVENT_CHARS_MAX, SseReader } from '../../src/stream/sse';
import { readFrame } from '../../src/wire';

const whole = 'event: change\nid: 7\ndata: {"a":\ndata: 1}\n\n: comment\r\nevent:heartbeat\rdata: x\r\n\r\ndata: y\n\n';
const want = [
  { event: 'change', data: '{"a":\n1}', id: '7' },
  { event: 'heartbeat', data: 'x', id: '7' },
  { event: 'message', data: 'y', id: '7' },
];

describe('server-sent events', () => {
  it('are the same however the text is cut', () => {
    for (let size = 1; size <= whole.length; size += 1) {
      const reader = new SseReader();
      const events = [];
      for (let i = 0; i < whole.length; i += size) events.push(...reader.push(whole.slice(i, i + size)));
      expect(events).toEqual(want);
    }
  });

  it('begin with the id the reader came with', () => {
    expect(new SseReader('41').push('data: z\n\n')).toEqual([{ event: 'message', data: 'z', id: '41' }]);
  });

  it('that never end are refused before they fill the memory', () => {
    const reader = new SseReader();
    const piece = 'x'.repeat(EVENT_CHARS_MAX / 4);
    expect(() => {
      for (let i = 0; i < 6; i += 1) reader.push(`data: ${piece}\n`);
    }).toThrow('longer than');
  });
});

describe('a frame', () => {
  const good = { seq: 1, as_of: '2026-11-23T01:00:00Z', tracks: [] };
  it('that has what its name promises passes', () => {
    expect(readFrame('tracks', JSON.stringify(good)).event).toBe('tracks');
  });
  it('that lacks something is refused by the name of what it lacks', () => {
    const cases: [object | null, string][] = [
      [{ ...good, tracks: null }, 'tracks'],
      [{ ...good, seq: 'one' }, 'seq'],
      [{ ...good, as_of: 'yesterday' }, 'as_of'],
      [null, 'object'],
    ];
    for (const [body, word] of cases) expect(() => readFrame('tracks', JSON.stringify(body))).toThrow(word);
    const whole = { ...good, communities: [], alike: [{ like: 'UA', level: 'oblast', named: [] }], alerts: [], sources: [], reports: [] };
    expect(readFrame('snapshot', JSON.stringify(whole)).event).toBe('snapshot');
    for (const [alike, word] of [[undefined, 'alike'], [[{ like: 'UA' }], 'named'], [[null], 'named']] as const) {
      expect(() => readFrame('snapshot', JSON.stringify({ ...whole, alike }))).toThrow(word);
    }
  });
});
