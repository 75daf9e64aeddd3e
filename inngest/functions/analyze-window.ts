import { analyzeWindow } from '#lib/analyzer/server.ts';
import { markCycle } from '#lib/collector/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { windowAnalyzed, windowCollected } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { warnIfLate } from '../stage.ts';

/** Judges a collected window, again when late events have changed it (ANA-4, COL-6). */
export const analyzeWindowFunction = inngest.createFunction(
  {
    id: 'analyze-window',
    name: 'Analyze a window',
    triggers: [windowCollected],
    concurrency: 1,
    retries: 4,
    onFailure,
  },
  async ({ event, step, runId }) => {
    const { windowStart } = event.data;
    const analyzed = await step.run('analyze', () =>
      attempt(async () => {
        const { stored } = await analyzeWindow(new Date(windowStart));
        return { ...(await markCycle('analyze', windowStart)), verdicts: stored.length };
      }),
    );
    warnIfLate('analyze', windowStart, analyzed);
    await step.sendEvent('hand on', windowAnalyzed.create({ windowStart }, { id: `${runId}:analyzed` }));
    return analyzed;
  },
);
