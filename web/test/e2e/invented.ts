/** States of the invented country that the tests show, and a mock server for each test. */
import { startMock, type Mock } from '../mock-server.mjs';
import { invented, source } from '../mock-country.mjs';
import { test as base } from './fixtures';

export const test = base.extend<{ mock: Mock }>({
  mock: async ({}, use) => {
    const mock = await startMock();
    await use(mock);
    await mock.close();
  },
});
export const country = invented();
export const ago = (s: number): string => new Date(Date.now() - s * 1000).toISOString();
export const track = {
  id: 1,
  stage: 'confirmed',
  kind: 'uav',
  kinds: [
    { kind: 'uav', probability: 0.7 },
    { kind: 'jet_uav', probability: 0.25 },
  ],
  count_low: 2,
  count_high: null,
  lat: 49,
  lon: 30,
  ellipse_major_km: 20,
  ellipse_minor_km: 10,
  ellipse_bearing_deg: 30,
  speed_mps: 45,
  course_deg: 270,
  course_sd_deg: 15,
  existence: 0.9,
  first_seen_at: ago(600),
  last_seen_at: ago(60),
  forecast: ['A1', 'A2', 'B1', 'B2'].map((code) => ({
    community: code,
    name_uk: code,
    name_en: code,
    arrival: { probability: 0.5, earliest_s: 300, latest_s: 900, kind: 'uav' },
  })),
  provenance: [1],
};
export const report = {
  event: 1,
  source: 'monitor',
  observed_at: ago(60),
  received_at: ago(59),
  text: 'БпЛА на заході',
  read_uk: ['БпЛА: захід'],
  read_en: ['drone: west'],
  refused: ['read place "Х": expected a known name'],
};
export const alertOf = (code: string) => ({
  id: 1,
  standing: 'official',
  community: code,
  name_uk: code,
  name_en: code,
  alert_type: 'air_raid',
  level: 'red',
  kinds: ['uav'],
  started_at: ago(600),
  updated_at: ago(600),
  ended_at: null,
  outcome: null,
  said_by: ['upstream-x'],
  holders: [],
  arrival: null,
});
export const full = {
  tracks: [track],
  reports: [report],
  alerts: [alertOf('A')],
  sources: [source('upstream-x'), source('upstream-y', { link: 'stale', heard_at: ago(300), refused: 2, last_refusal: 'HTTP 429' }), source('monitor', { official: false, link: 'never', heard_at: null })],
};
export const active = { state: 'active', alert_level: 'red', kinds: ['uav'], since: ago(600), said_by: [{ source: 'upstream-x', word: 'active', last_word: null, since: ago(600), heard_at: ago(2) }] };
export const yellow = { ...active, alert_level: 'yellow' };
export const elevated = { elevated: { probability: 0.6, earliest_s: 300, latest_s: 900, kind: 'uav' } };
export const unknown = { state: 'unknown', since: null, last_known: 'active', said_by: [{ source: 'upstream-x', word: 'unknown', last_word: 'active', since: ago(600), heard_at: ago(300) }] };

