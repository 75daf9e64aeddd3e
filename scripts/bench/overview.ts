import { cliActor } from '#lib/identity/index.ts';
import { createUser } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { startBenchApp } from './bench-app.ts';
import type { Bench } from './figure.ts';
import { firstLoadOf, signInCookie } from './first-load.ts';

const READER = { email: 'bench@phasegate.test', password: 'only for this bench', name: 'Bench' };

/** How much script the overview needs before it works, on the app as it is run in production. */
export const overviewBench: Bench = async ({ say }) => {
  const app = await startBenchApp({
    governanceDir: 'governance',
    say,
    prepare: async () => {
      const { policy } = await loadPolicy();
      await ensureRollouts(new Date());
      await createUser({ ...READER, roles: ['viewer'] }, cliActor('bench'), policy, new Date());
    },
  });
  try {
    const cookie = await signInCookie(app.url, READER.email, READER.password);
    const { bytes, files } = await firstLoadOf(app.url, '/', cookie);
    return [
      {
        id: 'overview.first_load_kb',
        value: bytes / 1000,
        unit: 'KB',
        reach: { atMost: 250 },
        note: `scripts of the overview, gzip, ${files} files`,
      },
    ];
  } finally {
    await app.stop();
  }
};
