import { defineConfig } from 'vitest/config';

const elsewhere = ['**/node_modules/**', '.next/**', '.data/**', 'e2e/**', 'scripts/checks/fixtures/**'];

export default defineConfig({
  test: {
    // Several workers would only fight over two cores and one database server.
    maxWorkers: 2,
    env: { PHASEGATE_MODE: 'test', NODE_ENV: 'test', TZ: 'UTC' },
    projects: [
      {
        extends: true, // Nothing is timed: the limit only ends what hangs, also on a busy machine.
        test: { name: 'unit', include: ['**/*.test.{ts,tsx}'], exclude: elsewhere, testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['**/*.int.ts'],
          exclude: elsewhere,
          globalSetup: ['scripts/test/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
