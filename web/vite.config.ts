// Builds the page into dist/, which the program embeds. No address but its own server's ever appears in it.
import { defineConfig } from 'vitest/config';
import solid from 'vite-plugin-solid';

const server = process.env.ALLCLEAR_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [solid()],
  base: '/',
  build: {
    target: 'es2022',
    // The page for everyone; the officer's desk, the chronicle and its review share only words and looks with it.
    rollupOptions: { input: ['index.html', 'officer.html', 'chronicle.html', 'review.html'] },
    // No data: addresses in scripts and styles of our own: the policy of the server allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1300,
  },
  server: { proxy: { '/api': server } },
  test: { include: ['test/unit/**/*.test.ts'], environment: 'node' },
});
