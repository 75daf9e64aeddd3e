import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiScope, cliActor } from '#lib/identity/index.ts';
import { createApiKey } from '#lib/identity/server.ts';
import { ensureRollouts, type HistoryStep } from '#lib/rollouts/server.ts';
import { startBenchApp } from './bench-app.ts';
import { writeBenchPolicy } from './bench-policy.ts';
import { breachSpeed } from './breach-speed.ts';
import type { Bench } from './figure.ts';
import { flagSpeed } from './flag-speed.ts';

const BREACHES = 40;
/** Rollouts that are there for the rounds and for warming up. */
const ROLLOUTS = BREACHES + 3;

/** How fast flags are evaluated, and how fast a breach changes them, on the app as it is run in production. */
export const flagsBench: Bench = async (options) => {
  const governanceDir = await mkdtemp(join(tmpdir(), 'phasegate-bench-policy-'));
  try {
    const rollouts = await writeBenchPolicy(governanceDir, ROLLOUTS);
    const app = await startBenchApp({
      governanceDir,
      say: options.say,
      prepare: async () => {
        const now = new Date();
        const at = (hoursAgo: number) => new Date(now.getTime() - hoursAgo * 3_600_000);
        const history = (): HistoryStep[] => [
          { phase: 'one', kind: 'start', at: at(48), reason: 'bench' },
          { phase: 'two', kind: 'promotion', at: at(24), reason: 'bench' },
        ];
        const autosave: HistoryStep[] = [{ phase: 'A', kind: 'start', at: at(48), reason: 'bench' }];
        await ensureRollouts(now, {
          ...Object.fromEntries(rollouts.map((id) => [id, history()])),
          autosave,
        });
      },
    });
    try {
      const key = async (scope: Exclude<ApiScope, 'act:as-owner'>) =>
        (await createApiKey({ name: 'bench', scopes: [scope] }, cliActor('bench'), new Date())).key;
      const flags = await key('read:flags');
      const breach = await breachSpeed(
        app,
        { ingest: await key('ingest:events'), flags },
        { rounds: BREACHES, say: options.say },
      );
      return [...breach, ...(await flagSpeed(app, flags, options))];
    } finally {
      await app.stop();
    }
  } finally {
    await rm(governanceDir, { recursive: true, force: true });
  }
};
