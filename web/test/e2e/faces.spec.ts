/** The page in every state, language, theme and size: whole, legible, operable, and nothing that axe finds. */
import { community, snapshotOf } from '../mock-country.mjs';
import { axe, expect, mine, open } from './fixtures';
import { active, country, elevated, full, test, unknown, yellow } from './invented';

/** One community in every state; `A1` is mine. */
const FACES: { name: string; want: string; states: Record<string, object>; fields: object }[] = [
  { name: 'alert', want: 'active', states: { A: active, A1: active, A2: active, B1: elevated, C1: unknown }, fields: { ...full, status: 'exercise', speed: 20 } },
  { name: 'yellow', want: 'active', states: { A1: yellow }, fields: full },
  { name: 'elevated', want: 'elevated', states: { A1: elevated }, fields: full },
  { name: 'unknown', want: 'unknown', states: { A1: unknown }, fields: full },
  { name: 'clear', want: 'clear', states: {}, fields: {} },
];
const SIZES = [
  { size: 'phone', viewport: { width: 320, height: 640 } },
  { size: 'desktop', viewport: { width: 1280, height: 800 } },
];

for (const { size, viewport } of SIZES) {
  for (const lang of ['uk', 'en']) {
    for (const theme of ['light', 'dark']) {
      test(`axe finds nothing and nothing is cut off: ${size}, ${lang}, ${theme}`, async ({ page, mock }) => {
        await page.setViewportSize(viewport);
        const unfold = (): Promise<void> => page.evaluate(() => document.querySelectorAll('details').forEach((it) => (it.open = true)));
        const check = async (name: string): Promise<void> => {
          await unfold();
          expect([name, ...(await axe(page))]).toEqual([name]);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect([name, Math.max(0, wider)]).toEqual([name, 0]);
        };
        mock.send('snapshot', snapshotOf(country, { A1: yellow, A: { partial: true } }, full));
        await open(page, mock.url, { lang, theme });
        await expect(page.locator('html')).toHaveAttribute('lang', lang);
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
        await page.locator('input[role=combobox]').fill('a1');
        await expect(page.getByRole('listbox')).toBeVisible();
        await check('choosing');
        await page.keyboard.press('Enter');
        for (const face of FACES) {
          mock.send('snapshot', snapshotOf(country, face.states, face.fields));
          await expect(mine(page)).toHaveAttribute('data-state', face.want);
          await check(face.name);
        }
      });
    }
  }
}

test('a silent server becomes unknown within 15 s, everywhere on the page, and axe finds nothing there', async ({ page, mock }) => {
  mock.send('snapshot', snapshotOf(country, { A: active, A1: active, A2: active }, full));
  await open(page, mock.url, { area: 'A1' });
  await expect(mine(page)).toHaveAttribute('data-state', 'active');
  mock.silence();
  await expect(mine(page)).toHaveAttribute('data-state', 'unknown', { timeout: 15_000 });
  await expect(page.locator('[data-banner="lost"]')).toBeVisible();
  await expect(page.locator('.regions [data-state="active"]')).toHaveCount(0);
  await expect(page.locator('.regions')).toContainText('Невідомий стан усіх');
  await expect(page.locator('.tracks')).toContainText('Оцінки застаріли');
  expect(await axe(page)).toEqual([]);
});

test('a change is drawn as it comes, and a stale repeat of an older one is not', async ({ page, mock }) => {
  await open(page, mock.url, { area: 'A1' });
  await expect(mine(page)).toHaveAttribute('data-state', 'clear');
  const at = country.areas.find((a) => a.code === 'A1')!;
  const change = (seq: number, fields: object) => ({ seq, as_of: new Date().toISOString(), communities: [community(at, fields)], communities_gone: [], alerts: [], reports: [], sources: [] });
  mock.send('change', change(120, active));
  await expect(mine(page)).toHaveAttribute('data-state', 'active');
  mock.send('change', change(110, { state: 'clear' }));
  mock.send('change', change(121, { ...active, kinds: ['missile'] }));
  await expect(mine(page)).toContainText('Ракетна загроза');
  await expect(mine(page)).toHaveAttribute('data-state', 'active');
});

test('a frame that cannot be read is answered by asking for the whole picture again', async ({ page, mock }) => {
  await open(page, mock.url, { area: 'A1' });
  mock.send('change', { seq: 130, nonsense: true });
  mock.remember(snapshotOf(country, { A1: active }));
  await expect(mine(page)).toHaveAttribute('data-state', 'active', { timeout: 10_000 });
});

test('the age of the picture grows every second, by the server clock and its speed', async ({ page, mock }) => {
  mock.send('snapshot', snapshotOf(country, {}, { speed: 20 }));
  await open(page, mock.url, { area: 'A1' });
  const age = page.locator('#mine .age');
  await expect(age).toContainText(/([1-9]\d с|\d хв) тому/);
});

test('a community is found and chosen by keyboard, and remembered', async ({ page, mock }) => {
  await page.goto(`${mock.url}/#lang=en`);
  const box = page.getByRole('combobox', { name: 'Find a community' });
  await box.focus();
  await box.pressSequentially('test b2');
  await expect(page.getByRole('listbox').getByRole('option')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(mine(page)).toContainText('Test B2 hromada');
  await page.goto(`${mock.url}/`);
  await expect(mine(page)).toContainText('B2');
});

test('near me is worked out in the page and sent nowhere', async ({ page, mock, context }) => {
  await context.grantPermissions(['geolocation'], { origin: mock.url });
  await context.setGeolocation({ latitude: 48.7, longitude: 27.1 });
  await page.goto(`${mock.url}/#lang=en`);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByRole('button', { name: 'Near me' }).click();
  await expect(mine(page)).toContainText('Test A1 hromada');
  expect(asked.filter((url) => /48|27\.1|lat|lon/.test(url.replace(mock.url, '')))).toEqual([]);
});

test('without WebGL the page of words is whole and says why there is no map', async ({ page, mock }) => {
  mock.send('snapshot', snapshotOf(country, { A: active, A1: active, A2: active }, full));
  await open(page, mock.url, { area: 'A1', lang: 'en' });
  await expect(page.locator('.map-note')).toContainText('no WebGL');
  await expect(mine(page)).toHaveAttribute('data-state', 'active');
  await expect(page.locator('.regions')).toContainText('Western Oblast');
});

test('what changes in my community is announced at once; what changes elsewhere is not', async ({ page, mock }) => {
  await open(page, mock.url, { area: 'A1', lang: 'en' });
  const spoken = page.locator('[aria-live="assertive"]');
  const of = (code: string) => country.areas.find((a) => a.code === code)!;
  const change = (seq: number, code: string) => ({ seq, as_of: new Date().toISOString(), communities: [community(of(code), active)], communities_gone: [], alerts: [], reports: [], sources: [] });
  mock.send('change', change(101, 'C1'));
  await expect(page.locator('.regions')).toContainText('Eastern Raion 1');
  await expect(spoken).toHaveText('');
  mock.send('change', change(102, 'A1'));
  await expect(spoken).toHaveText('Western Raion 1: Alert.');
});
