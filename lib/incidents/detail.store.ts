import { inTransaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { IncidentDetail } from './detail.schema.ts';
import { toIncident } from './incident.store.ts';
import { loadIncidentFacts } from './steps/facts.store.ts';
import { readSteps } from './steps/step.store.ts';
import { stepsOf, whyNotClosable } from './steps/step-rules.ts';
import { readTimeline } from './timeline/timeline.store.ts';

/** One incident with its steps, timeline, links and files, as they stand now. Errors: AppError NOT_FOUND. */
export async function readIncidentDetail(incidentId: string, now: Date): Promise<IncidentDetail> {
  const { policy } = await loadPolicy();
  return await inTransaction(async (tx) => {
    const row = await tx.incident.findUnique({ where: { id: incidentId } });
    if (!row) throw new AppError('NOT_FOUND', `There is no incident ${incidentId}.`);
    const { facts } = await loadIncidentFacts(tx, policy, row);
    const steps = stepsOf(facts, await readSteps(tx, incidentId), policy, now);
    return {
      incident: toIncident(row),
      owner: row.ownerId ? { id: row.ownerId, name: row.ownerName ?? row.ownerId } : null,
      rcaDueAt: row.rcaDueAt?.toISOString() ?? null,
      rcaShared:
        row.rcaSharedAt && row.rcaUrl
          ? {
              at: row.rcaSharedAt.toISOString(),
              byName: row.rcaSharedByName ?? row.rcaSharedById ?? '',
              url: row.rcaUrl,
            }
          : null,
      steps,
      notClosable: row.state === 'closed' ? { steps: [], checks: [] } : whyNotClosable(steps),
      timeline: await readTimeline(tx, incidentId),
      slackUrl: row.slackUrl,
      pagerDuty: row.pagerdutyState
        ? { state: row.pagerdutyState, acknowledgedBy: row.pagerdutyAcknowledgedBy }
        : null,
      issue: row.issueNumber === null ? null : { number: row.issueNumber, url: row.issueUrl },
      reports: await tx.reportFile.findMany({
        where: { incidentId },
        orderBy: { createdAt: 'asc' },
        select: { path: true, kind: true },
      }),
    };
  });
}
