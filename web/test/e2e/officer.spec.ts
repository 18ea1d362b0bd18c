/** The officer's desk, served by the real program: where nobody would hear a siren is said before the order and in its answer. */
import { axe, expect, KONOTOP, test } from './fixtures';

const TOKEN = 'an-officer-on-duty-0001';
test.use({ serverOptions: { officer: TOKEN, status: 'exercise' } });

for (const { lang, silent } of [
  { lang: 'uk', silent: 'не спрацює жодна' },
  { lang: 'en', silent: 'none will sound' },
]) {
  test(`who raises sees whom no siren reaches: ${lang}`, async ({ page, server }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(`${server.url}/officer#lang=${lang}`);
    await expect(page.locator('html')).toHaveAttribute('data-world', 'exercise');
    await page.locator('input[type=password]').fill('not-the-token-of-anybody');
    await page.locator('form button').click();
    await expect(page.locator('[data-say=wrong]')).toBeVisible();
    await page.getByRole('button', { name: /Вийти|Leave/ }).click();
    await page.locator('input[type=password]').fill(TOKEN);
    await page.locator('form button').click();
    await expect(page.locator('.silent')).toContainText(silent);
    await expect(page.locator('[data-siren=konotop-01]')).toHaveAttribute('data-reach', 'unreachable');
    await page.locator('input[type=text]').first().fill('Конотопська');
    await page.getByRole('button', { name: /Конотопська міська|Konotop Hromada/ }).first().click();
    await expect(page.locator('[data-reachable="0"]')).toBeVisible();
    await page.locator('input[required]').fill('drill');
    await page.locator('button.order').click();
    await expect(page.locator('[data-outcome=taken]')).toBeVisible();
    await expect(page.locator('form [data-siren=konotop-01]'), 'the answer to the order says it again').toBeVisible();
    expect(await axe(page)).toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(Math.max(0, wider)).toBe(0);
    const state = (await (await fetch(`${server.url}/api/v1/state`)).json()) as { alerts: { community: string }[] };
    expect(state.alerts.map((alert) => alert.community)).toContain(KONOTOP.hromada);
    await server.kill();
    await expect(page.locator('[data-say=unheard]'), 'silence is not "reachable"').toBeVisible({ timeout: 30_000 });
  });
}

test('what waits for an officer ends by one order for all that are ticked', async ({ page, server }) => {
  const bearer = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const raise = { action: 'raise', alert_type: 'air_raid', level: 'yellow', kinds: [], reason: 'drill', status: 'exercise' };
  const order = (body: object): Promise<Response> =>
    fetch(`${server.url}/api/v1/officer/actions`, { method: 'POST', headers: bearer, body: JSON.stringify(body) });
  expect((await order({ ...raise, community: KONOTOP.hromada })).status).toBe(200);
  const alerts = async (): Promise<{ id: number; community: string; started_at: string }[]> =>
    ((await (await fetch(`${server.url}/api/v1/state`)).json()) as { alerts: never[] }).alerts;
  const standing = await alerts();
  // That no rule holds an alert any longer takes minutes: the list is told in its place, the order and its answer are real.
  await page.route('**/api/v1/officer/unheld', async (route) => {
    const left = (await alerts()).map((it) => ({ ...it, alert: it.id, name_uk: 'Конотоп', name_en: 'Konotop', level: 'yellow', kinds: [] }));
    await route.fulfill({ json: left });
  });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`${server.url}/officer#lang=en`);
  await page.locator('input[type=password]').fill(TOKEN);
  await page.locator('form button').click();
  const form = page.locator('form[data-unheld]');
  await expect(form.locator('[data-alert]')).toHaveCount(standing.length);
  await expect(form.locator('button.order'), 'nothing is ticked by itself').toBeDisabled();
  await form.getByRole('button', { name: 'Tick all' }).click();
  await form.locator('input[required]').fill('drill is over');
  expect(await axe(page)).toEqual([]);
  await form.locator('button.order').click();
  await expect(form.locator('[role=status]')).toContainText('Ended');
  expect(await alerts()).toEqual([]);
  // The desk asks on: no question may be under way when the server is stopped.
  await page.unrouteAll({ behavior: 'wait' });
});
