import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { env } from '#lib/config/server.ts';
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
import { completeEnvironment, sharedEnvironment } from './instance-environment.ts';
import { lockInstance } from './instance-lock.ts';
import type { InstancePlan, Machine } from './instance-plan.ts';
import { KeptPostgres } from './kept-postgres.ts';
import { type HeldPort, requirePort } from './ports.ts';
import { isAlive, mark } from './processes.ts';
import { onStopRequest } from './stop-requests.ts';

const HEALTHY_LIMIT_MS = 90_000;

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
  #postgres: KeptPostgres | undefined;
  #unlock: (() => Promise<void>) | undefined;
  #runtime: Runtime | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** null: functions run in an Inngest server that the person configured. */
  #runnerPort: HeldPort | null = null;

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
    this.#runnerPort = await completeEnvironment(plan, this.#dir, port);
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
    if (this.#runnerPort) {
      // After the app, which it asks for its functions.
      await this.#runnerPort.release();
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

  #newRuntime(): Runtime {
    const supervisor = mark(process.pid);
    if (supervisor === undefined) throw new Error('cannot read when this process started');
    return {
      name: this.#plan.name,
      supervisor,
      state: 'starting',
      url: env().appUrl,
      databaseUrl: null,
      postgres: null,
      children: [],
      environment: sharedEnvironment(),
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
      this.#postgres = new KeptPostgres(this.#dir, {
        say: (line) => this.say(line),
        changed: (process) => {
          if (this.#runtime) this.#runtime = { ...this.#runtime, postgres: process };
          this.#changed();
        },
      });
      await this.#postgres.start();
    }
    const applied = await applyMigrations(env().databaseUrl);
    if (this.#runtime) this.#runtime = { ...this.#runtime, databaseUrl: env().databaseUrl };
    this.#changed();
    this.say(
      `The database is ready (${this.#seconds()}${applied.length > 0 ? `, migrations: ${applied.length}` : ''}).`,
    );
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
    this.#postgres?.stopWatching();
    if (this.#runtime) this.#runtime = { ...this.#runtime, state: 'stopping' };
    this.#changed();
    const app = this.#children.filter((child) => child.name === 'app');
    const others = this.#children.filter((child) => child.name !== 'app');
    await Promise.all(others.map((child) => child.stop()));
    await Promise.all(app.map((child) => child.stop()));
    await this.#postgres?.stop();
    await this.#writing;
    if (this.#runtime) await removeRuntime(this.#plan.name);
    await this.#unlock?.();
  }

  kill(): void {
    for (const child of this.#children) child.kill();
    this.#postgres?.kill();
  }
}
