import type { Transaction } from '#lib/database/server.ts';
import { IncidentSeveritySchema } from '#lib/incidents/index.ts';

/**
 * The incident in whose thread a rollout is talked about now, the most severe one first: whoever follows it there need look
 * nowhere else (INC-1). Nothing while none is open.
 */
export async function openThread(
  tx: Transaction,
  rolloutId: string,
): Promise<{ incidentId?: string; severity?: 'major' | 'minor' }> {
  const incident = await tx.incident.findFirst({
    where: { rolloutId, state: 'open' },
    orderBy: [{ severity: 'asc' }, { openedAt: 'asc' }], // major before minor
    select: { id: true, severity: true },
  });
  return incident
    ? { incidentId: incident.id, severity: IncidentSeveritySchema.parse(incident.severity) }
    : {};
}
