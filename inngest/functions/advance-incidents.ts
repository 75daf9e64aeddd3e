import { cron } from 'inngest';
import { advanceIncidents } from '#lib/incidents/server.ts';
import { isDeliveryDue, putKeptFiles, writeIncidentReports } from '#lib/reporter/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { deliverSoon } from '../deliver-soon.ts';
import { incidentsRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { failWith, part } from '../part.ts';

/**
 * Drafts and writes the files of open incidents, and those that were left out, and takes their steps and timelines further
 * (INC-1, INC-2, REP-5, ROL-6). What fails leaves the rest alone; the run then ends as failed and names it.
 */
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
    const reports = await step.run('report', () =>
      part(
        () => writeIncidentReports(new Date()),
        ({ failures }) => failures,
      ),
    );
    const files = await step.run('files', () =>
      part(
        () => putKeptFiles(new Date()),
        ({ failures }) => failures.map(({ path, error }) => ({ what: path, error })),
      ),
    );
    const advanced = await step.run('advance', () =>
      attempt(async () => ({
        round: await advanceIncidents(new Date()),
        deliveryDue: await isDeliveryDue(new Date()),
      })),
    );
    await deliverSoon(step, runId, advanced);
    const stuck = advanced.round.failures.map(({ incidentId, error }) => ({ what: incidentId, error }));
    failWith([reports, files, { failures: stuck }]);
    return { reports, files, advanced: advanced.round };
  },
);
