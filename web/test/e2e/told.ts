/**
 * What the chronicle's pages are shown in tests: the program's own reports of the worked scenarios, and an invented week of
 * statements, alerts and incidents for states that the scenarios do not have.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CeasefireReport, FiguresReport } from '../../src/chronicle/report';
import type { BesideView, IncidentsView, IncidentView, SaidView, TimelineView } from '../../src/chronicle/views';
import type { QueueView } from '../../src/review/ask';
import type { Mock } from '../mock-server.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAM = process.env.ALLCLEAR_BIN ?? `${ROOT}target/debug/allclear`;
const written = new Map<string, string>();
/** What the program reports, asked once; each time a copy of its own. */
function report<T>(...words: string[]): T {
  const text = written.get(words.join(' ')) ?? execFileSync(PROGRAM, ['report', ...words, '--json'], { cwd: ROOT, encoding: 'utf8' });
  written.set(words.join(' '), text);
  return JSON.parse(text) as T;
}

export const week = (): FiguresReport => report('week', 'scenarios/chronicle/2025-03-20.toml', '--day', '2025-03-17');
export const ceasefire = (name: string): CeasefireReport => report('ceasefire', `scenarios/ceasefire/${name}.toml`, '--at', '2025-04-22T00:00:00Z');

/** The same regime with two areas in which somebody listened for some of the hours. */
export function observed(of: CeasefireReport): CeasefireReport {
  const days = of.regimes[0]?.judged[0]?.days ?? [];
  days.forEach((day, at) => {
    if (at % 7 === 3) return;
    day.areas['UA/Sumy'] = { hours: 24, observed: at % 3 === 0 ? 10 : 24, breach_free: at % 3 === 0 ? 8 : 22 - (at % 4), alleged_only: 1, feed: 24, alert_free: 20 };
    day.areas['RU/Kursk'] = { hours: 24, observed: at < 6 ? 0 : 12, breach_free: at < 6 ? 0 : 12 - (at % 5), alleged_only: 0, feed: 0, alert_free: 0 };
  });
  return of;
}

/** A claim at the words it was read from. */
const at = (text: string, words: string): { start: number; end: number } => {
  const start = new TextEncoder().encode(text.slice(0, text.indexOf(words))).length;
  return { start, end: start + new TextEncoder().encode(words).length };
};

const PRESIDENT = 'Just last night, our air defense forces managed to shot down nearly 50 strike drones. Over the past week, Russia has launched more than 800 guided aerial bombs.';
const AIR_FORCE = 'У ніч на 20 березня збито 75 ударних БпЛА, 63 — локаційно втрачено. Десь половина була імітаторами.';
const CUT_OFF = 'Over the past week, Russia has launched more than 800 guided aerial bombs.';
const plain = { gaps: false, claims: [], unparsed: [], windows: [] };
const claim = { child: false, attacker: 'RU' };
const said: SaidView[] = [
  {
    ...plain,
    id: 's-01',
    index: 1,
    source: 'president',
    text: PRESIDENT,
    captured_at: '2025-04-02T09:00:00.000Z',
    address: 'https://example.org/thread/1',
    gaps: true,
    claims: [
      { ...at(PRESIDENT, 'nearly 50 strike drones'), ...claim, kind: 'intercepted', object: 'strike_drone', time_ref: 'last night', value: 50, low: 45, high: 50, hedge: 'nearly', exact: false },
      { ...at(PRESIDENT, 'more than 800 guided aerial bombs'), ...claim, kind: 'launched', object: 'guided_bomb', time_ref: 'over the past week', value: 800, low: 801, high: null, hedge: 'more_than', exact: false },
    ],
    windows: [{ words: 'last night', ...at(PRESIDENT, 'last night'), from: null, to: null }],
  },
  {
    ...plain,
    id: 's-02',
    index: 2,
    source: 'air-force',
    text: AIR_FORCE,
    published_at: '2025-03-20T07:00:00.000Z',
    captured_at: '2025-03-20T09:00:00.000Z',
    forwarded_from: 'general-staff',
    claims: [
      { ...at(AIR_FORCE, '75 ударних БпЛА'), ...claim, kind: 'intercepted', object: 'strike_drone', value: 75, low: 75, high: 75, hedge: null, exact: true },
      { ...at(AIR_FORCE, '63 — локаційно втрачено'), ...claim, kind: 'lost', object: 'strike_drone', value: 63, low: 63, high: 63, hedge: null, exact: true },
    ],
    unparsed: [
      { ...at(AIR_FORCE, 'половина'), reason: 'antecedent', decided: null },
      { ...at(AIR_FORCE, 'була'), reason: 'object', decided: 'set_aside' },
    ],
    windows: [{ words: 'У ніч на 20 березня', ...at(AIR_FORCE, 'У ніч на 20 березня'), from: '2025-03-19T16:00:00.000Z', to: '2025-03-20T07:00:00.000Z' }],
  },
  { ...plain, id: 's-03', index: 3, source: 'monitor', text: CUT_OFF.slice(0, 30), published_at: '2025-03-21T05:00:00.000Z', superseded_by: 's-04' },
  {
    ...plain,
    id: 's-04',
    index: 4,
    source: 'monitor',
    text: CUT_OFF,
    published_at: '2025-03-21T05:00:00.000Z',
    claims: [{ ...at(CUT_OFF, 'more than 800 guided aerial bombs'), ...claim, kind: 'launched', object: 'guided_bomb', value: 800, low: 801, high: null, hedge: 'more_than', exact: false }],
    windows: [{ words: 'Over the past week', ...at(CUT_OFF, 'Over the past week'), from: '2025-03-13T22:00:00.000Z', to: '2025-03-21T22:00:00.000Z' }],
  },
  { ...plain, id: 's-05', index: 5, source: 'agency', text: 'Im Laufe der Nacht wurden 12 Drohnen abgeschossen.', published_at: '2025-03-22T05:00:00.000Z', refused: 'failed to read a text in no known language' },
  ...['05:15', '05:40', '12:00'].map((time, n): SaidView => ({ ...plain, id: `s-1${n}`, index: 10 + n, source: 'police', text: 'Поранено десятьох людей.', published_at: `2025-03-20T${time}:00.000Z` })),
];
const alert = { what: 'alert', area: 'UA35000000000016081', name_uk: 'Кропивницький район', name_en: 'Kropyvnytskyi Raion', detail: 'red' };
const kropyvnytskyi = { id: 'full-30:kropyvnytskyi-2025-03-20', area: 'UA/Kirovohrad' };
const sudzha = { id: 'energy-30:sudzha-2025-03-20', area: 'RU/Kursk' };
const named = (it: { area: string }) => ({ name_uk: it.area, name_en: it.area });
export const timeline: TimelineView = {
  seq: 90,
  as_of: '2025-03-23T20:00:00.000Z',
  said,
  happened: [
    ...[17, 18, 19, 20, 22].map((day, n) => ({ ...alert, id: `${n}`, from: `2025-03-${day}T18:${n}0:00.000Z`, to: `2025-03-${day}T23:30:00.000Z` })),
    { ...alert, id: 'open', from: '2025-03-23T19:00:00.000Z', to: null, name_uk: 'Сумський район', name_en: 'Sumy Raion' },
    { what: 'incident', ...kropyvnytskyi, ...named(kropyvnytskyi), from: '2025-03-19T18:00:00.000Z', to: '2025-03-20T01:00:00.000Z', detail: 'strike_drone', grade: 'confirmed' },
    { what: 'incident', ...sudzha, ...named(sudzha), from: '2025-03-20T20:22:00.000Z', to: '2025-03-20T22:00:00.000Z', detail: null, grade: 'contested' },
  ],
  cut: false,
};
const stamped = { seq: timeline.seq, as_of: timeline.as_of };
const bare = { index: 2, weapons: [], withdrawn: false };
const reasons = [{ rule: 'clusters', count: 1 }];
export const SEALED = 'easter-30h:sealed/9f86d081884c7d65';
export const WITHDRAWN = 'easter-30h:kherson-2025-04-20';
export const incidents: IncidentsView = {
  ...stamped,
  incidents: [
    { ...bare, ...kropyvnytskyi, version: 2, window: ['2025-03-19T18:00:00.000Z', '2025-03-20T01:00:00.000Z'], weapons: ['strike_drone'], graded: { grade: 'confirmed', reasons } },
    { ...bare, ...sudzha, version: 1, window: ['2025-03-20T20:22:00.000Z', '2025-03-20T22:00:00.000Z'], graded: { grade: 'contested', reasons } },
    { ...bare, id: SEALED, commitment: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', embargo_until: '2025-04-01T00:00:00.000Z' },
    { ...bare, id: WITHDRAWN, withdrawn: true },
  ],
  next: 'energy-30:sudzha-2025-03-20',
};
const untold = { domains: [], objects: [], weapons: [], harm: {}, judged: [], accounts: [], evidence: [], alerts: [], considered: [] };
export const incident: IncidentView = {
  ...stamped,
  id: kropyvnytskyi.id,
  versions: [
    {
      version: 2,
      recorded_at: '2025-03-20T09:00:00.000Z',
      index: 2,
      at: '2025-03-20T09:05:00.000Z',
      by: 'import',
      window: ['2025-03-19T18:00:00.000Z', '2025-03-20T01:00:00.000Z'],
      clock_s: 600,
      area: 'UA/Kirovohrad/Kropyvnytskyi',
      domains: ['air', 'civilian'],
      objects: ['residential_building', 'church'],
      weapons: ['shahed'],
      quantity: { value: 21, low: 21, high: null, hedge: 'at_least', exact: false },
      harm: { wounded: { value: 10, low: 10, high: 10, hedge: null, exact: true }, wounded_children: { value: 4, low: 4, high: 4, hedge: null, exact: true } },
      graded: { grade: 'confirmed', reasons: [{ rule: 'assessed', by: ['olena', 'petro'], why: 'craters were seen' }, { rule: 'clusters', count: 2 }, { rule: 'physical' }] },
      judged: [
        { by: 'olena', grade: 'fair', reason: 'two origins', at: '2025-03-20T10:00:00.000Z', index: 7 },
        { by: 'petro', grade: null, reason: 'a slip', at: '2025-03-20T10:30:00.000Z', index: 8 },
      ],
      attribution: { party: 'RU', confidence: 'low', basis: 'claim', rivals: [] },
      clusters: 2,
      accounts: [
        { source: 'Air Force', class: 'state', party: 'UA', says: 'asserted', blames: 'RU', quantity: { value: 21, low: 21, high: null, hedge: 'at_least', exact: false }, statement: 'https://example.org/af' },
        { source: 'a newspaper', class: 'media', cluster: 'Air Force', says: 'reported', statement: 's-02' },
        { source: 'Ministry of Defence', class: 'state', party: 'RU', says: 'denied' },
      ],
      evidence: [{ shows: 'physical', source: 'rescuers', party: null }],
      alerts: [], considered: [{ exception: 'return-fire', applies: 'no', why: 'no fire came from there' }],
    },
    {
      ...untold,
      version: 1,
      recorded_at: '2025-03-20T02:00:00.000Z',
      index: 1,
      at: '2025-03-20T02:05:00.000Z',
      by: 'import',
      window: ['2025-03-19T18:00:00.000Z', '2025-03-20T01:00:00.000Z'],
      area: 'UA/Kirovohrad',
      graded: { grade: 'weak', reasons },
      attribution: { party: null, confidence: 'none', basis: 'nothing' },
      clusters: 1,
      quantity: { value: null, low: 2, high: 9, hedge: 'several', exact: false },
    },
  ],
};
export const sealed: IncidentView = {
  ...stamped,
  id: SEALED,
  versions: [{ ...untold, index: 0, at: '2025-03-20T02:00:00.000Z', by: 'import', commitment: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', embargo_until: '2025-04-01T00:00:00.000Z' }],
};
export const withdrawn: IncidentView = {
  ...stamped,
  id: WITHDRAWN,
  versions: [{ ...untold, index: 9, at: '2025-03-22T02:00:00.000Z', by: 'reviewer:petro', withdrawn: 'it was another place' }, { ...incident.versions[1]!, index: 6 }],
};
export const queue: QueueView = {
  ...stamped,
  reviewer: 'olena',
  may: ['read', 'grade'],
  quantities: [{ statement: 's-02', source: 'air-force', published_at: '2025-03-20T07:00:00.000Z', text: AIR_FORCE, ...at(AIR_FORCE, 'половина'), reason: 'antecedent' }],
  incidents: [
    { ...sudzha, version: 1, window: ['2025-03-20T20:22:00.000Z', '2025-03-20T22:00:00.000Z'], grade: 'contested', sealed: false, waits: ['petro'] },
    { id: SEALED, sealed: true, embargo_until: '2025-04-01T00:00:00.000Z', waits: [] },
  ],
  cut: false,
};

export const beside: BesideView = {
  ...stamped,
  area: 'UA/Kirovohrad/Kropyvnytskyi',
  window: ['2025-03-19T18:00:00.000Z', '2025-03-20T01:00:00.000Z'],
  left_out: null,
  near_km: 25,
  tracks: [
    { id: 40_961, kind: 'uav', count_low: 2, count_high: 2, near: ['2025-03-19T20:10:00.000Z', '2025-03-19T20:50:00.000Z'], inside: ['2025-03-19T20:20:00.000Z', '2025-03-19T20:40:00.000Z'], nearest_km: 0, sd_km: 4.1, state: 'passed_on' },
    { id: 53_248, kind: 'jet_uav', count_low: 1, count_high: null, near: ['2025-03-19T22:00:00.000Z', '2025-03-19T22:08:00.000Z'], inside: null, nearest_km: 11.5, sd_km: 6.2, state: 'lost' },
  ],
  tracks_more: 0,
  unconfirmed: 3,
  sources: [
    { source: 'monitor-a', class: 'words', covers: false, reports: 7, wider: 2, first: '2025-03-19T20:05:00.000Z', last: '2025-03-19T22:05:00.000Z', heard_s: 25_200 },
    { source: 'radar-1', class: 'sensor', covers: true, reports: 0, wider: 0, first: null, last: null, heard_s: 3_600 },
  ],
  sources_more: 0,
  window_s: 25_200,
  heard_s: 25_200,
  sensed_s: 3_600,
};

/** Gives the mock all of it. */
export function tellAll(mock: Mock): void {
  const regimes = ['easter-30h', 'energy-30', 'full-30'];
  mock.tell('/api/v1/chronicle/timeline', timeline);
  mock.tell('/api/v1/chronicle/incidents', incidents);
  for (const it of [incident, sealed, withdrawn]) mock.tell(`/api/v1/chronicle/incidents/${encodeURIComponent(it.id)}`, it);
  mock.tell(`/api/v1/chronicle/beside/${encodeURIComponent(incident.id)}`, beside);
  mock.tell('/api/v1/chronicle/figures/week', { ...stamped, left_out: 0, figures: week() });
  const reports = regimes.map((name) => ceasefire(name));
  mock.tell('/api/v1/chronicle/regimes', {
    ...stamped,
    regimes: reports.map((it, n) => ({ id: regimes[n], name: it.name, overall: it.regimes[0]?.force.overall })),
    problems: [],
  });
  reports.forEach((it, n) => mock.tell(`/api/v1/chronicle/regimes/${regimes[n]}`, { ...stamped, id: regimes[n], report: regimes[n] === 'energy-30' ? observed(it) : it, problems: [] }));
  mock.tell('/api/v1/review/queue', queue);
}
