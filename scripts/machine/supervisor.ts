import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { env, forgetEnv } from '#lib/config/server.ts';
import { applyMigrations, disconnectDatabase } from '#lib/database/server.ts';
import { buildEnvironment, buildNeeded, forgetBuild, NEXT_COMMAND, rememberBuild } from './app-build.ts';
import { type Child, ChildLogs, type ChildPlan, keepRunning, runOnce, stopGroup } from './children.ts';
import {
  type InstanceName,
  instanceDir,
  type Runtime,
  readRuntime,
  removeRuntime,
  writeRuntime,
} from './instance.ts';
import { lockInstance } from './instance-lock.ts';
import { type HeldPort, holdPort } from './ports.ts';
import { ensurePostgres, type RunningPostgres } from './postgres.ts';
import { isAlive, mark, signal } from './processes.ts';
import { ensureSecrets } from './secrets.ts';
import { onStopRequest } from './stop-requests.ts';

const HEALTHY_LIMIT_MS = 90_000;
const DATABASE_WATCH_MS = 2_000;

/** What differs between the demo, real use and development. */
export type InstancePlan = {
  readonly name: InstanceName;
  /** `next dev` instead of a build: for people who change Phasegate itself. */
  readonly development?: boolean;
  /** Folders for the Collector when the person set none. */
  readonly telemetryRoots: readonly string[];
  /** Runs once the tables exist, before the app starts. */
  readonly prepare: (machine: Machine) => Promise<void>;
  /** Runs after `prepare`, beside the build and the start of the app. */
  readonly fill?: (machine: Machine) => Promise<void>;
  /** Runs when the app answers and `fill` is done; returns what to print. */
  readonly greet: (machine: Machine) => Promise<string>;
};

/** What a plan may use while it prepares. */
export type Machine = {
  readonly dir: string;
  readonly url: string;
  /** Where the app is reached from this machine. */
  readonly localUrl: string;
  readonly say: (line: string) => void;
  readonly environment: () => NodeJS.ProcessEnv;
  /** Runs a script of ours to its end. */
  readonly run: (name: string, args: readonly string[], extra?: Record<string, string>) => Promise<void>;
  /** Starts a script of ours and keeps it running until the end. */
  readonly keep: (name: string, args: readonly string[], extra?: Record<string, string>) => void;
};

/** Refuses early when the app's port is taken: a build later would be in vain. */
async function requirePort(host: string, port: number): Promise<void> {
  await new Promise<void>((done, reject) => {
    const probe = createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') {
        reject(new Error(`Port ${port} is already in use. Choose another one: PORT=${port + 1} npm run …`));
      } else if (cause.code === 'EACCES') {
        reject(
          new Error(`Port ${port} may not be used by this user. Choose one above 1023: PORT=3000 npm run …`),
        );
      } else reject(new Error(`cannot listen on ${host}:${port}: ${cause.message}`));
    });
    probe.listen(port, host, () => probe.close(() => done()));
  });
}

/** Ends what a killed supervisor left behind, except PostgreSQL, which is used again. */
async function clearLeftovers(name: InstanceName, say: (line: string) => void): Promise<void> {
  const left = readRuntime(name);
  if (left === undefined || isAlive(left.supervisor)) return;
  const alive = left.children.filter((child) => isAlive(child.process));
  if (alive.length > 0)
    say(`Ending what a killed start left behind: ${alive.map((child) => child.name).join(', ')}`);
  await Promise.all(alive.map((child) => stopGroup(child.process)));
  await removeRuntime(name);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    return response.status < 500;
  } catch {
    return false; // not listening yet
  }
}

/**
 * Runs one instance until somebody ends it: database, migrations, build, app, runner, and what the plan adds.
 * Everything it started is stopped in order, within ten seconds, when it ends. Errors: one message, exit code 1.
 */
export async function supervise(plan: InstancePlan): Promise<void> {
  const supervisor = new Supervisor(plan);
  onStopRequest(
    (why) => {
      supervisor.say(`\nStopping (${why}) …`);
      void supervisor.stop().then(
        () => process.exit(0),
        (cause: unknown) => fail(cause),
      );
    },
    () => {
      supervisor.kill();
      process.exit(130);
    },
  );
  try {
    await supervisor.start();
  } catch (cause) {
    if (supervisor.stopping) return; // its children ended because we ended them
    process.stderr.write(`\n${cause instanceof Error ? cause.message : String(cause)}\n`);
    await supervisor.stop();
    process.exit(1);
  }
}

function fail(cause: unknown): never {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exit(1);
}

class Supervisor {
  stopping = false;
  readonly #plan: InstancePlan;
  readonly #dir: string;
  readonly #startedMs = performance.now();
  #children: Child[] = [];
  #logs: ChildLogs | undefined;
  #postgres: RunningPostgres | undefined;
  #unlock: (() => Promise<void>) | undefined;
  #runtime: Runtime | undefined;
  #writing: Promise<void> = Promise.resolve();
  #databaseWatch: NodeJS.Timeout | undefined;
  #databaseStart: Promise<RunningPostgres> | undefined;
  #embeddedRunner = false;
  #runnerPort: HeldPort | undefined;

  constructor(plan: InstancePlan) {
    this.#plan = plan;
    this.#dir = instanceDir(plan.name);
  }

  say(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  async start(): Promise<void> {
    const plan = this.#plan;
    process.env.PHASEGATE_MODE = plan.name;
    Object.assign(process.env, { NODE_ENV: plan.development ? 'development' : 'production' });
    const port = env().port;
    // The demo's passwords are known to everybody: it stays on this machine unless HOST says otherwise.
    const host = env().host ?? (plan.name === 'demo' ? '127.0.0.1' : '0.0.0.0');
    this.#unlock = await lockInstance(plan.name);
    await clearLeftovers(plan.name, (line) => this.say(line));
    await requirePort(host, port);
    await this.#setEnvironment(port);
    this.#logs = new ChildLogs(join(this.#dir, 'logs'));
    this.#runtime = this.#newRuntime();
    this.#changed();

    const machine = this.#machine(port);
    const prepared = this.#database().then(() => plan.prepare(machine));
    const filled = prepared.then(() => plan.fill?.(machine));
    // The app starts as soon as it can; a failure of any of them ends the start.
    await Promise.race([
      Promise.all([this.#build(), prepared]),
      filled.then(() => new Promise(() => undefined)),
    ]);
    if (this.stopping) return;

    const next = plan.development ? 'dev' : 'start';
    this.#keep('app', [NEXT_COMMAND, next, '--port', String(port), '--hostname', host]);
    await this.#waitFor('app', machine.localUrl);
    if (this.stopping) return;
    if (this.#embeddedRunner) {
      // After the app, which it asks for its functions.
      await this.#runnerPort?.release();
      this.#keep('runner', ['inngest/embedded/main.ts']);
      await this.#waitFor('runner', `http://127.0.0.1:${env().runnerPort}/health`);
    }
    await filled;
    if (this.stopping) return;
    const greeting = await plan.greet(machine);
    await disconnectDatabase(); // the supervisor itself needs none from here on
    if (this.#runtime) this.#runtime = { ...this.#runtime, state: 'running' };
    this.#changed();
    this.say(greeting);
    this.say(
      `Started in ${Math.round((performance.now() - this.#startedMs) / 1000)} s. Ctrl-C stops everything.`,
    );
  }

  async #setEnvironment(port: number): Promise<void> {
    const plan = this.#plan;
    const secrets = await ensureSecrets(this.#dir);
    const url = env().appUrl;
    const defaults: Record<string, string> = {
      PORT: String(port),
      PHASEGATE_URL: url,
      NEXTAUTH_URL: url,
      NEXTAUTH_SECRET: secrets.nextauthSecret,
      TELEMETRY_ROOTS: plan.telemetryRoots.map((root) => resolve(root)).join(':'),
      NEXT_TELEMETRY_DISABLED: '1',
    };
    this.#embeddedRunner = wantsEmbeddedRunner();
    if (this.#embeddedRunner) {
      // Held until the runner starts, minutes from now: another Phasegate on this machine would take it, and answer for it.
      this.#runnerPort = await holdPort(env().runnerPort);
      const runnerPort = this.#runnerPort.port;
      process.env.RUNNER_PORT = String(runnerPort);
      Object.assign(defaults, {
        INNGEST_SIGNING_KEY: secrets.inngestSigningKey,
        INNGEST_EVENT_KEY: secrets.inngestEventKey,
        INNGEST_BASE_URL: `http://127.0.0.1:${runnerPort}`,
      });
    }
    for (const [name, value] of Object.entries(defaults)) {
      if ((process.env[name] ?? '').trim() === '') process.env[name] = value;
    }
    forgetEnv();
  }

  #newRuntime(): Runtime {
    const supervisor = mark(process.pid);
    if (supervisor === undefined) throw new Error('cannot read when this process started');
    const shared = [
      'PORT',
      'PHASEGATE_MODE',
      'PHASEGATE_URL',
      'PHASEGATE_REHEARSAL',
      'TELEMETRY_ROOTS',
      'GOVERNANCE_DIR',
      'NEXTAUTH_URL',
      'NEXTAUTH_SECRET',
      'INNGEST_SIGNING_KEY',
      'INNGEST_EVENT_KEY',
      'INNGEST_BASE_URL',
      'RUNNER_PORT',
    ];
    const environment = Object.fromEntries(
      shared.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    );
    return {
      name: this.#plan.name,
      supervisor,
      state: 'starting',
      url: env().appUrl,
      databaseUrl: null,
      postgres: null,
      children: [],
      environment,
    };
  }

  /** Writes runtime.json after every change, one write after the other. */
  #changed(): void {
    this.#writing = this.#writing
      .then(async () => {
        if (this.#runtime === undefined) return;
        const children = this.#children.flatMap((child) => {
          const current = child.current();
          return current ? [{ name: child.name, process: current }] : [];
        });
        await writeRuntime({ ...this.#runtime, children });
      })
      .catch((cause: unknown) => this.say(`cannot write runtime.json: ${String(cause)}`));
  }

  async #build(): Promise<void> {
    if (this.#plan.development) return;
    const hash = await buildNeeded();
    if (hash === undefined) return;
    const other = readRuntime(this.#plan.name === 'demo' ? 'live' : 'demo');
    if (other !== undefined && isAlive(other.supervisor)) {
      throw new Error(
        `The sources changed, but the ${other.name} instance runs from the same build. Stop it first.`,
      );
    }
    this.say('Building the app (only when its sources changed) …');
    await forgetBuild();
    await this.#runOnce({ name: 'build', args: [NEXT_COMMAND, 'build'], env: buildEnvironment() });
    await rememberBuild(hash);
    this.say(`The app is built (${this.#seconds()}).`);
  }

  #seconds(): string {
    return `${Math.round((performance.now() - this.#startedMs) / 1000)} s`;
  }

  async #database(): Promise<void> {
    if ((process.env.DATABASE_URL ?? '').trim() === '') {
      await this.#startPostgres();
      this.#databaseWatch = setInterval(() => void this.#restartPostgres(), DATABASE_WATCH_MS);
    }
    const applied = await applyMigrations(env().databaseUrl);
    if (this.#runtime) this.#runtime = { ...this.#runtime, databaseUrl: env().databaseUrl };
    this.#changed();
    this.say(
      `The database is ready (${this.#seconds()}${applied.length > 0 ? `, migrations: ${applied.length}` : ''}).`,
    );
  }

  async #startPostgres(): Promise<void> {
    this.#databaseStart = ensurePostgres({ dir: this.#dir });
    this.#postgres = await this.#databaseStart;
    if (this.#postgres.reused)
      this.say('PostgreSQL was still running from a start that was killed; using it.');
    process.env.DATABASE_URL = this.#postgres.url;
    forgetEnv();
    if (this.#runtime) this.#runtime = { ...this.#runtime, postgres: this.#postgres.process };
    this.#changed();
  }

  #restarting = false;
  async #restartPostgres(): Promise<void> {
    if (this.#restarting || this.stopping || !this.#postgres || isAlive(this.#postgres.process)) return;
    this.#restarting = true;
    this.say('PostgreSQL ended; starting it again.');
    try {
      await this.#startPostgres();
    } catch (cause) {
      this.say(`PostgreSQL did not start again: ${cause instanceof Error ? cause.message : String(cause)}`);
    } finally {
      this.#restarting = false;
    }
  }

  #machine(port: number): Machine {
    return {
      dir: this.#dir,
      url: env().appUrl,
      localUrl: `http://127.0.0.1:${port}`,
      say: (line) => this.say(line),
      environment: () => ({ ...process.env }),
      run: (name, args, extra) => this.#runOnce({ name, args, env: { ...process.env, ...extra } }),
      keep: (name, args, extra) => this.#keep(name, args, extra),
    };
  }

  async #runOnce(plan: ChildPlan): Promise<void> {
    if (this.#logs === undefined || this.stopping) throw new Error('stopping');
    let handle: Child | undefined;
    await runOnce(plan, this.#logs, (child) => {
      handle = child;
      this.#children.push(child);
      this.#changed();
    });
    this.#children = this.#children.filter((child) => child !== handle);
    this.#changed();
  }

  #keep(name: string, args: readonly string[], extra: Record<string, string> = {}): void {
    if (this.#logs === undefined || this.stopping) return;
    const child = keepRunning({ name, args, env: { ...process.env, ...extra } }, this.#logs, {
      changed: () => this.#changed(),
      say: (line) => this.say(line),
    });
    this.#children.push(child);
    this.#changed();
  }

  async #waitFor(name: string, url: string): Promise<void> {
    const deadline = performance.now() + HEALTHY_LIMIT_MS;
    while (!(await answers(url))) {
      if (this.stopping) return;
      if (performance.now() > deadline) {
        throw new Error(`The ${name} does not answer; end of its log:\n${this.#logs?.tail(name, 25) ?? ''}`);
      }
      await sleep(100);
    }
  }

  /** First what asks (emitter, runner, build), then the app, last the database. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.#databaseWatch);
    if (this.#runtime) this.#runtime = { ...this.#runtime, state: 'stopping' };
    this.#changed();
    const app = this.#children.filter((child) => child.name === 'app');
    const others = this.#children.filter((child) => child.name !== 'app');
    await Promise.all(others.map((child) => child.stop()));
    await Promise.all(app.map((child) => child.stop()));
    // A request to stop may come while the database is still starting.
    const starting = this.#databaseStart?.catch(() => undefined);
    await (await starting)?.stop();
    await this.#writing;
    if (this.#runtime) await removeRuntime(this.#plan.name);
    await this.#unlock?.();
  }

  kill(): void {
    for (const child of this.#children) child.kill();
    if (this.#postgres && isAlive(this.#postgres.process)) signal(this.#postgres.process.pid, 'SIGQUIT');
  }
}

/** Whether functions run in our own runner, not in an Inngest server or cloud that the person configured. */
function wantsEmbeddedRunner(): boolean {
  const { baseUrl, signingKey } = env().inngest;
  return baseUrl === undefined && signingKey === undefined;
}
