import { inTransaction } from '#lib/database/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { replaceSlices, takeTurns } from './slices.store.ts';
import { createSlicer } from './slices.ts';
import { loadSeries } from './store.ts';
import { readUncounted, stillLatest, type Uncounted } from './uncounted.store.ts';

/** One transaction's worth: five days of windows. */
const WINDOWS_PER_BATCH = 480;

/**
 * Counts good and bad of verdicts that were made before slices were kept (DASH-4), newest first, at most `limit` windows;
 * verdicts are not touched. What their telemetry is deleted of is counted by windows only. Safe to repeat and to interrupt.
 * Returns how many windows were counted, and whether more are left. Errors: the policy's, the database's.
 */
export async function countPastWindows(limit: number): Promise<{ counted: number; more: boolean }> {
  const loaded = await loadPolicy();
  let counted = 0;
  for (const [rolloutId, rollout] of Object.entries(loaded.policy.rollouts)) {
    for (const { id: phase } of rollout.phases) {
      let before: Date | null = null;
      for (;;) {
        if (counted >= limit) return { counted, more: true };
        const batch = await readUncounted({ rolloutId, phase, before, limit: WINDOWS_PER_BATCH });
        const [first] = batch;
        if (!first) break;
        await countBatch(loaded, rolloutId, phase, batch);
        counted += batch.length;
        // Backwards, also past verdicts that have nothing to count.
        before = new Date(first.verdict.window.start);
      }
    }
  }
  return { counted, more: false };
}

async function countBatch(
  loaded: LoadedPolicy,
  rolloutId: string,
  phase: string,
  batch: readonly Uncounted[],
): Promise<void> {
  const [first, last] = [batch[0], batch.at(-1)];
  if (!first || !last) return;
  await inTransaction(async (tx) => {
    await takeTurns(tx, rolloutId);
    const latest = await stillLatest(
      tx,
      batch.map(({ id }) => id),
    );
    const series = await loadSeries({
      rolloutId,
      phase,
      from: new Date(first.verdict.window.start),
      to: new Date(last.verdict.window.end),
    });
    const verdicts = batch
      .filter(({ id }) => latest.has(id))
      .map(({ verdict }) => ({ verdict, changed: false }));
    const slicesOf = createSlicer({ ...loaded, series });
    await replaceSlices(
      tx,
      rolloutId,
      verdicts,
      verdicts.flatMap(({ verdict }) => slicesOf(verdict)),
    );
  });
}
