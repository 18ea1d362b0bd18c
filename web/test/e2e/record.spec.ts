/** The chronicle and its review, served by the real program from a record: what is imported is shown, proved and decided about. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { axe, expect, test, type Page } from './fixtures';

const scenario = (path: string): string => readFileSync(fileURLToPath(new URL(`../../../scenarios/${path}`, import.meta.url)), 'utf8');
const ENERGY = scenario('ceasefire/energy-30.toml');
/** The same with one incident under embargo for long enough. */
const FULL = scenario('ceasefire/full-30.toml').replace('[[incident]]\n', '[[incident]]\nembargo_until = 2099-01-01T00:00:00Z\n');
const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>
<item><title>Зведення</title><guid>1</guid><link>https://example.org/1</link><pubDate>Thu, 20 Mar 2025 07:00:00 GMT</pubDate>
<description>Минулої ночі збито 75 ударних БпЛА, 63 локаційно втрачено. Ще 12 впали у полі.</description></item></channel></rss>`;
const OLENA = 'olena-may-read-and-grade-01';
const PETRO = 'petro-may-do-everything-001';

test.use({
  serverOptions: {
    status: 'exercise',
    chronicle: {
      imports: [
        { words: ['chronicle', '--dossier', 'energy-30'], text: ENERGY },
        { words: ['chronicle', '--dossier', 'full-30'], text: FULL },
        { words: ['chronicle', '--dossier', 'night'], text: scenario('chronicle/2025-03-20.toml') },
        { words: ['thread', '--source', 'air-force'], text: FEED },
      ],
      reviewers: [
        { name: 'olena', token: OLENA, may: ['read', 'grade'] },
        { name: 'petro', token: PETRO, may: ['read', 'grade', 'publish'] },
      ],
    },
  },
});

const open = async (page: Page, url: string, view: string): Promise<void> => {
  await page.goto(`${url}/chronicle#${view}&lang=en`);
  await expect(page.locator('[data-answer=known]').first()).toBeVisible();
};
const enter = async (page: Page, url: string, token: string): Promise<void> => {
  await page.goto(`${url}/review#lang=en`);
  await page.locator('input[type=password]').fill(token);
  await page.locator('form button').click();
};

test('what is in the record is on the timeline, in the mark of its world, and its proof holds in the browser and by the program', async ({ page, server }) => {
  await open(page, server.url, 'view=timeline&from=2025-03-17&to=2025-03-23');
  await expect(page.locator('.exercise')).toContainText('EXERCISE');
  const said = page.locator('[data-lane=said] > ol > li');
  await expect(said).toContainText('air-force says:');
  await expect(said).toContainText('75 strike drones · shot down or suppressed · weapons of Russia');
  await expect(said).toContainText('“Минулої ночі” is 19.03.2025 18:00 – 20.03.2025 09:00.');
  await expect(said).toContainText('Numbers not read: 1; they wait for a person.');
  await expect(page.locator('[data-plot=timeline] > svg g.spoken')).toHaveCount(1);
  await page.getByRole('link', { name: 'energy-30:sudzha-2025-03-20' }).click();
  await expect(page.locator('[data-part=grade]')).toContainText('contested');
  await page.getByRole('button', { name: 'Check inclusion in this browser' }).click();
  await expect(page.locator('[data-proof]')).toHaveAttribute('data-proof', 'holds');
  expect(await axe(page)).toEqual([]);
  // The lines of the page, by hand.
  const lines = (await page.locator('pre').innerText()).split('\n');
  for (const line of lines.slice(0, 2)) {
    const [, , file, from] = line.split(' ');
    writeFileSync(join(server.record, file!), Buffer.from(await (await fetch(from!)).arrayBuffer()));
  }
  const [name, ...words] = lines[2]!.split(' ');
  expect(name).toBe('allclear');
  expect(execFileSync(server.program, words, { cwd: server.record, encoding: 'utf8' })).toMatch(/^entry \d+ is in .* of \d+ entries/);
  await page.route('**/api/v1/record/entries/*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('2025', '2024') });
  });
  await page.getByRole('button', { name: 'Check inclusion in this browser' }).click();
  await expect(page.locator('[data-proof]')).toHaveAttribute('data-proof', 'broken');
});

test('ceasefires and figures are those of the record, and what is sealed is told as its hash alone', async ({ page, server }) => {
  await open(page, server.url, 'view=ceasefire&id=energy-30');
  await expect(page.locator('[data-judged]')).toHaveCount(3);
  await expect(page.locator('rect.watch-unobserved').first()).toBeAttached();
  await page.locator('[data-breaches=common] [data-status=alleged] a').first().click();
  await expect(page.locator('[data-part=attribution]')).toBeVisible();
  await open(page, server.url, 'view=figures&length=night&date=2025-03-20');
  await expect(page.locator('.identity').first()).toHaveAttribute('data-unaccounted', '33');
  // A figure of a statement opens its words, and they lead to the statement itself.
  const figure = page.locator('.figure', { hasText: '— air-force' }).first();
  await figure.locator('summary').click();
  await figure.getByRole('link', { name: 'the statement in the log' }).click();
  await expect(page.locator('[data-lane=said] > ol > li')).toBeFocused();
  await open(page, server.url, 'view=incidents');
  const sealed = page.locator('[data-incident*="full-30:sealed/"]');
  await expect(sealed).toContainText('Under embargo until 01.01.2099');
  expect(await page.content()).not.toContain('kropyvnytskyi');
  await sealed.locator('a').click();
  await expect(page.locator('[data-embargo] code')).toHaveText(/^[0-9a-f]{64}$/);
  await server.kill();
  await page.goBack();
  await expect(page.locator('[data-answer=link]'), 'the next question fails, and that is said').toContainText('What is shown is as of');
  await expect(sealed).toBeVisible();
});

test('a reviewer reads a number, sees it in the record, takes it back; two people confirm an incident', async ({ page, server }) => {
  await enter(page, server.url, 'nobody-has-this-token-00001');
  await expect(page.locator('[data-say=wrong]')).toBeVisible();
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.locator('input[type=password]').fill(OLENA);
  await page.locator('form button').click();
  await expect(page.locator('[data-say=known]')).toContainText('You are olena. You may read numbers, grade incidents.');
  const card = page.locator('[data-quantity]');
  await expect(card).toHaveCount(1);
  await expect(card.locator('mark')).toHaveText('Ще 12');
  const read = card.getByRole('button', { name: /^Read/ });
  await expect(read, 'no number, no reading').toBeDisabled();
  await card.getByLabel('Number').fill('12');
  await card.getByLabel('As said').selectOption('more_than');
  await expect(read).toHaveText('Read: more than 12 (so 13 or more)');
  await card.getByLabel('Why, in words').fill('they fell by themselves');
  await read.click();
  await expect(page.locator('[data-noted]'), 'nothing is chosen beforehand').toHaveCount(0);
  await card.getByLabel('What happened').selectOption('lost');
  await card.getByLabel('To what').selectOption('strike_drone');
  await card.getByLabel('From (Kyiv time)').fill('2025-03-19T18:00');
  await read.click();
  await expect(page.locator('[data-noted]'), 'half a time is none').toHaveCount(0);
  await card.getByLabel('To (Kyiv time)').fill('2025-03-20T09:00');
  expect(await axe(page)).toEqual([]);
  await read.click();
  const decided = page.locator('[data-decided]');
  await expect(decided).toContainText('It is in the record: entry');
  await expect(decided.locator('h3')).toBeFocused();
  await expect(card).toHaveCount(0);
  const figures = async (): Promise<string> => (await fetch(`${server.url}/api/v1/chronicle/figures/night?date=2025-03-20`)).text();
  expect(await figures()).toContain('"words":"Ще 12"');
  await decided.getByRole('button', { name: 'Take it back' }).click();
  await decided.getByLabel('Why, in words').fill('a slip');
  await decided.getByRole('button', { name: 'Take it back' }).click();
  await expect(card).toHaveCount(1);
  expect(await figures()).not.toContain('"words":"Ще 12"');

  const incident = page.locator('[data-incident="energy-30:sudzha-2025-03-20"]');
  const grade = async (): Promise<void> => {
    const summary = incident.locator('summary');
    if (!(await incident.getByRole('button', { name: 'Grade', exact: true }).isVisible())) await summary.click();
    await incident.getByLabel('Did it happen').selectOption('confirmed');
    await incident.getByLabel('Why, in words').fill('placed pictures of the fire');
    await incident.getByRole('button', { name: 'Grade', exact: true }).click();
  };
  await grade();
  await expect(decided).toContainText('it waits for a second person');
  await expect(incident.locator('[data-waits]')).toContainText('olena said so already.');
  await expect(incident.getByRole('button', { name: 'Retract the incident' }), 'olena may not').toBeDisabled();
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.locator('input[type=password]').fill(PETRO);
  await page.locator('form button').click();
  await expect(page.locator('[data-say=known]')).toContainText('You are petro.');
  await grade();
  await expect(incident).toHaveCount(0);
  await open(page, server.url, 'view=incidents&id=energy-30:sudzha-2025-03-20');
  await expect(page.locator('[data-part=grade]')).toContainText('graded by people (petro, olena): placed pictures of the fire; by the rules:');
  await expect(page.locator('[data-part=grade]')).toContainText('more than one is blamed: Russia, Ukraine');
  await expect(page.locator('[data-judged]')).toHaveCount(2);
});

test('an embargo ends early by two people, and a refusal is shown in the server’s words', async ({ page, server }) => {
  await enter(page, server.url, PETRO);
  const sealed = page.locator('[data-incident*="full-30:sealed/"]');
  const lift = async (): Promise<void> => {
    if (!(await sealed.getByRole('button', { name: 'Lift the embargo' }).isVisible())) await sealed.locator('summary').click();
    await sealed.getByLabel('Why, in words').fill('the family agreed');
    await sealed.getByRole('button', { name: 'Lift the embargo' }).click();
  };
  await lift();
  await expect(sealed.locator('[data-waits]')).toContainText('petro said so already.');
  await lift();
  await expect(sealed.locator('[data-outcome=refused]')).toContainText('a second reviewer has to');
  await server.kill();
  await sealed.getByRole('button', { name: 'Lift the embargo' }).click();
  await expect(sealed.locator('[data-outcome=refused]')).toContainText('No answer: the decision may have arrived.');
});
