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

/**
 * How fast flags are evaluated, and how fast a breach changes them, on the app as it is run in production. The flags of the
 * shipped policy come first; the rollouts that are breached are added to the running app afterwards.
 */
export const flagsBench: Bench = async (options) => {
  const governanceDir = await mkdtemp(join(tmpdir(), 'phasegate-bench-policy-'));
  try {
    await writeBenchPolicy(governanceDir, 0);
    const app = await startBenchApp({
      governanceDir,
      say: options.say,
      prepare: async () => {
        await addRollouts(['autosave'], ['A']);
      },
    });
    try {
      const key = async (scope: Exclude<ApiScope, 'act:as-owner'>) =>
        (await createApiKey({ name: 'bench', scopes: [scope] }, cliActor('bench'), new Date())).key;
      const flags = await key('read:flags');
      const ingest = await key('ingest:events');
      const speed = await flagSpeed(app, flags, options);
      await addRollouts(await writeBenchPolicy(governanceDir, ROLLOUTS), ['one', 'two']);
      const breach = await breachSpeed(app, { ingest, flags }, { rounds: BREACHES, say: options.say });
      return [...breach, ...speed];
    } finally {
      await app.stop();
    }
  } finally {
    await rm(governanceDir, { recursive: true, force: true });
  }
};

/** Sets up rollouts of the policy that have come through these phases, a day in each. */
async function addRollouts(ids: readonly string[], phases: readonly string[]): Promise<void> {
  const now = new Date();
  const history = phases.map(
    (phase, i): HistoryStep => ({
      phase,
      kind: i === 0 ? 'start' : 'promotion',
      at: new Date(now.getTime() - (phases.length - i) * 86_400_000),
      reason: 'bench',
    }),
  );
  await ensureRollouts(now, Object.fromEntries(ids.map((id) => [id, history])));
}
