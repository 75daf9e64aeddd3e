import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { env, log } from '#lib/config/server.ts';
import { callFunction, UnreachableError } from './call-app.client.ts';
import { type Claim, callBody, claimCalls, renewLease } from './claims.store.ts';
import { mendClockSetBack } from './clock.store.ts';
import { registeredFunctions } from './functions.store.ts';
import { createApi } from './http-api.run.ts';
import { applyTransition } from './outcomes.store.ts';
import { RegistrationError } from './registration.ts';
import { checkSigningKey } from './signature.ts';
import { syncApp } from './sync.run.ts';
import { pruneHistory, reportRunner, startCronRuns, untilNextDue, wakeSteps } from './ticks.store.ts';
import { type Transition, transitionOf } from './transition.ts';

export type RunnerSettings = {
  appUrl: string;
  signingKey: string;
  eventKey: string;
  /** 0: any free port. */
  port: number;
  /** A call belongs to its runner for this long and is prolonged while it lasts; after a crash others wait for its end. */
  leaseMs: number;
  /** At least this often the runner looks for due work. */
  pollMs: number;
  /** Calls at a time. */
  maxCalls: number;
  backoff: { baseMs: number; maxMs: number };
  unreachableMs: number;
  callTimeoutMs: number;
  resyncMs: number;
  retainDays: number;
  /** The time that crons go by. */
  clock: () => Date;
};

export const DEFAULT_SETTINGS = {
  leaseMs: 15_000,
  pollMs: 1000,
  maxCalls: 8,
  backoff: { baseMs: 5000, maxMs: 300_000 },
  unreachableMs: 2000,
  callTimeoutMs: 30 * 60_000,
  resyncMs: 60_000,
  retainDays: 30,
} as const;

const PRUNE_EVERY_MS = 3_600_000;
const REPORT_EVERY_MS = 5000;
const APPLY_ATTEMPTS = 6;
/** How long the sender of an event waits for the first registration of the app. */
const REGISTRATION_WAIT_MS = 10_000;

export type Runner = { id: string; port: number; stop: () => Promise<void> };

/**
 * Starts a runner: the event API on 127.0.0.1, the registration of the app's functions, crons, and the calls. All of
 * its state is in PostgreSQL, so that it may be killed at any time and several may share one database.
 * Errors: a refused registration or an unusable key at the first start; later ones are logged and shown.
 */
export async function startRunner(
  given: Omit<RunnerSettings, 'clock'> & { clock?: () => Date },
): Promise<Runner> {
  const settings: RunnerSettings = { clock: () => new Date(), ...given };
  checkSigningKey(settings.signingKey);
  const runner = new EmbeddedRunner(settings);
  await runner.start();
  return runner;
}

class EmbeddedRunner implements Runner {
  readonly id = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  port = 0;
  readonly #settings: RunnerSettings;
  readonly #log = log('runner');
  readonly #calls = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #loops: Promise<void>[] = [];
  readonly #server: ReturnType<typeof createApi>;
  #listener: Client | undefined;
  #poke = Promise.withResolvers<void>();
  #trouble: string | null = 'not registered yet';
  #prunedAt = 0;
  #reportedAt = 0;

  constructor(settings: RunnerSettings) {
    this.#settings = settings;
    this.#server = createApi(settings, {
      health: () => ({ id: this.id, trouble: this.#trouble, calls: this.#calls.size }),
      knowsFunctions: () => this.#knowsFunctions(),
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#settings.port, '127.0.0.1', resolve);
    });
    this.port = (this.#server.address() as AddressInfo).port;
    try {
      await this.#sync(true);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#loops.push(
      this.#every('registration', () => this.#syncAgain()),
      this.#every('work', () => this.#work()),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#poke.resolve();
    await Promise.allSettled([...this.#loops, ...this.#calls]);
    await this.#listener?.end();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Repeats `turn` until the runner stops; a failing turn is logged and tried again. */
  async #every(name: string, turn: () => Promise<void>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await turn();
      } catch (err) {
        this.#log.error({ err }, `${name} failed; trying again`);
        await this.#pause(this.#settings.pollMs);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  async #syncAgain(): Promise<void> {
    await this.#pause(this.#trouble === null ? this.#settings.resyncMs : this.#settings.unreachableMs);
    if (!this.#stopping.signal.aborted) await this.#sync(false);
  }

  async #knowsFunctions(): Promise<boolean> {
    const giveUpAt = Date.now() + REGISTRATION_WAIT_MS;
    while ((await registeredFunctions()).size === 0) {
      if (Date.now() > giveUpAt || this.#stopping.signal.aborted) return false;
      await this.#pause(this.#settings.pollMs);
    }
    return true;
  }

  async #sync(first: boolean): Promise<void> {
    try {
      const { modified } = await syncApp(this.#settings, new Date());
      if (modified || this.#trouble !== null) this.#log.info({ runner: this.id }, 'functions registered');
      this.#trouble = null;
    } catch (error) {
      if (error instanceof RegistrationError && first) throw error;
      this.#trouble = error instanceof Error ? error.message : String(error);
      const level = error instanceof UnreachableError ? 'warn' : 'error';
      this.#log[level]({ err: error }, 'cannot register the functions of the app');
    }
    await reportRunner(this.id, this.#settings.appUrl, this.#trouble);
    this.#poke.resolve();
  }

  async #work(): Promise<void> {
    await this.#listen();
    this.#poke = Promise.withResolvers();
    if (await mendClockSetBack())
      this.#log.warn({}, 'the clock was set back; what lay in the future has been mended');
    await startCronRuns(this.#settings.clock());
    await wakeSteps();
    await this.#claim();
    await this.#housekeeping();
    const waitMs = await untilNextDue(this.#settings.pollMs);
    if (!this.#stopping.signal.aborted) await Promise.race([this.#pause(waitMs), this.#poke.promise]);
  }

  async #claim(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const free = this.#settings.maxCalls - this.#calls.size;
      if (free <= 0) return;
      const claims = await claimCalls(this.id, free, this.#settings.leaseMs);
      for (const claim of claims) this.#begin(claim);
      if (claims.length < free) return;
    }
  }

  #begin(claim: Claim): void {
    const call = this.#call(claim)
      .catch((err: unknown) => {
        // The lease runs out and the call is repeated.
        this.#log.error({ err, runId: claim.runId }, 'the result of a call could not be kept');
      })
      .finally(() => {
        this.#calls.delete(call);
        this.#poke.resolve();
      });
    this.#calls.add(call);
  }

  async #call(claim: Claim): Promise<void> {
    const lost = new AbortController();
    const beat = setInterval(() => {
      renewLease(claim, this.#settings.leaseMs).then(
        (mine) => mine || lost.abort(new Error('the lease was lost')),
        (err: unknown) => this.#log.warn({ err, runId: claim.runId }, 'a lease could not be prolonged'),
      );
    }, this.#settings.leaseMs / 3);
    try {
      const body = await callBody(claim);
      const outcome = await callFunction(this.#settings, {
        functionId: claim.functionId,
        stepId: claim.stepId,
        body,
        timeoutMs: this.#settings.callTimeoutMs,
        signal: lost.signal,
      });
      const transition = transitionOf(claim, outcome, this.#settings);
      if (transition.run.kind === 'fail') {
        this.#log.error(
          { runId: claim.runId, functionId: claim.functionId, error: transition.run.error },
          'run failed',
        );
      }
      await this.#apply(claim, transition);
    } finally {
      clearInterval(beat);
    }
  }

  /** Keeps the result through a deadlock or a restart of the database, as long as the lease can last. */
  async #apply(claim: Claim, transition: Transition): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const kept = await applyTransition(claim, transition, new Date());
        if (!kept)
          this.#log.warn({ runId: claim.runId }, 'a result came too late: the run had ended or moved on');
        return;
      } catch (error) {
        if (attempt >= APPLY_ATTEMPTS) throw error;
        await sleep((this.#settings.leaseMs / 20) * attempt);
      }
    }
  }

  async #housekeeping(): Promise<void> {
    if (Date.now() - this.#reportedAt >= REPORT_EVERY_MS) {
      this.#reportedAt = Date.now();
      await reportRunner(this.id, this.#settings.appUrl, this.#trouble);
    }
    if (Date.now() - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = Date.now();
    await pruneHistory(this.#settings.retainDays);
  }

  /** Hears of new work at once. Without it, polling finds the work a little later. */
  async #listen(): Promise<void> {
    if (this.#listener !== undefined) return;
    const listener = new Client({ connectionString: env().databaseUrl });
    this.#listener = listener;
    const gone = () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
    listener.on('error', gone);
    listener.on('end', gone);
    listener.on('notification', () => this.#poke.resolve());
    try {
      await listener.connect();
      await listener.query('LISTEN phasegate_jobs');
    } catch (error) {
      gone();
      throw error;
    }
  }
}
