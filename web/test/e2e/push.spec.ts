/**
 * "Notify me": the page subscribes the browser, the real program sends the first message, and the service worker shows what comes.
 *
 * A browser under test has no push service to speak to: its subscription is invented here and leads to a receiver of our own, and
 * messages reach the worker by the browser's own tools. What the program encrypts is checked in crates/allclear/tests/push.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { BrowserContext } from '@playwright/test';
import { axe, expect, KONOTOP, mine, open, test as base, type Page } from './fixtures';

interface Service {
  endpoint: string;
  came: IncomingHttpHeaders[];
  /** What it answers from now on. */
  answers(status: number): void;
}

const test = base.extend<{ service: Service }>({
  serverOptions: { push: '[push]\nprivate = true\n' },
  service: async ({}, use) => {
    const came: IncomingHttpHeaders[] = [];
    let status = 201;
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        came.push(request.headers);
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    await use({ endpoint: `http://127.0.0.1:${address.port}/push/one`, came, answers: (next) => void (status = next) });
    server.close();
  },
});
test.use({ serviceWorkers: 'allow' });

/** Gives the browser a push service: PushManager with one subscription, kept over reloads. */
async function withPush(context: BrowserContext, page: Page, url: string, endpoint: string): Promise<void> {
  await context.grantPermissions(['notifications'], { origin: url });
  await page.addInitScript((endpoint) => {
    const base64url = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const made = async (key: string): Promise<PushSubscription> => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
      const keys = { p256dh: base64url(await crypto.subtle.exportKey('raw', pair.publicKey)), auth: base64url(crypto.getRandomValues(new Uint8Array(16)).buffer) };
      const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
      localStorage.setItem('invented', key);
      return {
        endpoint,
        options: { userVisibleOnly: true, applicationServerKey: bytes.buffer },
        toJSON: () => ({ endpoint, expirationTime: null, keys }),
        unsubscribe: async () => (localStorage.removeItem('invented'), true),
      } as unknown as PushSubscription;
    };
    PushManager.prototype.getSubscription = async () => {
      const key = localStorage.getItem('invented');
      return key === null ? null : made(key);
    };
    PushManager.prototype.subscribe = (options) => made(options?.applicationServerKey as string);
    // Headless browsers answer for themselves, whatever was granted.
    Notification.requestPermission = async () => 'granted';
  }, endpoint);
}

const fold = (page: Page) => mine(page).locator('.notify');

test('a reader switches push messages on and off, and is told first that they are never the only channel', async ({ context, page, server, service }) => {
  await withPush(context, page, server.url, service.endpoint);
  await open(page, server.url, { area: KONOTOP.raion });
  await fold(page).locator('summary').click();
  await expect(fold(page)).toContainText('Push ніколи не єдиний канал');
  await expect(fold(page)).toContainText('не знає');
  expect(await axe(page)).toEqual([]);
  await fold(page).getByRole('button', { name: 'Сповіщати мене' }).click();
  await expect(fold(page).getByRole('status')).toContainText('Сповіщення увімкнено: Конотопський район');
  expect(service.came.length, 'a first message, before anything was kept').toBe(1);
  expect(service.came[0]).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'normal' });
  await server.say('official', 'Повітряна тривога в Конотопський район');
  await expect.poll(() => service.came.map((headers) => headers.urgency)).toEqual(['normal', 'high']);
  // The page remembers it, in the other language too.
  await open(page, server.url, { area: KONOTOP.raion, lang: 'en' });
  await page.reload();
  await fold(page).locator('summary').click();
  await expect(fold(page)).toContainText('Push is never the only channel');
  await fold(page).getByRole('button', { name: 'Notify me no more' }).click();
  await expect(fold(page).getByRole('button', { name: 'Notify me', exact: true })).toBeVisible();
  await server.say('official', 'Відбій тривоги в Конотопський район');
  await expect(mine(page)).toHaveAttribute('data-state', 'clear');
  expect(service.came.length).toBe(2);
});

test('a device that the server cannot reach is told so, and is not left believing that it will be warned', async ({ context, page, server, service }) => {
  await withPush(context, page, server.url, service.endpoint);
  service.answers(410);
  await open(page, server.url, { area: KONOTOP.raion });
  await fold(page).locator('summary').click();
  await fold(page).getByRole('button', { name: 'Сповіщати мене' }).click();
  await expect(fold(page).getByRole('status')).toContainText('Сервер не зміг надіслати перше сповіщення');
  await expect(fold(page).getByRole('button', { name: 'Більше не сповіщати' })).toHaveCount(0);
});

test('the service worker shows a message with its time, keeps the newer one, and says when it cannot read one', async ({ context, page, server, service }) => {
  await withPush(context, page, server.url, service.endpoint);
  await open(page, server.url, { area: KONOTOP.raion });
  const tools = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    tools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      const ready = versions.find((one) => one.status === 'activated');
      if (ready !== undefined) resolve(ready.registrationId);
    });
  });
  await tools.send('ServiceWorker.enable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
  });
  const registrationId = await registered;
  const push = (data: string) => tools.send('ServiceWorker.deliverPushMessage', { origin: server.url, registrationId, data });
  const shown = () =>
    page.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      return (await worker.getNotifications()).map((one) => `${one.title} | ${one.body}`).sort();
    });
  const message = (seq: number, state: string, title: string) =>
    JSON.stringify({ v: 1, status: 'actual', seq, as_of: '2026-11-23T01:12:00.000Z', community: KONOTOP.raion, state, lang: 'uk', title, body: 'Слова.' });
  await push(message(7, 'active', 'Тривога'));
  await expect.poll(shown).toEqual(['Тривога | Слова. Стан на 03:12.']);
  await push(message(9, 'clear', 'Відбій'));
  await expect.poll(shown).toEqual(['Відбій | Слова. Стан на 03:12.']);
  await push(message(8, 'active', 'Запізніле'));
  await push('nonsense');
  await expect.poll(shown).toEqual([expect.stringContaining('AllClear | Надійшло сповіщення, яке не вдалося прочитати'), 'Відбій | Слова. Стан на 03:12.']);
});
