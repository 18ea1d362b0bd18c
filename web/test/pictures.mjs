// Takes the pictures of the documentation from the bundled evening: `npm run pictures`, some two minutes.
// The program is the one named by ALLCLEAR_BIN, else the one `cargo build` made; Chromium as in the browser tests.
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = process.env.ALLCLEAR_BIN ?? fileURLToPath(new URL('../../target/debug/allclear', import.meta.url));
const OUT = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const PORT = 8197;
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** What to take, in the order of the evening: `at_s` of its 2,400 seconds. */
const PICTURES = [
  { name: 'elevated-phone-light', at_s: 840, size: PHONE, theme: 'light', lang: 'uk', area: 'Роменський' },
  { name: 'map', at_s: 1290, size: DESKTOP, theme: 'dark', lang: 'en', area: 'Конотопський' },
  { name: 'map-desktop-light', at_s: 1400, size: DESKTOP, theme: 'light', lang: 'uk', area: 'Конотопський' },
  { name: 'alert-phone-dark', at_s: 1500, size: PHONE, theme: 'dark', lang: 'uk', area: 'Конотопський' },
  { name: 'lost-phone-dark', at_s: 1600, size: PHONE, theme: 'dark', lang: 'en', area: 'Конотопський', lost: true },
];

const folder = mkdtempSync(join(tmpdir(), 'allclear-pictures-'));
mkdirSync(OUT, { recursive: true });
const url = `http://127.0.0.1:${PORT}`;
const program = spawn(PROGRAM, ['run', '--demo', '--listen', `127.0.0.1:${PORT}`], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
try {
  let state;
  for (let i = 0; state === undefined && i < 200; i += 1) {
    state = await fetch(`${url}/api/v1/state`).then((a) => a.json(), () => pause(100));
  }
  if (state === undefined) throw new Error(`start ${PROGRAM}: it does not answer after 20 s`);
  const began_ms = Date.parse(state.server_time);
  const areas = await fetch(`${url}/api/v1/areas.json`).then((a) => a.json());
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
  });
  for (const picture of PICTURES) {
    const area = areas.find((a) => a.level === 'raion' && a.name_uk.startsWith(picture.area)).code;
    const page = await browser.newPage({ viewport: picture.size, reducedMotion: 'reduce' });
    await page.goto(`${url}/#lang=${picture.lang}&theme=${picture.theme}&area=${area}`);
    await page.locator('.map[data-settled]').waitFor({ timeout: 60_000 });
    const now_s = async () => (Date.parse((await fetch(`${url}/api/v1/state`).then((a) => a.json())).server_time) - began_ms) / 1000;
    while ((await now_s()) < picture.at_s) await pause(200);
    if (picture.lost) {
      program.kill('SIGKILL');
      await page.locator('[data-banner="lost"]').waitFor({ timeout: 20_000 });
    }
    await pause(1500);
    await page.screenshot({ path: join(OUT, `${picture.name}.png`) });
    console.log(`docs/pictures/${picture.name}.png`);
    await page.close();
  }
  await browser.close();
} finally {
  program.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
