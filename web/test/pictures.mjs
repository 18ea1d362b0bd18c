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
  { name: 'map', at_s: 1130, size: DESKTOP, theme: 'dark', lang: 'en', area: 'Конотопський' },
  { name: 'map-desktop-light', at_s: 1290, size: DESKTOP, theme: 'light', lang: 'uk', area: 'Роменський' },
  { name: 'alert-phone-dark', at_s: 1400, size: PHONE, theme: 'dark', lang: 'uk', area: 'Конотопський' },
  { name: 'lost-phone-dark', size: PHONE, theme: 'dark', lang: 'en', area: 'Конотопський', lost: true },
];
/** Pages of the chronicle of the demonstration, taken before the evening begins to matter. */
const PAGES = [
  { name: 'night-desktop-light', size: DESKTOP, hash: 'view=figures&length=night&date=2025-03-20&lang=en&theme=light' },
  { name: 'ceasefire-desktop-dark', size: DESKTOP, hash: 'view=ceasefire&id=easter-30h&lang=en&theme=dark' },
  { name: 'incident-phone-light', size: PHONE, hash: 'view=incidents&id=energy-30:sudzha-2025-03-20&lang=uk&theme=light' },
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
  const hash = ({ lang, theme, area }) => {
    const { code } = areas.find((a) => a.level === 'raion' && a.name_uk.startsWith(area));
    return `#lang=${lang}&theme=${theme}&area=${code}`;
  };
  // Both screens are open before the evening needs them: it does not wait.
  const screens = new Map();
  for (const size of [PHONE, DESKTOP]) {
    const page = await browser.newPage({ viewport: size, reducedMotion: 'reduce' });
    await page.goto(`${url}/${hash(PICTURES.find((p) => p.size === size))}`);
    await page.locator('.map[data-drawn]').waitFor({ timeout: 60_000 });
    screens.set(size, page);
  }
  for (const { name, size, hash } of PAGES) {
    const page = await browser.newPage({ viewport: size, reducedMotion: 'reduce' });
    await page.goto(`${url}/chronicle#${hash}`);
    await page.locator('[data-answer=known]').first().waitFor({ timeout: 20_000 });
    await pause(1000);
    await page.screenshot({ path: join(OUT, `${name}.png`) });
    console.log(`docs/pictures/${name}.png`);
    await page.close();
  }
  const now_s = async () => (Date.parse((await fetch(`${url}/api/v1/state`).then((a) => a.json())).server_time) - began_ms) / 1000;
  for (const picture of PICTURES) {
    const page = screens.get(picture.size);
    await page.evaluate((next) => (location.hash = next), hash(picture));
    if (!picture.lost) {
      const late_s = (await now_s()) - picture.at_s;
      if (late_s > 60) console.warn(`${picture.name}: ${Math.round(late_s)} s of the evening late; this machine is busy`);
      while ((await now_s()) < picture.at_s) await pause(100);
    } else {
      program.kill('SIGKILL');
      await page.locator('[data-banner="lost"]').waitFor({ timeout: 20_000 });
    }
    // The map is cut into tiles anew after a change of theme.
    await pause(4000);
    await page.screenshot({ path: join(OUT, `${picture.name}.png`) });
    console.log(`docs/pictures/${picture.name}.png`);
  }
  await browser.close();
} finally {
  program.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
