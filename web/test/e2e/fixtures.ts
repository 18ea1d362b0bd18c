/** A page that may speak to its own server only, and keeps count of what went wrong in it. */
import { test as base, expect, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { serve, type Server, type ServerOptions } from './server';

export { expect, type Page };

interface Fixtures {
  serverOptions: ServerOptions;
  server: Server;
  /** Everything that went wrong in the page: errors, refusals of the policy, requests to elsewhere. */
  faults: string[];
}

export const test = base.extend<Fixtures>({
  serverOptions: [{}, { option: true }],
  server: async ({ serverOptions }, use) => {
    const server = await serve(serverOptions);
    await use(server);
    await server.stop();
  },
  faults: [
    async ({ context, page }, use) => {
      const faults: string[] = [];
      await context.route('**', async (route) => {
        const { hostname } = new URL(route.request().url());
        if (hostname === '127.0.0.1') return route.fallback();
        faults.push(`asked ${route.request().url()}`);
        await route.abort();
      });
      page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
      page.on('console', (message) => {
        // A server that is down is what some tests are about; Chromium reports it as an error of the console.
        const aboutLink = /net::ERR_|Failed to load resource/.test(message.text());
        if (message.type() === 'error' && !aboutLink) faults.push(`console: ${message.text()}`);
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export const KONOTOP = { raion: 'UA59020000000081905', hromada: 'UA59020070000032449' };

/** Opens the page for one community. */
export async function open(page: Page, url: string, options: { area?: string; lang?: string; theme?: string } = {}): Promise<void> {
  const hash = new URLSearchParams({ lang: 'uk', ...options });
  await page.goto(`${url}/#${hash}`);
  await expect(page.locator('#mine')).toBeVisible();
}

/** The card of my community. */
export const mine = (page: Page) => page.locator('#mine');

/** What axe finds, short enough to read. */
export async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help}: ${n.target.join(' ')}: ${n.failureSummary ?? ''}`));
}
