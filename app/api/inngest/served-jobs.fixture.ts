import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import { startRunner } from '#inngest/embedded/runner.run.ts';
import { close, freePort, listen } from '#inngest/embedded/testing/client.ts';
import { EVENT_KEY, SIGNING_KEY } from '#inngest/embedded/testing/keys.ts';
import { FAST } from '#inngest/embedded/testing/settings.ts';
import { forgetEnv } from '#lib/config/server.ts';
import { servedRoute } from './served-route.fixture.ts';

/**
 * The functions of the house, served by the route over HTTP and run by the embedded runner. `environment`: what else they
 * are to find. Nobody answers at the address of the app, so no step is proven. Call it after `testDatabase()`.
 */
export async function servedJobs(environment: Readonly<Record<string, string>> = {}) {
  const runnerPort = await freePort();
  const found = {
    NEXTAUTH_SECRET: 'x'.repeat(32),
    PHASEGATE_URL: 'http://127.0.0.1:9',
    INNGEST_BASE_URL: `http://127.0.0.1:${runnerPort}`,
    INNGEST_EVENT_KEY: EVENT_KEY,
    INNGEST_SIGNING_KEY: SIGNING_KEY,
    ...environment,
  };
  for (const [name, value] of Object.entries(found)) vi.stubEnv(name, value);
  forgetEnv();
  // Loaded only now: they read the environment when they are.
  const server = createServer(servedRoute(await import('./route.ts')));
  const { runJob } = await import('#inngest/job-commands.ts');
  await listen(server, 0);
  const appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const runner = await startRunner({ ...FAST, appUrl, port: runnerPort });
  return {
    runJob,
    stop: async () => {
      await runner.stop();
      await close(server);
    },
  };
}
