/** The system's Chromium and how it is started without a screen, a graphics card or a word to anyone outside. */
import { existsSync } from 'node:fs';
import type { LaunchOptions } from '@playwright/test';

const NAMES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function chromium(): string {
  const named = process.env.CHROMIUM_PATH ?? process.env.CHROMIUM_BIN;
  if (named !== undefined) return named;
  const found = NAMES.find((name) => existsSync(name));
  if (found === undefined) throw new Error('find Chromium: apt-get install chromium, or name it in CHROMIUM_PATH');
  return found;
}

const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** With drawing in software, so that the map works everywhere. */
export const LAUNCH: LaunchOptions = {
  executablePath: chromium(),
  args: [...QUIET, '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
};

/** A browser without WebGL. */
export const LAUNCH_PLAIN: LaunchOptions = {
  executablePath: chromium(),
  args: [...QUIET, '--disable-gpu', '--disable-3d-apis', '--disable-webgl', '--disable-webgl2'],
};
