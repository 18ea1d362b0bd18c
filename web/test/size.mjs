// Weighs what a reader waits for: the scripts and styles before the first words, and the map after them.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';

const FIRST_KB_MAX = 40;
const dist = new URL('../dist/', import.meta.url).pathname;
const html = readFileSync(join(dist, 'index.html'), 'utf8');
let first = 0;
let rest = 0;
for (const name of readdirSync(join(dist, 'assets'))) {
  const size = gzipSync(readFileSync(join(dist, 'assets', name)), { level: 9 }).length;
  if (html.includes(name)) first += size;
  else rest += size;
}
const kb = (bytes) => (bytes / 1000).toFixed(1);
console.log(`page: ${kb(first)} kB before the first words (limit ${FIRST_KB_MAX}), ${kb(rest)} kB with the map after them, gzip`);
if (!html.includes('<!--allclear:plain-->')) {
  console.error('page: dist/index.html lost the place of the plain list');
  process.exit(1);
}
if (first > FIRST_KB_MAX * 1000) process.exit(1);
