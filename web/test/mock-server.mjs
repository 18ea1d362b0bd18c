// A server that says what it is told: for drawing the page while no program runs, and for states that are hard to bring
// about with one. `node test/mock-server.mjs [PORT]` serves dist/ and a small invented country; POST /mock takes
// {"event", "data"} and sends it to every open stream; POST /mock/silence makes every stream, old and new, silent until the next frame.
// `tell` gives what a path of the API answers, for pages that ask instead of listening.
// MOCK_OUTLINES and MOCK_AREAS may name files in the shapes of /api/v1/areas.geojson and /api/v1/areas.json.
import { createServer } from 'node:http';
import { readFileSync, existsSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invented, snapshotOf } from './mock-country.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
// The policy of the real server, so that what it forbids fails here too.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Starts it; gives its address and the means to speak. */
export async function startMock({ port = 0, country = invented(), heartbeatMs = 5000 } = {}) {
  let snapshot = snapshotOf(country);
  let silent = false;
  const open = new Set();
  const told = new Map();
  const write = (to, event, data) => {
    const id = event === 'snapshot' || event === 'change' ? `id: ${data.seq}\n` : '';
    to.write(`event: ${event}\n${id}data: ${JSON.stringify(data)}\n\n`);
  };
  const send = (event, data) => {
    silent = false;
    if (event === 'snapshot') snapshot = data;
    for (const to of open) write(to, event, data);
  };
  const beat = setInterval(() => {
    if (silent) return;
    const now = new Date().toISOString();
    for (const to of open) write(to, 'heartbeat', { seq: snapshot.seq, as_of: now, server_time: now, speed: snapshot.speed, sources: snapshot.sources });
  }, heartbeatMs);
  const answer = (response, type, body) => response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    if (path === '/api/v1/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      if (!silent) write(response, 'snapshot', snapshot);
      open.add(response);
      request.on('close', () => open.delete(response));
    } else if (path === '/api/v1/areas.geojson') answer(response, 'application/geo+json', JSON.stringify(country.outlines));
    else if (path === '/api/v1/areas.json') answer(response, 'application/json', JSON.stringify(country.areas));
    else if (request.method === 'POST' && path.startsWith('/mock')) {
      let text = '';
      request.on('data', (piece) => (text += piece));
      request.on('end', () => {
        if (path === '/mock/silence') silent = true;
        else {
          const { event, data } = JSON.parse(text);
          send(event, data);
        }
        response.end('{}\n');
      });
    } else if (told.has(path)) {
      const { status, body } = told.get(path);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    } else if (path === '/healthz') response.writeHead(200, { 'x-allclear-status': snapshot.status }).end();
    else {
      // As the program serves them: a page by its name without an ending.
      const page = path === '/' ? '/index.html' : existsSync(join(dist, `${normalize(path)}.html`)) ? `${path}.html` : path;
      const file = join(dist, normalize(page));
      if (!file.startsWith(dist) || !existsSync(file)) response.writeHead(404).end();
      else answer(response, TYPES[extname(file)] ?? 'application/octet-stream', readFileSync(file));
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    send,
    remember: (next) => (snapshot = next),
    silence: () => (silent = true),
    tell: (path, body, status = 200) => void told.set(path, { status, body }),
    close: () => {
      clearInterval(beat);
      for (const to of open) to.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const country = invented();
  if (process.env.MOCK_OUTLINES) country.outlines = JSON.parse(readFileSync(process.env.MOCK_OUTLINES, 'utf8'));
  if (process.env.MOCK_AREAS) country.areas = JSON.parse(readFileSync(process.env.MOCK_AREAS, 'utf8'));
  const mock = await startMock({ port: Number(process.argv[2] ?? 8081), country });
  console.log(`the mock answers at ${mock.url}`);
}
