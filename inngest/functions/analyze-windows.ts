import { analyzeRange } from '#lib/analyzer/server.ts';
import { markCycle, violationRecheck } from '#lib/collector/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { windowAnalyzed, windowCollected } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { eachWindow } from '../stage.ts';

/** Judges collected windows, violations twice (ANA-6), and again when late events have changed them (ANA-4, COL-6). */
export const analyzeWindows = inngest.createFunction(
  {
    id: 'analyze-window',
    name: 'Analyze a window',
    triggers: [windowCollected],
    concurrency: 1,
    retries: 4,
    onFailure,
  },
  async ({ event, step, runId }) => {
    const analyzed = await step.run('analyze', () =>
      attempt(async () => {
        await analyzeRange(
          { from: new Date(event.data.from), to: new Date(event.data.to) },
          violationRecheck(),
        );
        return eachWindow(event.data, (windowStart) => markCycle('analyze', windowStart));
      }),
    );
    await step.sendEvent('hand on', windowAnalyzed.create(event.data, { id: `${runId}:analyzed` }));
    return analyzed;
  },
);
