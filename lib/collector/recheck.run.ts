import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '#lib/config/server.ts';
import { nextWaitMs } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { type Pause, readSources } from './collect.run.ts';
import { storeInternalLines } from './internal-batch.store.ts';
import { type RecheckedWindow, recheckLine } from './internal-events.ts';
import { collectionPause } from './pause.store.ts';

/**
 * What the Analyzer needs to judge a violation again (ANA-6): the sources read once more, files that fail and may pass by the
 * plan `slo-recheck`, and a way to feed back that it is done, which is counted as telemetry like everything else. While
 * collection is paused nothing is read (COL-9). `now` and `pause` are for tests.
 */
export function violationRecheck(now: () => Date = () => new Date(), pause: Pause = sleep) {
  return {
    async read(): Promise<{ looks: number; unread: number }> {
      const loaded = await loadPolicy();
      const plan = loaded.retries.plans['slo-recheck'];
      if (await collectionPause(now())) return { looks: 1, unread: 0 };
      for (let looks = 1; ; looks += 1) {
        const { failures } = await readSources(loaded, now());
        const waitMs = failures.some(({ retryable }) => retryable) ? nextWaitMs(plan, looks) : null;
        if (waitMs === null) return { looks, unread: failures.length };
        await pause(waitMs);
      }
    },

    async completed(rechecked: readonly RecheckedWindow[]): Promise<void> {
      const { policy, catalogue } = await loadPolicy();
      const context = { policy, catalogue, now: now() };
      for (const window of rechecked) {
        const { rolloutId, phase, windowStart } = window;
        log('collector').info(window, 'a violation was judged again');
        await storeInternalLines(
          {
            part: `recheck:${rolloutId}:${phase}`,
            position: Date.parse(windowStart),
            lines: [recheckLine(window, context.now)],
          },
          context,
        );
      }
    },
  };
}
