import { defineConfig } from 'vitest/config';

const elsewhere = ['**/node_modules/**', '.next/**', '.data/**', 'e2e/**', 'scripts/checks/fixtures/**'];

/** The mission's own test plans, under the names it gives them; they use the real parts, database included. */
const PLANS = 'tests/**/*.test.ts';

export default defineConfig({
  test: {
    // Several workers would only fight over two cores and one database server.
    maxWorkers: 2,
    env: { PHASEGATE_MODE: 'test', NODE_ENV: 'test', TZ: 'UTC' },
    projects: [
      {
        extends: true, // Nothing is timed: the limit only ends what hangs, also on a busy machine.
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...elsewhere, PLANS],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['**/*.int.ts', PLANS],
          exclude: elsewhere,
          globalSetup: ['scripts/test/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
