import type { Transaction } from '#lib/database/server.ts';
import type { MessageCause } from '#lib/outbox/index.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { IncidentSeveritySchema } from './incident.schema.ts';

/**
 * Writes a message about an incident, where the incident is told, in the transaction of what it is about (REP-1, REP-3). `once`:
 * what makes it another than those of its kind before. Returns whether it is new. Errors: the database's.
 */
export async function tellOfIncident(
  tx: Transaction,
  policy: Policy,
  row: { id: string; rolloutId: string; phase: string; severity: string },
  message: {
    cause: Extract<MessageCause, { incidentId: string }>;
    once: string;
    at: Date;
  },
): Promise<boolean> {
  const { id: incidentId, rolloutId, phase, severity } = row;
  const { cause, once, at } = message;
  const written = await enqueueMessage(tx, policy, {
    dedupKey: `${cause.kind}:${incidentId}:${once}`,
    cause,
    rolloutId,
    phase,
    incidentId,
    severity: IncidentSeveritySchema.parse(severity),
    at,
  });
  return written !== null;
}
