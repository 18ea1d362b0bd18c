// The page in a real browser. The system's Chromium is used: none is downloaded.
import { defineConfig } from '@playwright/test';
import { LAUNCH, LAUNCH_PLAIN } from './test/e2e/browser';

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  // Each test has a server of its own; two at a time are enough for two cores.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // Once more on a machine that stalled; what passes only then is listed as flaky, and is a fault to look for.
  retries: 1,
  timeout: 180_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: { serviceWorkers: 'block', locale: 'uk-UA', timezoneId: 'America/New_York' },
  projects: [
    // Words need no map: a browser without WebGL shows that they are whole without one, and is quicker.
    { name: 'words', testMatch: ['warning.spec.ts', 'faces.spec.ts', 'officer.spec.ts', 'push.spec.ts', 'chronicle.spec.ts', 'record.spec.ts'], use: { launchOptions: LAUNCH_PLAIN } },
    { name: 'map', testMatch: 'map.spec.ts', use: { launchOptions: LAUNCH } },
  ],
});
