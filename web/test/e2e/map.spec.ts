/** The map in a browser that can draw one: everything from our own server, every state drawn, a click in words. */
import { snapshotOf } from '../mock-country.mjs';
import { axe, expect, KONOTOP, mine, open } from './fixtures';
import { active, country, elevated, full, test, unknown } from './invented';

/** Software drawing on a busy machine takes its time. */
const DRAWN = { timeout: 60_000 };

test('the whole page is served by the program: map, worker and outlines included', async ({ page, server }) => {
  const asked = new Set<string>();
  page.on('request', (request) => asked.add(new URL(request.url()).host));
  await open(page, server.url, { area: KONOTOP.raion });
  await expect(page.locator('.map[data-settled]')).toBeVisible(DRAWN);
  // 136 raions, and the two cities that have none.
  await expect(page.locator('.map')).toHaveAttribute('data-cells', '138');
  expect([...asked].filter((host) => host !== new URL(server.url).host && host !== '')).toEqual([]);
});

test('a cell clicked on the map is spoken of in words', async ({ page, mock }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  mock.send('snapshot', snapshotOf(country, { B: active, B1: active, B2: active }, full));
  await open(page, mock.url, { lang: 'en' });
  await expect(page.locator('.map[data-settled]')).toBeVisible(DRAWN);
  await page.locator('.map canvas').click();
  await expect(page.locator('#picked')).toContainText('Middle Raion');
  await page.getByRole('button', { name: 'This is my community' }).click();
  await expect(mine(page)).toContainText('Middle Raion');
});

test('the map with everything on it passes axe, in both themes', async ({ page, mock }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  mock.send('snapshot', snapshotOf(country, { A: active, A1: active, A2: active, B1: elevated, C1: unknown }, full));
  await open(page, mock.url, { area: 'A1', theme: 'dark' });
  await expect(page.locator('.map[data-settled]')).toBeVisible(DRAWN);
  await expect(page.locator('.track-sign')).toHaveCount(1);
  await expect(page.locator('.region-label[data-look="red"]')).toHaveCount(1);
  expect(await axe(page)).toEqual([]);
  await page.getByRole('combobox', { name: 'Тема' }).selectOption('light');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await expect(page.locator('.region-label[data-look="red"]')).toHaveCount(1);
  expect(await axe(page)).toEqual([]);
});

test('with the link lost no cell of the map keeps its colour', async ({ page, mock }) => {
  mock.send('snapshot', snapshotOf(country, { A: active, A1: active, A2: active }, full));
  await open(page, mock.url, { area: 'A1' });
  await expect(page.locator('.region-label[data-look="red"]')).toHaveCount(1, DRAWN);
  mock.silence();
  await expect(page.locator('.region-label[data-look="unknown"]')).toHaveCount(3, { timeout: 15_000 });
  await expect(page.locator('.map-veil')).toContainText('НЕВІДОМО');
});
