import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { personNow } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { IncidentDetail } from './detail.schema.ts';
import { readIncidentDetail } from './detail.store.ts';
import { announce, holdIncident, type IncidentRow, toIncident } from './incident.store.ts';
import { openSince } from './steps/facts.store.ts';
import type { IncidentStepName } from './steps/step.schema.ts';
import { layDownSteps } from './steps/step.store.ts';
import { writeTimeline } from './timeline/timeline.store.ts';

type Handling = { incidentId: string; actor: { id: string; name: string }; now: Date };

/**
 * Names the person who owns an incident and its RCA (INC-1). Naming the same again changes nothing.
 * Errors: AppError NOT_FOUND; UNPROCESSABLE `owner_unknown`; CONFLICT `incident_closed`.
 */
export async function nameOwner(command: Handling & { ownerId: string }): Promise<IncidentDetail> {
  const { incidentId, actor, ownerId, now } = command;
  await inTransaction(async (tx) => {
    const row = await holdOpen(tx, incidentId);
    const owner = await personNow(tx, ownerId);
    if (!owner)
      throw new AppError('UNPROCESSABLE', 'The owner must be a person who can sign in.', {
        reason: 'owner_unknown',
      });
    if (row.ownerId === owner.id) return;
    await tx.incident.update({
      where: { id: incidentId },
      data: { ownerId: owner.id, ownerName: owner.name },
    });
    await writeTimeline(tx, incidentId, [
      {
        dedupKey: `${incidentId}:owner:${now.toISOString()}`,
        at: now,
        kind: 'owner',
        actorName: actor.name,
        details: { owner: owner.name, before: row.ownerName },
      },
    ]);
    await announce(tx, 'incident.owner_named', toIncident(row), {
      actor,
      reason: 'owner of the incident',
      details: { owner: owner.id, owner_name: owner.name, before: row.ownerId },
      at: now,
    });
  });
  return await readIncidentDetail(incidentId, now);
}

/**
 * Keeps what a person says of a step (INC-2): the newest stands beside it, all are on the timeline. On the first step it says
 * that a person has received the alert, on the second that on-call knows, where channels are down.
 * Errors: AppError NOT_FOUND; CONFLICT `incident_closed`.
 */
export async function commentOnStep(
  command: Handling & { step: IncidentStepName; comment: string },
): Promise<IncidentDetail> {
  const { incidentId, actor, step, comment, now } = command;
  const { policy } = await loadPolicy();
  await inTransaction(async (tx) => {
    const row = await holdOpen(tx, incidentId);
    await layDownSteps(tx, { id: row.id, openedAt: await openSince(tx, row) }, policy);
    const at = { incidentId_step: { incidentId, step } };
    const before = await tx.incidentStep.findUniqueOrThrow({ where: at, select: { comment: true } });
    if (before.comment === comment) return;
    await tx.incidentStep.update({ where: at, data: { comment } });
    await writeTimeline(tx, incidentId, [
      {
        dedupKey: `${incidentId}:comment:${step}:${actor.id}:${now.toISOString()}`,
        at: now,
        kind: 'comment',
        actorName: actor.name,
        details: { step, comment },
      },
    ]);
    await announce(tx, 'incident.commented', toIncident(row), {
      actor,
      reason: comment,
      details: { step },
      at: now,
    });
  });
  return await readIncidentDetail(incidentId, now);
}

async function holdOpen(tx: Transaction, incidentId: string): Promise<IncidentRow> {
  const row = await holdIncident(tx, incidentId);
  if (!row) throw new AppError('NOT_FOUND', `There is no incident ${incidentId}.`);
  if (row.state === 'closed')
    throw new AppError('CONFLICT', `Incident #${row.number} is closed.`, { reason: 'incident_closed' });
  return row;
}
