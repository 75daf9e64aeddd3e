import type { Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { type Decision, DecisionSchema } from '../decision/decision.schema.ts';
import { type Shown, whatChanged } from './what-changed.ts';

/**
 * Lets a person's word pass only while what they were shown still stands (PHA-3).
 * Errors: AppError CONFLICT `moved_on`, `policy_changed` or `evidence_changed`, with what changed as its issues.
 */
export async function requireAsShown(tx: Transaction, shown: Shown, current: Decision): Promise<void> {
  const recorded =
    shown.evidenceHash === current.evidenceHash
      ? null
      : await recordedDecision(tx, current.rolloutId, shown.evidenceHash);
  const issues = whatChanged(shown, recorded, current);
  const [first] = issues;
  if (!first) return;
  const reason =
    first.field === 'rolloutVersion'
      ? 'moved_on'
      : first.field === 'policyHash'
        ? 'policy_changed'
        : 'evidence_changed';
  throw new AppError(
    'CONFLICT',
    `${current.rolloutId} is no longer as you saw it: ${issues.map(({ field, message }) => `${field}: ${message}`).join('; ')}. Nothing was changed.`,
    { reason, issues },
  );
}

async function recordedDecision(
  tx: Transaction,
  rolloutId: string,
  evidenceHash: string,
): Promise<Decision | null> {
  const row = await tx.rolloutDecision.findFirst({
    where: { rolloutId, evidenceHash },
    orderBy: { decidedAt: 'desc' },
    select: { body: true },
  });
  // A decision of an earlier release may have another form: then what moved cannot be named, only that it did.
  return DecisionSchema.safeParse(row?.body).data ?? null;
}
