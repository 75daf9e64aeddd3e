import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { decide } from '../decision/decide.ts';
import type { GateCheck } from '../decision/decision.schema.ts';
import { requireFacts } from '../people/facts.store.ts';
import { keepAsRead, takeTurn } from '../people/hold-rollout.store.ts';
import { requirePerson } from '../people/person.store.ts';
import { requireAsShown } from '../people/shown-decision.store.ts';
import type { Rollout, Trigger } from '../rollout.schema.ts';
import type { ApprovalChoice, GiveApprovalOutcome } from './approval.schema.ts';
import { endApproval, findApproval, insertApproval } from './approval.store.ts';
import { type ApprovalPlan, type ApprovalRefusal, planApproval } from './plan-approval.ts';

export type GiveApprovalCommand = {
  rolloutId: string;
  choice: ApprovalChoice;
  comment: string;
  minutesUrl?: string | undefined;
  role?: string | undefined;
  /** Of the decision that the person was shown. */
  rolloutVersion: number;
  policyHash: string;
  evidenceHash: string;
  actor: { id: string; name: string };
  trigger: Trigger;
  now: Date;
  dryRun?: boolean;
};

/**
 * A person's yes or no to the promotion out of the phase (PHA-3), bound to what they were shown. Safe to repeat.
 * Errors: AppError NOT_FOUND; FORBIDDEN `person_inactive`, `permission_missing`, `role_missing`; CONFLICT `moved_on`,
 * `policy_changed`, `evidence_changed` (of a yes), `killed`, `not_now`, `gates_unmet`, with the gates as its issues.
 */
export async function giveApproval(command: GiveApprovalCommand): Promise<GiveApprovalOutcome> {
  const loaded = await loadPolicy();
  return inTransaction((tx) => giveIn(tx, loaded, command));
}

async function giveIn(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: GiveApprovalCommand,
): Promise<GiveApprovalOutcome> {
  const { rolloutId, choice, rolloutVersion, policyHash, evidenceHash, now } = command;
  await takeTurn(tx, rolloutId);
  const person = await requirePerson(tx, command.actor.id, 'approve', loaded.policy);
  const facts = await requireFacts(tx, loaded, rolloutId, now);
  const decision = decide(facts);
  const shown = { rolloutVersion, policyHash, evidenceHash };
  // A no protects: it is taken of this stay in the phase whatever else has moved since the person looked.
  await requireAsShown(tx, { rolloutVersion, evidenceHash: decision.evidenceHash }, decision);
  const plan = planApproval(facts, decision, {
    personId: person.id,
    personRoles: person.roles,
    choice,
    role: command.role,
  });
  if (plan.plan === 'refuse') throw refusalOf(rolloutId, plan.refusal);
  if (choice === 'approve') await requireAsShown(tx, shown, decision);
  if (plan.plan === 'already_given') {
    const approval = await findApproval(plan.id, tx);
    if (!approval) throw new RangeError(`vote ${plan.id} has just been read and is not there`);
    return { outcome: 'already_given', approval };
  }
  if (command.dryRun) return { outcome: 'would_give', choice, role: plan.role };
  return write(tx, loaded, command, facts.rollout, person, plan);
}

async function write(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: GiveApprovalCommand,
  rollout: Rollout,
  person: { id: string; name: string },
  plan: Extract<ApprovalPlan, { plan: 'give' }>,
): Promise<GiveApprovalOutcome> {
  const { rolloutId, choice, comment, trigger, now } = command;
  await keepAsRead(tx, rollout);
  await recordPolicyVersion(tx, loaded, 'governance files');
  if (plan.replaces) await endApproval(tx, { ...plan.replaces, by: person.id, at: now });
  const approval = await insertApproval(tx, {
    rolloutId,
    phase: rollout.phase,
    rolloutVersion: rollout.version,
    policyHash: command.policyHash,
    evidenceHash: command.evidenceHash,
    choice,
    role: plan.role,
    comment,
    minutesUrl: command.minutesUrl ?? null,
    person,
    trigger,
    givenAt: now,
    expiresAt: plan.expiresAt,
  });
  await publishLive(tx, { topic: 'rollout', rolloutId });
  await appendAudit(tx, {
    actor: person,
    action: choice === 'approve' ? 'promotion.approved' : 'promotion.rejected',
    subject: `rollout:${rolloutId}`,
    reason: comment,
    details: {
      approval: approval.id,
      phase: rollout.phase,
      version: rollout.version,
      role: plan.role,
      policyHash: command.policyHash,
      evidenceHash: command.evidenceHash,
      replaces: plan.replaces?.id ?? null,
      trigger,
    },
    at: now,
  });
  return { outcome: plan.replaces ? 'replaced' : 'given', approval };
}

function refusalOf(rolloutId: string, refusal: ApprovalRefusal): AppError {
  const { refused } = refusal;
  switch (refused) {
    case 'role_missing':
      return new AppError(
        'FORBIDDEN',
        `This step is signed by ${refusal.needs.join(', ')}; you are none of them.`,
        {
          reason: refused,
        },
      );
    case 'killed':
      return withGates(refused, `The kill switch is pressed for ${rolloutId}.`, refusal.gates);
    case 'not_now':
      return withGates(refused, `${rolloutId} asks nobody for a promotion now.`, refusal.gates);
    case 'gates_unmet':
      return withGates(
        refused,
        `Nobody is asked to sign a step that is not ready: ${refusal.gates.map(({ id }) => id).join(', ') || 'a rollback is required'}.`,
        refusal.gates,
      );
  }
}

function withGates(reason: string, message: string, gates: readonly GateCheck[]): AppError {
  return new AppError('CONFLICT', message, {
    reason,
    issues: gates.map((gate) => ({ field: gate.id, message: gate.reason })),
  });
}
