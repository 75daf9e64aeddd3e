import type { Transaction } from '#lib/database/server.ts';
import { ALERT_KINDS } from '#lib/outbox/index.ts';
import type { Rollout } from '../rollout.schema.ts';

/**
 * The incidents of this stay in the phase, and those still open, whose log has other alerts than `reports/alerts/` (DASH-2):
 * one file is kept for each. Their numbers, oldest first. Errors: the database's.
 */
export async function incidentsThatDiffer(
  tx: Transaction,
  rollout: Pick<Rollout, 'id' | 'phaseEnteredAt'>,
): Promise<number[]> {
  const rows = await tx.$queryRaw<{ number: number }[]>`
    SELECT incident.number FROM incident
    WHERE rollout_id = ${rollout.id}
      AND (closed_at IS NULL OR opened_at >= ${new Date(rollout.phaseEnteredAt)})
      AND (SELECT count(*) FROM message
           WHERE message.incident_id = incident.id AND NOT dry_run AND kind = ANY(${[...ALERT_KINDS]}::text[]))
        <> (SELECT count(*) FROM report_file
            WHERE report_file.incident_id = incident.id AND NOT dry_run AND kind = 'alert')
    ORDER BY incident.number`;
  return rows.map(({ number }) => number);
}
