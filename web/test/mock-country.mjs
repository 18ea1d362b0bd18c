// An invented country of three regions in a row, each of two raions, one hromada in each raion.

const REGIONS = [
  ['A', 'Західна область', 'Western Oblast'],
  ['B', 'Середня область', 'Middle Oblast'],
  ['C', 'Східна область', 'Eastern Oblast'],
];

const square = (west, south, east, north) => [[[west, south], [east, south], [east, north], [west, north], [west, south]]];

export function invented() {
  const areas = [];
  const features = [];
  const add = (code, level, parent, name_uk, name_en, [west, south, east, north]) => {
    areas.push({ code, level, parent, name_uk, name_en, lat: (south + north) / 2, lon: (west + east) / 2, radius_km: 20 });
    if (level === 'hromada') return;
    features.push({
      type: 'Feature',
      properties: { code, level, name_uk, name_en },
      geometry: { type: 'Polygon', coordinates: square(west, south, east, north) },
    });
  };
  REGIONS.forEach(([letter, uk, en], i) => {
    const west = 25 + i * 4;
    add(letter, 'oblast', 'UA', uk, en, [west, 48, west + 4, 51]);
    [1, 2].forEach((n) => {
      const south = 48 + (n - 1) * 1.5;
      const box = [west, south, west + 4, south + 1.5];
      add(`${letter}${n}`, 'raion', letter, `${uk.split(' ')[0].slice(0, -1)}ий ${n}-й район`, `${en.split(' ')[0]} Raion ${n}`, box);
      add(`${letter}${n}h`, 'hromada', `${letter}${n}`, `Тестова ${letter}${n} громада`, `Test ${letter}${n} hromada`, box);
    });
  });
  return { areas, outlines: { type: 'FeatureCollection', features } };
}

/** One community as the server would say it. */
export const community = (area, fields = {}) => ({
  code: area.code,
  level: area.level,
  parent: area.parent,
  uid: null,
  name_uk: area.name_uk,
  name_en: area.name_en,
  state: 'unknown',
  alert_level: null,
  kinds: [],
  partial: false,
  elevated: null,
  since: null,
  last_known: null,
  disagreement: false,
  said_by: [],
  as_of: new Date().toISOString(),
  ...fields,
});

export const source = (name, fields = {}) => ({
  source: name,
  official: true,
  link: 'live',
  heard_at: new Date().toISOString(),
  stale_after_s: 90,
  accepted: 12,
  refused: 0,
  last_refusal: null,
  ...fields,
});

/** A snapshot in which an official source said clear everywhere, changed by `states`: {code: fields}. */
export function snapshotOf(country, states = {}, fields = {}) {
  const now = new Date();
  const ago = (s) => new Date(now - s * 1000).toISOString();
  const clear = { state: 'clear', since: ago(1800), said_by: [{ source: 'upstream-x', word: 'clear', last_word: null, since: ago(1800), heard_at: ago(3) }] };
  const listed = country.areas.filter((a) => a.level !== 'hromada' || states[a.code] !== undefined);
  return {
    status: 'actual',
    mode: 'relay',
    seq: 100,
    as_of: now.toISOString(),
    server_time: now.toISOString(),
    speed: 1,
    communities: listed.map((a) => community(a, { ...clear, ...states[a.code] })),
    alerts: [],
    alike: [],
    tracks: [],
    sources: [source('upstream-x')],
    reports: [],
    ...fields,
  };
}
