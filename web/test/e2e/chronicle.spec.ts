/** The chronicle's pages by a server that says what it is told: every face in both themes and languages, and every state in words. */
import { axe, expect, type Page } from './fixtures';
import { test } from './invented';
import { beside as seen, incident, SEALED, tellAll, timeline, WITHDRAWN } from './told';

const WEEK = 'view=timeline&from=2025-03-17&to=2025-03-23';
const PAGES = [
  { name: 'timeline', path: `/chronicle#${WEEK}`, ready: '[data-plot=timeline]' },
  { name: 'incidents', path: '/chronicle#view=incidents', ready: '[data-incident]' },
  { name: 'sheet', path: `/chronicle#view=incidents&id=${encodeURIComponent(incident.id)}`, ready: '[data-part=attribution]' },
  { name: 'sealed', path: `/chronicle#view=incidents&id=${encodeURIComponent(SEALED)}`, ready: '[data-embargo]' },
  { name: 'withdrawn', path: `/chronicle#view=incidents&id=${encodeURIComponent(WITHDRAWN)}`, ready: '[data-withdrawn]' },
  { name: 'energy', path: '/chronicle#view=ceasefire&id=energy-30', ready: '[data-force]' },
  { name: 'easter', path: '/chronicle#view=ceasefire&id=easter-30h', ready: '[data-counts]' },
  { name: 'week', path: '/chronicle#view=figures&length=week&date=2025-03-17', ready: '[data-identities]' },
  { name: 'review', path: '/review#', ready: '[data-queue=incidents]' },
];
const REPORTS = ['energy', 'easter', 'week'];
// Every two of size, language and theme come together once.
const FACES = [
  { size: { width: 390, height: 844 }, lang: 'uk', theme: 'dark' },
  { size: { width: 390, height: 844 }, lang: 'en', theme: 'light' },
  { size: { width: 1280, height: 800 }, lang: 'uk', theme: 'light' },
  { size: { width: 1280, height: 800 }, lang: 'en', theme: 'dark' },
];

const enter = async (page: Page): Promise<void> => void (await page.addInitScript(() => {
    // The page in between has no storage.
    if (location.protocol === 'http:') sessionStorage.setItem('allclear-reviewer', 'a-token');
  }));
const go = async (page: Page, url: string, ready: string): Promise<void> => {
  // A new address after # alone would not load the page anew.
  await page.goto('about:blank');
  await page.goto(url);
  await expect(page.locator(ready).first()).toBeVisible();
};

// The reports are long pages: they have tests of their own.
const PARTS = [
  { part: 'pages', of: PAGES.filter((it) => !REPORTS.includes(it.name)) },
  { part: 'reports', of: PAGES.filter((it) => REPORTS.includes(it.name)) },
];

for (const { size, lang, theme, part, of } of FACES.flatMap((face) => PARTS.map((it) => ({ ...face, ...it })))) {
  test(`axe finds nothing in the chronicle and nothing is cut off: ${part}, ${size.width} px, ${lang}, ${theme}`, async ({ page, mock }) => {
    tellAll(mock);
    await page.setViewportSize(size);
    await enter(page);
    for (const it of of) {
      await go(page, `${mock.url}${it.path}&lang=${lang}&theme=${theme}`, it.ready);
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      expect([it.name, ...(await axe(page))]).toEqual([it.name]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([it.name, Math.max(0, wider)]).toEqual([it.name, 0]);
      expect(await page.locator('main').innerText(), it.name).not.toMatch(/undefined|\[object|NaN/);
    }
  });
}

test('a claim stands with who said it and its hedge; what has no date stands apart and not on the axis', async ({ page, mock }) => {
  tellAll(mock);
  await go(page, `${mock.url}/chronicle#${WEEK}&lang=en`, '[data-plot=timeline]');
  const said = page.locator('[data-lane=said] > ol > li');
  await expect(said).toHaveCount(timeline.said.filter((it) => it.published_at).length);
  for (const item of await page.locator('li.claim').all()) {
    await expect(item.locator('xpath=ancestor::li[1]').locator('.when')).toContainText('says:');
  }
  await expect(said.filter({ hasText: 'monitor' }).last()).toContainText('more than 800 (so 801 or more) guided bombs');
  await expect(said.filter({ hasText: 'monitor' }).last()).toContainText('is 14.03.2025 00:00 – 22.03.2025 00:00');
  await expect(page.locator('#said-s-02')).toContainText('passing on: general-staff');
  await expect(page.locator('#said-s-02'), 'what a person set aside waits for nobody').toContainText('Numbers not read: 1;');
  await expect(page.locator('#said-s-03')).toContainText('Replaced by later words of the same source; these stay.');
  await expect(page.locator('#said-s-05')).toContainText('The text was not read: failed to read a text in no known language');
  const undated = page.locator('[data-lane=undated]');
  await expect(undated).toContainText('date unknown · stored 02.04.2025 12:00 · president says:');
  await expect(undated).toContainText('nearly 50 (so 45–50) strike drones');
  await expect(undated).toContainText('“last night”: when that was is unknown.');
  const onAxis = await page.locator('[data-plot=timeline] g.said title').allTextContents();
  expect(onAxis.filter((it) => it.includes('president'))).toEqual([]);
  await expect(page.locator('[data-lane=happened]')).toContainText('23.03.2025 21:00 – lasts · Alert');
  // A sign leads to its item of the list.
  await page.locator('[data-plot=timeline] g.happened.incident').first().click();
  await expect(page.locator('[id^="happened-incident"]').first()).toBeFocused();
  await page.locator('#said-s-03 button').click();
  await expect(page.locator('#said-s-04')).toBeFocused();
});

test('an incident says who did it apart from whether it happened; what is sealed or withdrawn says only that', async ({ page, mock }) => {
  tellAll(mock);
  await go(page, `${mock.url}/chronicle#view=incidents&lang=en`, '[data-incident]');
  await expect(page.locator(`[data-incident="${SEALED}"]`)).toContainText('Under embargo until 01.04.2025 03:00.');
  await expect(page.locator(`[data-incident="${WITHDRAWN}"]`)).toContainText('Withdrawn');
  await page.getByRole('link', { name: incident.id }).click();
  await expect(page.locator('[data-part=grade]').first()).toContainText('graded by people (olena, petro): craters were seen');
  await expect(page.locator('[data-part=grade]').first()).toContainText('leans on: Air Force');
  await expect(page.locator('[data-says=denied]')).toContainText('Ministry of Defence');
  await expect(page.locator('[data-part=attribution]').first()).toContainText('Russia · low confidence · a claim alone');
  await expect(page.locator('[data-part=facts]').first()).toContainText('19.03.2025 20:00 – 20.03.2025 03:00 (± 10 min)');
  await expect(page.locator('[data-part=facts]').first()).toContainText('at least 21');
  await expect(page.locator('[data-judged]')).toHaveCount(2);
  const beside = page.locator('[data-part=beside]');
  await expect(beside).toContainText('A sensor that covers all of the area: 60 min.');
  await expect(beside.locator('[data-state=passed_on]')).toContainText('drone × 2 · inside 19.03.2025 22:20 – 22:40: passed on');
  await expect(beside.locator('[data-state=lost]')).toContainText('jet drone × 1+ · nearest 11.5 km (± 6.2 km): nobody told of it any more');
  await expect(beside).toContainText('Not confirmed: 3.');
  await expect(beside.locator('[data-source=monitor-a]')).toContainText('(reports in words): 7 reports; of something wider only: 2');
  expect(await beside.innerText(), 'no track is a hit but to say that it is none').not.toMatch(/\bhit\b(?!, and silence)/);
  await page.locator('[data-version="1"] summary').click();
  await expect(page.locator('[data-version="1"]')).toContainText('several (so 2–9)');
  await expect(page.getByRole('link', { name: 'the statement in the log' })).toHaveAttribute('href', /said=s-02/);
  await go(page, `${mock.url}/chronicle#view=incidents&id=${encodeURIComponent(SEALED)}&lang=en`, '[data-embargo]');
  await expect(page.locator('[data-part=facts], [data-part=grade], [data-part=attribution]')).toHaveCount(0);
  await expect(page.locator('[data-embargo] code')).toContainText('9f86d081');
});

test('beside an incident nothing seen is told with who listened, and what could not be worked out is named', async ({ page, mock }) => {
  tellAll(mock);
  const at = `/api/v1/chronicle/beside/${encodeURIComponent(incident.id)}`;
  const sheet = `${mock.url}/chronicle#view=incidents&id=${encodeURIComponent(incident.id)}&lang=en`;
  mock.tell(at, { ...seen, tracks: [], sources: [], unconfirmed: 0, heard_s: 0, sensed_s: 0 });
  await go(page, sheet, '[data-listening=nobody]');
  await expect(page.locator('[data-part=beside]')).toContainText('Nobody was listening');
  await expect(page.locator('[data-part=beside] [data-none]')).toContainText('That does not mean that nothing flew.');
  mock.tell(at, { ...seen, tracks: [], left_out: 'tracks', sensed_s: 0 });
  await go(page, sheet, '[data-listening=heard]');
  await expect(page.locator('[data-left-out=tracks]')).toContainText('so many reports');
  await expect(page.locator('[data-part=beside] [data-none]')).toHaveCount(0);
  await expect(page.locator('[data-part=beside]')).toContainText('silence proves nothing');
  mock.tell(at, { ...seen, tracks: [], sources: [], left_out: 'area', heard_s: 0, sensed_s: 0 });
  await go(page, sheet, '[data-left-out=area]');
  await expect(page.locator('[data-part=beside] [data-listening]'), 'nothing is said of who listened there').toHaveCount(0);
});

test('hours that nobody observed are hatched and named, and what a source does not account for is no hit', async ({ page, mock }) => {
  tellAll(mock);
  await go(page, `${mock.url}/chronicle#view=ceasefire&id=energy-30&lang=en`, '[data-force]');
  const first = page.locator('[data-judged]').first();
  await expect(first.locator('rect.watch-unobserved').first()).toHaveAttribute('fill', /^url\(#unseen-/);
  await expect(first).toContainText('not observed:');
  await expect(first).toContainText('Days without a single observed hour:');
  await expect(page.locator('[data-judged]')).toHaveCount(3);
  await expect(page.locator('[data-judged] > summary').nth(1)).toContainText('By the version that');
  await expect(page.locator('[data-status=alleged]').first()).toContainText('alleged');
  await go(page, `${mock.url}/chronicle#view=figures&length=week&date=2025-03-17&lang=en`, '[data-identities]');
  await expect(page.locator('.identity').first()).toHaveAttribute('data-unaccounted', '33');
  await expect(page.locator('.identity .sum').first()).toHaveText('171 launched = 75 shot down or suppressed + 63 lost from radar + 33 unaccounted');
  await expect(page.locator('.identity .legend').first()).toContainText('unaccounted (not hits): 33');
  const figure = page.locator('.figure').first();
  await figure.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(figure.locator('blockquote').first(), 'a figure opens the words that it comes from').toBeVisible();
});

test('waiting, emptiness, a refusal and an odd answer are said in words, and none of them reads as "nothing happened"', async ({ page, mock }) => {
  const stamped = { seq: 1, as_of: '2025-03-23T20:00:00.000Z' };
  let answer: (() => void) | undefined;
  await page.route('**/api/v1/chronicle/timeline*', async (route) => {
    await new Promise<void>((done) => (answer = done));
    await route.fallback();
  });
  mock.tell('/api/v1/chronicle/timeline', { ...stamped, said: [], happened: [], cut: false });
  await page.goto(`${mock.url}/chronicle#${WEEK}&lang=en`);
  await expect(page.locator('[data-answer=waiting]')).toContainText('Asking the server…');
  await expect.poll(() => answer !== undefined).toBe(true);
  answer?.();
  await expect(page.locator('[data-answer=known]')).toContainText('No event is recorded in this time. That does not mean that there was none.');
  await expect(page.locator('[data-answer=known]')).toContainText('As of 23.03.2025 22:00.');
  mock.tell('/api/v1/chronicle/incidents', { ...stamped, incidents: [], next: null });
  await go(page, `${mock.url}/chronicle#view=incidents&lang=en`, '[data-answer=known]');
  await expect(page.locator('main')).toContainText('No incident is recorded. That does not mean that there was none.');
  mock.tell('/api/v1/chronicle/regimes', { ...stamped, regimes: [], problems: ['entry 7: failed to read it'] });
  await go(page, `${mock.url}/chronicle#view=ceasefire&lang=en`, '[data-answer=known]');
  await expect(page.locator('main')).toContainText('No ceasefire regime is recorded.');
  await expect(page.locator('main')).toContainText('1 entry of the record could not be read');
  mock.tell('/api/v1/chronicle/figures/week', { error: 'busy', message: 'failed to take the question: ask again in a second' }, 503);
  await go(page, `${mock.url}/chronicle#view=figures&lang=en`, '[data-answer=refused]');
  await expect(page.locator('main')).toContainText('The server refused: failed to take the question');
  mock.tell('/api/v1/chronicle/figures/week', { ...stamped, figures: { rows: 'none' } });
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expect(page.locator('[data-answer=odd]')).toContainText('no list "rows"');
  await go(page, `${mock.url}/chronicle#view=incidents&id=no:such&lang=en`, '[data-answer=none]');
  await expect(page.locator('main')).toContainText('The server has no such thing.');
});

test('without a link the last answer stays, said to be as old as it is, also when one comes back to a page', async ({ page, mock }) => {
  tellAll(mock);
  await go(page, `${mock.url}/chronicle#${WEEK}&lang=en`, '[data-plot=timeline]');
  await page.getByRole('link', { name: 'Incidents' }).click();
  await expect(page.locator('[data-incident]').first()).toBeVisible();
  await page.context().setOffline(true);
  await expect(page.locator('[data-answer=link]')).toContainText('No link with the server. What is shown is as of 23.03.2025 22:00; nothing later is here.');
  await expect(page.locator('[data-incident]').first()).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.goBack();
  await expect(page.locator('[data-answer=link]')).toContainText('as of 23.03.2025 22:00');
  await expect(page.locator('[data-plot=timeline]')).toBeVisible();
  await page.getByRole('link', { name: 'Figures' }).click();
  await expect(page.locator('[data-answer=link]'), 'what was never asked is not there, and that is said').toContainText('The server does not answer.');
  await page.context().setOffline(false);
  await expect(page.locator('[data-answer=known]')).toBeVisible();
});

test('the chronicle is used by the keyboard alone', async ({ page, mock }) => {
  tellAll(mock);
  await go(page, `${mock.url}/chronicle#${WEEK}&lang=en`, '[data-plot=timeline]');
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  const incidents = page.getByRole('link', { name: 'Incidents' });
  await incidents.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Incidents');
  await expect(incidents).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('link', { name: incident.id }), 'the list comes after its heading').toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: incident.id })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(incident.id);
});
