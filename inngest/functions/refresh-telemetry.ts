import { cron } from 'inngest';
import { pauseMark, planCycles, refresh } from '#lib/collector/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { fastLaneWanted } from '#lib/rollouts/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { telemetryArrived, telemetryRefresh, windowCollected } from '../events.ts';
import { nextStageEvents, roundOf, spansOf, stageSpans } from '../next-stage.ts';
import { onFailure } from '../on-failure.ts';

/** So far back the fast lane looks besides what was just read: an ingest whose process ended may not have told it. */
const LOOK_BACK_MS = 60_000;

/**
 * Reads all sources between cycles and has the windows judged again that late events have touched (COL-1, COL-6). It is
 * also the second ticker: what the tick of the cycle has missed, or has not had yet at the first start, it hands on.
 */
export const refreshTelemetry = inngest.createFunction(
  {
    id: 'refresh-telemetry',
    name: 'Read telemetry',
    triggers: [cron('* * * * *'), telemetryRefresh],
    concurrency: 1,
    retries: 1,
    onFailure,
  },
  async ({ event, step, runId }) => {
    const read = await step.run('read', () =>
      attempt(async () => {
        const since = new Date(Date.now() - LOOK_BACK_MS);
        const { events, problems, touchedWindows } = await refresh();
        const { policy } = await loadPolicy();
        const touched = spansOf(touchedWindows, policy.cycle.windowSeconds);
        return {
          since: since.toISOString(),
          arrived: await fastLaneWanted({ since, now: new Date() }),
          events,
          problems,
          touched,
          missing: stageSpans(await planCycles()),
          mark: await pauseMark(),
        };
      }),
    );
    const handedOn = [
      ...nextStageEvents(read.missing, `${roundOf(event, runId)}${read.mark}`),
      ...(read.arrived ? [telemetryArrived.create({ since: read.since }, { id: `${runId}:arrived` })] : []),
      ...read.touched.map((span) => windowCollected.create(span, { id: `${runId}:${span.from}` })),
    ];
    if (handedOn.length > 0) await step.sendEvent('hand on', handedOn);
    return read;
  },
);
