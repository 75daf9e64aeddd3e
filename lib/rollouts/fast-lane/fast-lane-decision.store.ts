import { hash } from 'node:crypto';
import { database, type Transaction } from '#lib/database/server.ts';
import type { Decision } from '../decision/decision.schema.ts';
import type { Rollout } from '../rollout.schema.ts';

/** When somebody last said "not now" to a step back of this version of a rollout; null: nobody did. */
export async function lastDeclineOf({ id, version }: Rollout): Promise<Date | null> {
  const row = await database().rollbackRequest.findFirst({
    where: { rolloutId: id, rolloutVersion: version, state: 'declined' },
    orderBy: { decidedAt: 'desc' },
    select: { decidedAt: true },
  });
  return row?.decidedAt ?? null;
}

/** Puts a decision that was made between cycles on record. */
export async function insertFastLaneDecision(tx: Transaction, decision: Decision): Promise<void> {
  const { rolloutId, phase, rolloutVersion, policyHash, evidenceHash, rollback, decidedAt } = decision;
  await tx.rolloutDecision.create({
    data: {
      rolloutId,
      phase,
      rolloutVersion,
      source: 'fast_lane',
      windowStart: rollback?.windowStart ?? null,
      decision: decision.decision,
      policyHash,
      evidenceHash,
      fingerprint: hash('sha256', JSON.stringify([decision.decision, evidenceHash, rollback]), 'hex'),
      body: decision,
      decidedAt,
    },
  });
}
