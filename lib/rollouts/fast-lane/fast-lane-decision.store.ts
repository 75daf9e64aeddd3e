import { hash } from 'node:crypto';
import { database, type Transaction } from '#lib/database/server.ts';
import type { Decision } from '../decision/decision.schema.ts';
import type { Rollout } from '../rollout.schema.ts';
import type { RollbackAnswers } from './fast-lane-demand.ts';

/** What was answered to demands of a step back of this version of a rollout: declined, or only put on record. */
export async function answersAboutRollback({ id, version }: Rollout): Promise<RollbackAnswers> {
  const { _max } = await database().rollbackRequest.aggregate({
    where: { rolloutId: id, rolloutVersion: version, state: { in: ['declined', 'recorded'] } },
    _max: { decidedAt: true, windowStart: true },
  });
  return { declinedAt: _max.decidedAt, upToWindow: _max.windowStart };
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
