import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { advanceIn } from './advance.run.ts';
import { type CloseRefusal, whyStillOpen } from './close-rules.ts';
import type { CloseOutcome } from './incident.schema.ts';
import { announce, holdIncident, type IncidentRow, toIncident } from './incident.store.ts';
import { incidentKey } from './incident-key.ts';
import { loadIncidentFacts, readWindows } from './steps/facts.store.ts';
import { completeStep, readSteps } from './steps/step.store.ts';
import { stepsOf, stepsToComplete, whyNotClosable } from './steps/step-rules.ts';
import { tellOfIncident } from './tell.store.ts';
import { writeTimeline } from './timeline/timeline.store.ts';

export type CloseCommand = {
  incidentId: string;
  reason: string;
  actor: { id: string; name: string };
  dryRun?: boolean;
  now: Date;
};

/**
 * Closes an incident once it is over (INC-1): see {@link whyStillOpen}, and every step before the closing done (INC-2): what
 * is done by now is put on record first. Repeating it is harmless; a dry run changes nothing.
 * Errors: AppError NOT_FOUND; CONFLICT `rollback_open`, `step_unproven`, `not_recovered`, or `steps_open`, whose issues name
 * each step that is open and each check that holds it.
 */
export async function closeIncident(command: CloseCommand): Promise<CloseOutcome> {
  const { policy } = await loadPolicy();
  const { incidentId, reason, actor, now } = command;
  return inTransaction(async (tx) => {
    const found = await tx.incident.findUnique({ where: { id: incidentId } });
    if (!found) throw new AppError('NOT_FOUND', `There is no incident ${incidentId}.`);
    if (found.state === 'closed') return { outcome: 'already_closed', incident: toIncident(found) };
    // A step or a rollback that is being required waits until this has ended, or is seen here.
    await tx.$queryRaw`SELECT id FROM rollout WHERE id = ${found.rolloutId} FOR NO KEY UPDATE`;
    const row = (await holdIncident(tx, incidentId)) ?? found;
    if (row.state === 'closed') return { outcome: 'already_closed', incident: toIncident(row) };
    await refuseUnlessOver(tx, policy, row);
    await refuseOpenSteps(tx, policy, row, now);
    if (command.dryRun) return { outcome: 'would_close', incident: toIncident(row) };
    await advanceIn(tx, policy, row, now);
    const { evidence } = await loadIncidentFacts(tx, policy, row);
    const by = { id: actor.id, name: actor.name };
    await completeStep(tx, {
      incidentId,
      step: 'closure',
      by,
      evidence: evidence.closure,
      comment: reason,
      at: now,
    });
    const incident = toIncident(
      await tx.incident.update({
        where: { id: incidentId },
        data: {
          state: 'closed',
          closedAt: now,
          closedById: actor.id,
          closedByName: actor.name,
          closeReason: reason,
        },
      }),
    );
    await writeTimeline(tx, incidentId, [
      {
        dedupKey: `${incidentId}:closed:${now.toISOString()}`,
        at: now,
        kind: 'closed',
        actorName: actor.name,
        details: { reason },
      },
    ]);
    await tellOfIncident(tx, policy, row, {
      cause: { kind: 'incident-closed', incidentId },
      // One that was opened again is closed again, and people are told again.
      once: now.toISOString(),
      at: now,
    });
    await announce(tx, 'incident.closed', incident, { actor, reason, at: now });
    return { outcome: 'closed', incident };
  });
}

async function refuseUnlessOver(tx: Transaction, policy: Policy, row: IncidentRow): Promise<void> {
  const { rolloutId } = row;
  const refusal = whyStillOpen({
    rollbackOpen: (await tx.rollbackRequest.count({ where: { rolloutId, state: 'open' } })) > 0,
    stepUnproven:
      (await tx.rollout.count({
        where: {
          id: rolloutId,
          OR: [{ state: 'rolling_back' }, { state: 'halted', resumeState: 'rolling_back' }],
        },
      })) > 0,
    windows: await readWindows(tx, policy, row),
    needed: policy.incidents.closedAfterGreenWindows,
  });
  if (refusal)
    throw new AppError('CONFLICT', `${incidentKey(row.number)}: ${textOf(refusal)}`, {
      reason: refusal.refused,
    });
}

async function refuseOpenSteps(tx: Transaction, policy: Policy, row: IncidentRow, now: Date): Promise<void> {
  const { facts } = await loadIncidentFacts(tx, policy, row);
  const steps = stepsOf(facts, await readSteps(tx, row.id), policy, now);
  const ready = stepsToComplete(steps);
  const open = whyNotClosable(steps).steps.filter((step) => !ready.includes(step));
  if (open.length === 0) return;
  const held = steps.flatMap(({ step, checks }) =>
    open.includes(step) ? checks.filter(({ holds, state }) => holds && state === 'no') : [],
  );
  throw new AppError('CONFLICT', `${incidentKey(row.number)}: steps are not done yet: ${open.join(', ')}.`, {
    reason: 'steps_open',
    issues: [
      ...open.map((step) => ({ field: 'steps', message: step })),
      ...held.map(({ check }) => ({ field: 'checks', message: check })),
    ],
  });
}

function textOf(refusal: CloseRefusal): string {
  switch (refusal.refused) {
    case 'rollback_open':
      return 'a rollback waits for its decision.';
    case 'step_unproven':
      return 'the rollback has not been read back yet.';
    case 'not_recovered':
      return `the SLO was met in ${refusal.metWindows} of the last ${refusal.needed} windows that tell.`;
  }
}
