import { database, inTransaction } from '#lib/database/server.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { ensureRollouts, type HistoryStep } from '#lib/rollouts/server.ts';

const WINDOW_MS = 900_000;

/** `autosave` in phase A with ten good windows up to `now`: signatures are all that is missing. */
export async function readyInA(
  now: Date,
  others: Readonly<Record<string, readonly HistoryStep[]>> = {},
): Promise<void> {
  const loaded = await loadPolicy();
  const newestEnd = Math.floor(now.getTime() / WINDOW_MS) * WINDOW_MS;
  const entered = new Date(newestEnd - 10 * WINDOW_MS);
  await ensureRollouts(now, {
    autosave: [{ phase: 'A', kind: 'start', at: entered, reason: 'test' }],
    ...others,
  });
  await inTransaction((tx) => recordPolicyVersion(tx, loaded, 'test'));
  const window = (back: number) => ({
    windowStart: new Date(newestEnd - (back + 1) * WINDOW_MS),
    windowEnd: new Date(newestEnd - back * WINDOW_MS),
  });
  await database().verdict.createMany({
    data: Array.from({ length: 10 }, (_, back) => ({
      ...window(back),
      rolloutId: 'autosave',
      phase: 'A',
      revision: 1,
      verdict: 'pass',
      sloMet: true,
      breach: false,
      rollbackRequired: false,
      notifyLevel: 'none',
      retryableFailures: 0n,
      policyHash: loaded.hash,
      inputHash: String(back),
      metrics: [],
    })),
  });
  await database().cycle.create({
    data: { ...window(0), origin: 'scheduled', state: 'analyzed', collectedAt: now, analyzedAt: now },
  });
}
