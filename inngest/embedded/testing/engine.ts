import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Inngest, InngestFunction } from 'inngest';
import { serve } from 'inngest/node';
import { database } from '#lib/database/server.ts';
import { type Runner, type RunnerSettings, startRunner } from '../runner.run.ts';
import { close, freePort, listen, testClient } from './client.ts';
import { FAST } from './settings.ts';

/** Nothing is timed: this only ends what hangs, also on a busy machine. */
const PATIENCE_MS = 240_000;

export type Engine = {
  inngest: Inngest;
  runner: Runner;
  appUrl: string;
  runnerUrl: string;
  stop: () => Promise<void>;
};

/** Serves functions with the SDK's own handler over HTTP and runs them with a runner, both in this process. */
export async function startEngine(
  define: (inngest: Inngest) => InngestFunction.Any[],
  overrides: Partial<RunnerSettings> = {},
): Promise<Engine> {
  const runnerPort = await freePort();
  const inngest = testClient(runnerPort);
  const server = createServer(serve({ client: inngest, functions: define(inngest) }));
  await listen(server, 0);
  const appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let runner: Runner;
  try {
    runner = await startRunner({ ...FAST, appUrl, port: runnerPort, ...overrides });
  } catch (error) {
    await close(server);
    throw error;
  }
  return {
    inngest,
    runner,
    appUrl,
    runnerUrl: `http://127.0.0.1:${runnerPort}`,
    stop: async () => {
      await runner.stop();
      await close(server);
    },
  };
}

/** Waits until `look` gives something; fails with what was seen last when that takes far too long. */
export async function until<T>(
  look: () => Promise<T | undefined | false>,
  describe?: () => unknown,
): Promise<T> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > giveUpAt)
      throw new Error(`waited in vain; last seen: ${JSON.stringify(await describe?.())}`);
    await sleep(25);
  }
}

/** The only run of a function, with its steps. */
export async function runOf(functionId: string) {
  const runs = await database().jobRun.findMany({ where: { functionId }, include: { steps: true } });
  if (runs.length > 1) throw new Error(`${functionId} has ${runs.length} runs`);
  return runs[0];
}

/** Waits until the only run of a function has ended. */
export function endedRun(functionId: string) {
  return until(
    async () => {
      const run = await runOf(functionId);
      return run?.endedAt ? run : undefined;
    },
    () => runOf(functionId),
  );
}
