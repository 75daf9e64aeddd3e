import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { personNow } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { IncidentDetail } from './detail.schema.ts';
import { readIncidentDetail } from './detail.store.ts';
import { announce, holdIncident, type IncidentRow, toIncident } from './incident.store.ts';
import { incidentKey } from './incident-key.ts';
import { openSince } from './steps/facts.store.ts';
import type { IncidentStepName } from './steps/step.schema.ts';
import { layDownSteps } from './steps/step.store.ts';
import { tellOfIncident } from './tell.store.ts';
import { writeTimeline } from './timeline/timeline.store.ts';

type Handling = { incidentId: string; actor: { id: string; name: string }; now: Date };

/**
 * Names the person who owns an incident and its RCA (INC-1); its thread, issue and PagerDuty learn who has it. Naming the same
 * again changes nothing.
 * Errors: AppError NOT_FOUND; UNPROCESSABLE `owner_unknown`; CONFLICT `incident_closed`.
 */
export async function nameOwner(command: Handling & { ownerId: string }): Promise<IncidentDetail> {
  const { incidentId, actor, ownerId, now } = command;
  const { policy } = await loadPolicy();
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
    await tellOfIncident(tx, policy, row, {
      cause: { kind: 'owner-named', incidentId },
      once: `${owner.id}:${now.toISOString()}`,
      at: now,
    });
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

/**
 * Puts on record that the RCA is shared, and where it can be read (ROL-6); the incident's thread and issue are told. Also of a
 * closed incident: it is due on the next business day. Sharing the same again changes nothing; another address takes
 * the place of the one before. Errors: AppError NOT_FOUND.
 */
export async function shareRca(
  command: Handling & { url: string; dryRun?: boolean },
): Promise<IncidentDetail> {
  const { incidentId, actor, url, dryRun = false, now } = command;
  const { policy } = await loadPolicy();
  await inTransaction(async (tx) => {
    const row = await hold(tx, incidentId);
    if (row.rcaUrl === url || dryRun) return;
    await tx.incident.update({
      where: { id: incidentId },
      data: {
        rcaUrl: url,
        rcaSharedAt: row.rcaSharedAt ?? now,
        rcaSharedById: actor.id,
        rcaSharedByName: actor.name,
      },
    });
    await writeTimeline(tx, incidentId, [
      {
        dedupKey: `${incidentId}:rca:${now.toISOString()}`,
        at: now,
        kind: 'rca_shared',
        actorName: actor.name,
        details: { url, before: row.rcaUrl },
      },
    ]);
    await tellOfIncident(tx, policy, row, {
      cause: { kind: 'rca-shared', incidentId },
      once: now.toISOString(),
      at: now,
    });
    await announce(tx, 'incident.rca_shared', toIncident(row), {
      actor,
      reason: 'the RCA is shared',
      details: { url, before: row.rcaUrl },
      at: now,
    });
  });
  return await readIncidentDetail(incidentId, now);
}

async function hold(tx: Transaction, incidentId: string): Promise<IncidentRow> {
  const row = await holdIncident(tx, incidentId);
  if (!row) throw new AppError('NOT_FOUND', `There is no incident ${incidentId}.`);
  return row;
}

async function holdOpen(tx: Transaction, incidentId: string): Promise<IncidentRow> {
  const row = await hold(tx, incidentId);
  if (row.state === 'closed')
    throw new AppError('CONFLICT', `${incidentKey(row.number)} is closed.`, { reason: 'incident_closed' });
  return row;
}
