import { cron } from 'inngest';
import { pauseMark, planCycles } from '#lib/collector/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { cycleRequested } from '../events.ts';
import { nextStageEvents, roundOf, stageSpans } from '../next-stage.ts';
import { onFailure } from '../on-failure.ts';

/**
 * Plans the windows that are missing and hands each to its next stage, oldest first (COL-3). Cron is only a tick: what is
 * missing is read from the database, so a tick too many or too few changes nothing.
 */
export const cycleTick = inngest.createFunction(
  {
    id: 'cycle-tick',
    name: 'Plan missing windows',
    triggers: [cron('*/15 * * * *'), cycleRequested],
    concurrency: 1,
    retries: 3,
    onFailure,
  },
  async ({ event, step, runId }) => {
    const { spans, mark } = await step.run('plan', () =>
      attempt(async () => ({ spans: stageSpans(await planCycles()), mark: await pauseMark() })),
    );
    const events = nextStageEvents(spans, `${roundOf(event, runId)}${mark}`);
    if (events.length > 0) await step.sendEvent('hand on', events);
    return { spans: spans.length };
  },
);
