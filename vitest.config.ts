import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { alone } from './scripts/test/alone.ts';
import { ProcessesFirst } from './scripts/test/processes-first.ts';

const elsewhere = ['**/node_modules/**', '.next/**', '.data/**', 'e2e/**', 'scripts/checks/fixtures/**'];

/** The mission's own test plans, under the names it gives them; they use the real parts, database included. */
const PLANS = 'tests/**/*.test.ts';

const INTEGRATION = ['**/*.int.ts', PLANS];
const ALONE = alone(INTEGRATION, elsewhere);

/** Nothing is timed: the limits only end what hangs, also on a machine that is ten times slower than ours. */
const PATIENCE_MS = 600_000;

const integration = {
  globalSetup: ['scripts/test/postgres-setup.ts'],
  setupFiles: ['scripts/test/own-surroundings.ts'],
  // They wait for processes, leases and the database: a third one computes meanwhile.
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
  // Node runs our TypeScript itself, as it does in production; transforming it once more would double the time of loading.
  experimental: { viteModuleRunner: false },
};

export default defineConfig({
  test: {
    env: {
      PHASEGATE_MODE: 'test',
      NODE_ENV: 'test',
      TZ: 'UTC',
      // Tests start some hundred processes of ours: each but the first finds its modules compiled.
      NODE_COMPILE_CACHE: resolve('.data/test/compiled'),
    },
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS / 2 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...elsewhere, PLANS],
          // They compute all the time: more workers would only fight over two cores.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: { ...integration, name: 'integration-alone', include: ALONE, exclude: elsewhere },
      },
      {
        extends: true,
        test: {
          ...integration,
          name: 'integration',
          include: INTEGRATION,
          exclude: [...elsewhere, ...ALONE],
          // Most of a file's time would be the loading of the same modules, and the warming up of the same queries.
          isolate: false,
        },
      },
    ],
    sequence: { sequencer: ProcessesFirst },
  },
});
