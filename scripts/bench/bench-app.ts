import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetEnv } from '#lib/config/server.ts';
import { applyMigrations, disconnectDatabase } from '#lib/database/server.ts';
import { buildEnvironment, NEXT_COMMAND, sourcesHash } from '../machine/app-build.ts';
import { freePort } from '../machine/ports.ts';
import { ensurePostgres } from '../machine/postgres.ts';
import { ensureSecrets } from '../machine/secrets.ts';

const START_LIMIT_MS = 120_000;
const COPIED = [
  'app',
  'components',
  'governance',
  'inngest',
  'instrumentation.ts',
  'lib',
  'messages',
  'public',
  'templates',
  'next.config.js',
  'package.json',
  'postcss.config.mjs',
  'tsconfig.json',
];

export type BenchApp = {
  readonly url: string;
  /** What the bare routes answer: a file to write before they are asked for the first time. */
  readonly answersFile: string;
  readonly stop: () => Promise<void>;
};

/** Names of the routes that answer a constant and know nothing of Phasegate, at /bench/<name>. */
export const BARE_ROUTES = ['single', 'bulk'] as const;

/**
 * Builds a copy of the app with bare routes beside its own, and runs it in production with the embedded runner and a
 * PostgreSQL of its own, as the demo does. The copy is what keeps the bare routes out of what ships. This process then
 * works on the same database and `governance`. Errors: the log of what did not build or start.
 */
export async function startBenchApp(options: {
  governanceDir: string;
  prepare: () => Promise<void>;
  say: (line: string) => void;
}): Promise<BenchApp> {
  const dir = await mkdtemp(join(tmpdir(), 'phasegate-bench-app-'));
  await chmod(dir, 0o755); // as root, the database server's own user must be able to enter it
  const root = resolve('.data/bench/app'); // inside the repository, so that node_modules is found above it
  const log = createWriteStream(join(dir, 'app.log'));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
    await disconnectDatabase();
    log.end();
    await rm(dir, { recursive: true, force: true });
  };
  const start = (args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const ended = new Promise<number | null>((done) => {
      child.once('exit', (code) => done(code));
    });
    return { child, ended };
  };
  try {
    const hash = await sourcesHash();
    const stamp = join(root, 'built-from');
    if ((await readFile(stamp, 'utf8').catch(() => '')) !== hash) {
      options.say('building the app with bare routes beside its own');
      await rm(root, { recursive: true, force: true });
      await copyApp(root);
      const build = start([resolve(NEXT_COMMAND), 'build'], root, buildEnvironment());
      if ((await build.ended) !== 0) throw new Error('the app did not build');
      await writeFile(stamp, hash);
    }

    const postgres = await ensurePostgres({ dir: join(dir, 'server') });
    stops.push(() => postgres.stop());
    const secrets = await ensureSecrets(dir);
    const [port, runnerPort] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    const answersFile = join(dir, 'answers.json');
    await mkdir(join(dir, 'telemetry'));
    Object.assign(process.env, {
      NODE_ENV: 'production',
      PHASEGATE_MODE: 'live',
      PHASEGATE_URL: url,
      NEXTAUTH_URL: url,
      PORT: String(port),
      RUNNER_PORT: String(runnerPort),
      DATABASE_URL: postgres.url,
      PHASEGATE_DATA_DIR: dir,
      TELEMETRY_ROOTS: join(dir, 'telemetry'),
      GOVERNANCE_DIR: options.governanceDir,
      NEXTAUTH_SECRET: secrets.nextauthSecret,
      INNGEST_SIGNING_KEY: secrets.inngestSigningKey,
      INNGEST_EVENT_KEY: secrets.inngestEventKey,
      INNGEST_BASE_URL: `http://127.0.0.1:${runnerPort}`,
      LOG_LEVEL: 'warn',
      BENCH_ANSWERS: answersFile,
    });
    forgetEnv();
    await applyMigrations(postgres.url);
    await options.prepare();
    const keep = (args: readonly string[], cwd: string) => {
      const { child, ended } = start(args, cwd, { ...process.env });
      stops.push(async () => {
        child.kill('SIGTERM');
        await ended;
      });
    };
    keep([resolve(NEXT_COMMAND), 'start', '--port', String(port), '--hostname', '127.0.0.1'], root);
    await answering(`${url}/api/health/cycle`);
    keep(['inngest/embedded/main.ts'], process.cwd());
    await answering(`http://127.0.0.1:${runnerPort}/health`);
    return { url, answersFile, stop };
  } catch (error) {
    const said = await readFile(join(dir, 'app.log'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${said.slice(-4000)}`, {
      cause: error,
    });
  }
}

async function copyApp(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const filter = (source: string) => !/\.(test|int)\.tsx?$/.test(source);
  for (const part of COPIED) await cp(part, join(root, part), { recursive: true, filter });
  // Types are checked by `npm test`; here only speed counts.
  await rename(join(root, 'next.config.js'), join(root, 'next.config.app.js'));
  await writeFile(
    join(root, 'next.config.js'),
    "import config from './next.config.app.js';\nexport default { ...config, typescript: { ignoreBuildErrors: true } };\n",
  );
  for (const name of BARE_ROUTES) {
    const folder = join(root, 'app', 'bench', name);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'route.js'),
      [
        "import { readFileSync } from 'node:fs';",
        'let answer;',
        'export async function POST() {',
        `  answer ??= JSON.parse(readFileSync(process.env.BENCH_ANSWERS, 'utf8')).${name};`,
        '  return Response.json(answer);',
        '}',
        '',
      ].join('\n'),
    );
  }
}

async function answering(url: string): Promise<void> {
  const giveUpAt = performance.now() + START_LIMIT_MS;
  while (performance.now() < giveUpAt) {
    const response = await fetch(url).catch(() => null); // not listening yet
    if (response !== null && response.status < 500) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}
