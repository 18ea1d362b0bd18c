/**
 * The real program under test: its own folder, its own port, two sources that speak by POST.
 *
 * The program is the one named by ALLCLEAR_BIN, else the one `cargo build` made.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../../target/debug/allclear', import.meta.url));

export interface Server {
  url: string;
  /** The program and the folder of its record. */
  program: string;
  record: string;
  /** Says something in the name of a source; settles when the program has it in its record. */
  say(source: 'official' | 'monitor', text: string): Promise<Answer>;
  /** Ends the program as a power cut would. */
  kill(): Promise<void>;
  /** Makes it stand still, with every connection open, until `wake`. */
  freeze(): void;
  wake(): void;
  /** Starts it again on the same folder and port. */
  start(): Promise<void>;
  /** Ends it and removes its folder; gives what it wrote to standard error. */
  stop(): Promise<string>;
}

export interface Answer {
  accepted: { event: number; seq: number; items: number; refused: string[]; repeated: boolean }[];
}

export interface ServerOptions {
  status?: 'actual' | 'exercise';
  /** Silence after which the official source is not believed. */
  staleAfterS?: number;
  /** A centre of its own: authority mode, an officer with this token, and a siren whose broker is away. */
  officer?: string;
  /** The table `[push]`. */
  push?: string;
  /** What is in the record before the program starts: `import` with each of these, and people who may review it. */
  chronicle?: { imports: { words: string[]; text: string }[]; reviewers: { name: string; token: string; may: string[] }[] };
}

/** Port 9 is nobody's broker. The key is that of a device that does not exist. */
const DESK = `
[[officer]]
name = "duty"
token_file = "officer.token"
[[mqtt]]
name = "field"
broker = "127.0.0.1:9"
[sirens]
mqtt = "field"
[[siren]]
id = "konotop-01"
community = "UA59020070000032449"
key = "siren-key:qyUAe5aWDlPTJf5HCIzQkZOODAq9lKetMxRppu1J4Es="
`;

export async function serve(options: ServerOptions = {}): Promise<Server> {
  const program = process.env.ALLCLEAR_BIN ?? BUILT;
  if (!existsSync(program)) throw new Error(`find the program at ${program}: run cargo build, or name it in ALLCLEAR_BIN`);
  const folder = mkdtempSync(join(tmpdir(), 'allclear-page-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'allclear.toml');
  writeFileSync(
    config,
    `[server]
listen = "127.0.0.1:${port}"
status = "${options.status ?? 'actual'}"
mode = "${options.officer === undefined ? 'relay' : 'authority'}"
[store]
path = "record"
[[feed]]
name = "official"
kind = "post"
official = true
stale_after_s = ${options.staleAfterS ?? 600}
[[feed]]
name = "monitor"
kind = "post"
official = false
trust = 0.9
stale_after_s = 600
${options.officer === undefined ? '' : DESK}${options.push ?? ''}${(options.chronicle?.reviewers ?? []).map(({ name, may }) => `
[[reviewer]]
name = "${name}"
token_file = "${name}.token"
may = ${JSON.stringify(may)}`).join('')}
`,
  );
  const record = join(folder, 'record');
  for (const { name, token } of options.chronicle?.reviewers ?? []) writeFileSync(join(folder, `${name}.token`), token);
  for (const [n, { words, text }] of (options.chronicle?.imports ?? []).entries()) {
    const file = join(folder, `import-${n}`);
    writeFileSync(file, text);
    const world = options.status === 'exercise' ? ['--exercise'] : [];
    execFileSync(program, ['import', ...words, ...world, '--store', record, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  writeFileSync(join(folder, 'officer.token'), options.officer ?? 'nobody is on duty');
  let child: ChildProcess | null = null;
  let wrote = '';

  const start = async (): Promise<void> => {
    const started = spawn(program, ['run', '--config', config], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    started.stderr?.on('data', (piece: Buffer) => (wrote += piece.toString()));
    const deadline = Date.now() + 20_000;
    for (;;) {
      if (started.exitCode !== null) throw new Error(`the program ended with ${started.exitCode}:\n${wrote}`);
      const ready = await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return;
      if (Date.now() > deadline) throw new Error(`the program is not ready after 20 s:\n${wrote}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await ended;
  };
  await start();
  return {
    url,
    program,
    record,
    start,
    kill: () => end('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    wake: () => void child?.kill('SIGCONT'),
    async stop() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      return wrote;
    },
    async say(source, text) {
      const answer = await fetch(`${url}/api/v1/reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ source, text, status: options.status ?? 'actual' }),
      });
      const body: unknown = await answer.json();
      if (!answer.ok) throw new Error(`say ${JSON.stringify(text)}: ${answer.status} ${JSON.stringify(body)}`);
      return body as Answer;
    },
  };
}

/** Each worker has ports of its own, below those that the system gives to connections (Linux: from 32768). */
let next = 27_000 + 1000 * Number(process.env.TEST_PARALLEL_INDEX ?? 0);

/** A port that nobody listens on, and that nobody's connection takes before it is listened on. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const port = next++;
    const free = await new Promise<boolean>((resolve) => {
      const door = createServer();
      door.once('error', () => resolve(false));
      door.listen(port, '127.0.0.1', () => door.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error('find a free port: a thousand of them are taken');
}
