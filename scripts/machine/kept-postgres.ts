import { forgetEnv } from '#lib/config/server.ts';
import { ensurePostgres, type RunningPostgres } from './postgres.ts';
import { isAlive, type ProcessMark, signal } from './processes.ts';

const WATCH_MS = 2_000;

/** The instance's own PostgreSQL: started, started again when it ends, stopped last. Sets DATABASE_URL. */
export class KeptPostgres {
  readonly #dir: string;
  readonly #told: { say: (line: string) => void; changed: (process: ProcessMark) => void };
  #running: RunningPostgres | undefined;
  #starting: Promise<RunningPostgres> | undefined;
  #watch: NodeJS.Timeout | undefined;
  #stopping = false;
  #restarting = false;

  constructor(dir: string, told: { say: (line: string) => void; changed: (process: ProcessMark) => void }) {
    this.#dir = dir;
    this.#told = told;
  }

  async start(): Promise<void> {
    await this.#ensure();
    if (!this.#stopping) this.#watch = setInterval(() => void this.#restart(), WATCH_MS);
  }

  /** From here on it is not started again. */
  stopWatching(): void {
    this.#stopping = true;
    clearInterval(this.#watch);
  }

  /** A request to stop may come while it is still starting. */
  async stop(): Promise<void> {
    this.stopWatching();
    await (await this.#starting?.catch(() => undefined))?.stop();
  }

  kill(): void {
    if (this.#running && isAlive(this.#running.process)) signal(this.#running.process.pid, 'SIGQUIT');
  }

  async #ensure(): Promise<void> {
    this.#starting = ensurePostgres({ dir: this.#dir });
    this.#running = await this.#starting;
    if (this.#running.reused)
      this.#told.say('PostgreSQL was still running from a start that was killed; using it.');
    process.env.DATABASE_URL = this.#running.url;
    forgetEnv();
    this.#told.changed(this.#running.process);
  }

  async #restart(): Promise<void> {
    if (this.#restarting || this.#stopping || !this.#running || isAlive(this.#running.process)) return;
    this.#restarting = true;
    this.#told.say('PostgreSQL ended; starting it again.');
    try {
      await this.#ensure();
    } catch (cause) {
      this.#told.say(
        `PostgreSQL did not start again: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
    } finally {
      this.#restarting = false;
    }
  }
}
