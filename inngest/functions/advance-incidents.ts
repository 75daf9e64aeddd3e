import { cron } from 'inngest';
import { advanceIncidents } from '#lib/incidents/server.ts';
import { isDeliveryDue, writeIncidentReports } from '#lib/reporter/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { deliverSoon } from '../deliver-soon.ts';
import { incidentsRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/** Drafts and writes the files of open incidents, and takes their steps and timelines further (INC-1, INC-2, REP-5, ROL-6). */
export const advanceOpenIncidents = inngest.createFunction(
  {
    id: 'advance-incidents',
    name: 'Take incidents further',
    triggers: [cron('* * * * *'), incidentsRequested],
    concurrency: 1,
    retries: 1,
    onFailure,
  },
  async ({ step, runId }) => {
    const reports = await step.run('report', () => attempt(() => writeIncidentReports(new Date())));
    const advanced = await step.run('advance', () =>
      attempt(async () => ({
        round: await advanceIncidents(new Date()),
        deliveryDue: await isDeliveryDue(new Date()),
      })),
    );
    await deliverSoon(step, runId, advanced);
    return { reports, advanced: advanced.round };
  },
);
