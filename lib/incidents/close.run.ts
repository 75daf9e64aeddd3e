import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { type CloseRefusal, WINDOWS_TO_CLOSE, whyStillOpen } from './close-rules.ts';
import type { CloseOutcome, Incident } from './incident.schema.ts';
import { announce, toIncident } from './incident.store.ts';

export type CloseCommand = {
  incidentId: string;
  reason: string;
  actor: { id: string; name: string };
  dryRun?: boolean;
  now: Date;
};

/** Windows without enough data are passed over: one cannot be held open by a quiet night alone. */
const MOST_LOOKED_AT = 500;

/**
 * Closes an incident once it is over (INC-1): see {@link whyStillOpen}. Repeating it is harmless; a dry run changes nothing.
 * Errors: AppError NOT_FOUND; CONFLICT `rollback_open`, `step_unproven` or `not_recovered`.
 */
export async function closeIncident(command: CloseCommand): Promise<CloseOutcome> {
  const { policy } = await loadPolicy();
  const { incidentId, reason, actor, now } = command;
  return inTransaction(async (tx) => {
    const row = await tx.incident.findUnique({ where: { id: incidentId } });
    if (!row) throw new AppError('NOT_FOUND', `There is no incident ${incidentId}.`);
    if (row.state === 'closed') return { outcome: 'already_closed', incident: toIncident(row) };
    // A step or a rollback that is being required waits until this has ended, or is seen here.
    await tx.$queryRaw`SELECT id FROM rollout WHERE id = ${row.rolloutId} FOR NO KEY UPDATE`;
    const refusal = await refusalOf(tx, toIncident(row));
    if (refusal)
      throw new AppError('CONFLICT', `Incident #${row.number}: ${textOf(refusal)}`, {
        reason: refusal.refused,
      });
    if (command.dryRun) return { outcome: 'would_close', incident: toIncident(row) };
    const { count } = await tx.incident.updateMany({
      where: { id: incidentId, state: 'open' },
      data: {
        state: 'closed',
        closedAt: now,
        closedById: actor.id,
        closedByName: actor.name,
        closeReason: reason,
      },
    });
    const incident = toIncident(await tx.incident.findUniqueOrThrow({ where: { id: incidentId } }));
    if (count === 0) return { outcome: 'already_closed', incident };
    await enqueueMessage(tx, policy, {
      dedupKey: `incident-closed:${incidentId}`,
      cause: { kind: 'incident-closed', incidentId },
      rolloutId: incident.rolloutId,
      phase: incident.phase,
      incidentId,
      at: now,
    });
    await announce(tx, 'incident.closed', incident, { actor, reason, at: now });
    return { outcome: 'closed', incident };
  });
}

async function refusalOf(tx: Transaction, incident: Incident): Promise<CloseRefusal | null> {
  const { rolloutId, openedAt } = incident;
  const rollout = await tx.rollout.findUnique({ where: { id: rolloutId }, select: { phase: true } });
  const windows = await tx.verdict.findMany({
    where: {
      rolloutId,
      phase: rollout?.phase ?? incident.phase,
      isLatest: true,
      windowEnd: { gt: new Date(openedAt) },
    },
    orderBy: { windowStart: 'desc' },
    select: { sloMet: true },
    take: MOST_LOOKED_AT,
  });
  return whyStillOpen({
    rollbackOpen: (await tx.rollbackRequest.count({ where: { rolloutId, state: 'open' } })) > 0,
    stepUnproven:
      (await tx.rollout.count({
        where: {
          id: rolloutId,
          OR: [{ state: 'rolling_back' }, { state: 'halted', resumeState: 'rolling_back' }],
        },
      })) > 0,
    windows,
  });
}

function textOf(refusal: CloseRefusal): string {
  switch (refusal.refused) {
    case 'rollback_open':
      return 'a rollback waits for its decision.';
    case 'step_unproven':
      return 'the rollback has not been read back yet.';
    case 'not_recovered':
      return `the SLO was met in ${refusal.metWindows} of the last ${WINDOWS_TO_CLOSE} windows that tell.`;
  }
}
