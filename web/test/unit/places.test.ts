import { describe, expect, it } from 'vitest';
import { chain, nearest, readAreas, search } from '../../src/state/areas';
import { cone, ellipse, towards } from '../../src/map/geometry';

const area = (code: string, level: string, parent: string | null, name_uk: string, name_en: string, lat = 50, lon = 30) => ({
  code, level, parent, name_uk, name_en, lat, lon, radius_km: 10,
});
const areas = readAreas([
  area('S', 'oblast', 'UA', 'Сумська область', 'Sumy Oblast', 51, 34),
  area('K', 'raion', 'S', 'Конотопський район', 'Konotop Raion', 51.2, 33.2),
  area('k', 'hromada', 'K', 'Конотопська міська громада', 'Konotop urban hromada', 51.24, 33.2),
  area('b', 'hromada', 'N', 'Бахмацька міська громада', 'Bakhmach urban hromada', 51.18, 32.83),
  area('Q', 'oblast', 'UA', 'м. Київ', 'Kyiv', 50.45, 30.52),
  area('v', 'hromada', 'X', 'Кам’янська сільська громада', 'Kamianka rural hromada', 48, 34),
  { code: 5 },
  null,
]);

describe('search', () => {
  it('finds a community by the beginning of any word, in either language, whatever the apostrophe', () => {
    const cases: [string, string[]][] = [
      ['коно', ['K', 'k']],
      ['Конотоп', ['K', 'k']],
      ['Бахмач', ['b']],
      ['konotop', ['K', 'k']],
      ['київ', ['Q']],
      ["кам'янс", ['v']],
      ['сумська обл', ['S']],
      ['', []],
      ['зззз', []],
    ];
    for (const [typed, codes] of cases) expect([typed, search(areas, typed).map((a) => a.code)]).toEqual([typed, codes]);
  });
});

describe('nearest', () => {
  it('is a hromada, or a region that has none, and nobody beyond a hundred kilometres', () => {
    expect(nearest(areas, 51.2, 32.9)?.code).toBe('b');
    expect(nearest(areas, 50.4, 30.5)?.code).toBe('Q');
    expect(nearest(areas, 40, 10)).toBeNull();
  });
});

describe('the chain upwards', () => {
  it('ends, even when parents go in a circle', () => {
    expect(chain('k', (c) => areas.get(c)?.parent)).toEqual(['k', 'K', 'S', 'UA']);
    expect(chain('a', (c) => (c === 'a' ? 'b' : 'a'))).toEqual(['a', 'b']);
  });
});

describe('shapes', () => {
  const km = ([lon0, lat0]: number[], [lon1, lat1]: number[]): number =>
    111.195 * Math.hypot(lat1! - lat0!, (lon1! - lon0!) * Math.cos((lat0! * Math.PI) / 180));
  it('go as far as they should, the way they should', () => {
    const [lon, lat] = towards(50, 30, 90, 100);
    expect(lat).toBeCloseTo(50, 1);
    expect(km([30, 50], [lon!, lat!])).toBeCloseTo(100, 0);
  });
  it('close, with the semi-axes along and across the bearing', () => {
    const ring = ellipse(50, 30, 20, 10, 90);
    expect(ring[0]).toEqual(ring.at(-1));
    const far = ring.map((p) => km([30, 50], p));
    expect(Math.max(...far)).toBeCloseTo(20, 0);
    expect(Math.min(...far)).toBeCloseTo(10, 0);
    expect(ring[0]![0]).toBeGreaterThan(30.2);
    const fan = cone(50, 30, 0, 20, 5, 40);
    expect(fan[0]).toEqual(fan.at(-1));
    expect(Math.max(...fan.map((p) => p[1]!))).toBeGreaterThan(50.3);
  });
});
