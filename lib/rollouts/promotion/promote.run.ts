import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, GateCheck } from '../decision/decision.schema.ts';
import type { DecisionFacts } from '../gates/gate-facts.ts';
import { applyTransition } from '../machine/apply-transition.store.ts';
import { endSignaturesOfPhase } from '../people/end-signatures.store.ts';
import { requireFacts } from '../people/facts.store.ts';
import { holdForStep } from '../people/hold-rollout.store.ts';
import { requirePerson } from '../people/person.store.ts';
import { requireAsShown } from '../people/shown-decision.store.ts';
import type { PhaseChange, Trigger } from '../rollout.schema.ts';
import { findChangeOfDecision, findRollout, insertPhaseChange, setFlagStates } from '../rollout.store.ts';
import { killInForce } from '../stops/kill-guard.store.ts';
import { tellOfStep } from '../tell/tell.store.ts';
import {
  changedFlags,
  type Promoter,
  type PromotionPlan,
  type PromotionRefusal,
  planPromotion,
} from './plan-promotion.ts';
import type { PromotionOutcome } from './promotion.schema.ts';

export type PromoteCommand = {
  rolloutId: string;
  /** What the person saw, or the decision that Phasegate acts on. */
  fromPhase: string;
  expectedVersion: number;
  evidenceHash: string;
  reason: string;
  trigger: Trigger;
  /** A person, or SYSTEM_ACTOR where the policy's automation of the phase is `act`. */
  actor: Pick<Actor, 'kind' | 'id' | 'name'>;
  now: Date;
  dryRun?: boolean;
};

type StepOn = Extract<PromotionPlan, { plan: 'step_on' }>;

/**
 * The last click (PHA-3, DASH-5): one step on, or the end of the climb, exactly once however many press. In one
 * transaction the kill switch is asked, everything is read and decided again, and phase, flags, record and audit are
 * written; then the step waits to be proven. Whoever presses the same again gets the first answer. A dry run changes nothing.
 * Errors: AppError NOT_FOUND; FORBIDDEN `person_inactive`, `permission_missing`, `role_missing`, `automation_not_act`;
 * CONFLICT `killed`, `moved_on`, `policy_changed`, `evidence_changed`, `gates_unmet`, `rejected`, `approvals_missing`,
 * `four_eyes`, with the gates or changes as its issues.
 */
export async function promote(command: PromoteCommand): Promise<PromotionOutcome> {
  const loaded = await loadPolicy();
  return inTransaction((tx) => promoteIn(tx, loaded, command));
}

async function promoteIn(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: PromoteCommand,
): Promise<PromotionOutcome> {
  const { rolloutId, now } = command;
  const kill = await killInForce(tx, rolloutId);
  await holdForStep(tx, rolloutId);
  const promoter = await promoterOf(tx, loaded, command);
  const earlier = await sameStepBefore(tx, command);
  if (earlier) return { outcome: 'already_done', change: earlier };
  if (kill) throw refusalOf(rolloutId, { refused: 'killed', gates: [] }, kill.reason);
  const facts = await requireFacts(tx, loaded, rolloutId, now);
  const decision = decide(facts);
  requirePlace(command, facts);
  const plan = planPromotion(facts, decision, promoter);
  // What holds it is said first: "not as you saw it" would hide a gate that has just fallen.
  if (plan.plan === 'refuse' && !SEEN_FIRST.has(plan.refusal.refused))
    throw refusalOf(rolloutId, plan.refusal);
  await requireAsShown(
    tx,
    { rolloutVersion: command.expectedVersion, evidenceHash: command.evidenceHash },
    decision,
  );
  if (plan.plan === 'refuse') throw refusalOf(rolloutId, plan.refusal);
  if (command.dryRun) return wouldPromote(plan);
  return {
    outcome: plan.kind === 'promotion' ? 'promoted' : 'completed',
    change: await stepOn(tx, loaded, command, facts, decision, plan),
  };
}

/** Signatures are missing because the evidence moved on: that is what to say. */
const SEEN_FIRST: ReadonlySet<PromotionRefusal['refused']> = new Set(['approvals_missing', 'four_eyes']);

async function promoterOf(tx: Transaction, loaded: LoadedPolicy, command: PromoteCommand): Promise<Promoter> {
  if (command.actor.kind === 'system') return { kind: 'system' };
  const person = await requirePerson(tx, command.actor.id, 'promote', loaded.policy);
  return { kind: 'person', id: person.id, roles: person.roles };
}

function decisionKeyOf(
  kind: 'promotion' | 'completion',
  { rolloutId, expectedVersion }: PromoteCommand,
): string {
  return `${kind}:${rolloutId}:${expectedVersion}`;
}

/** The step that this press asks for, if it has been made and nothing has followed it. */
async function sameStepBefore(tx: Transaction, command: PromoteCommand): Promise<PhaseChange | null> {
  const change =
    (await findChangeOfDecision(decisionKeyOf('promotion', command), tx)) ??
    (await findChangeOfDecision(decisionKeyOf('completion', command), tx));
  if (!change || change.fromPhase !== command.fromPhase) return null;
  const rollout = await findRollout(command.rolloutId, tx);
  return rollout?.version === change.rolloutVersion ? change : null;
}

function requirePlace(command: PromoteCommand, { rollout }: DecisionFacts): void {
  if (rollout.phase === command.fromPhase && rollout.version === command.expectedVersion) return;
  throw new AppError(
    'CONFLICT',
    `${rollout.id} is in ${rollout.phase}, version ${rollout.version}; you saw ${command.fromPhase}, version ${command.expectedVersion}. Nothing was changed.`,
    { reason: 'moved_on' },
  );
}

async function stepOn(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: PromoteCommand,
  facts: DecisionFacts,
  decision: Decision,
  plan: StepOn,
): Promise<PhaseChange> {
  const { rolloutId, actor, reason, trigger, now } = command;
  // The tick that asks for signatures may not have come yet; every gate it looks at has just been seen to be met.
  const asked =
    facts.rollout.state === 'running'
      ? requireMoved(await applyTransition(tx, { rollout: facts.rollout, event: 'gates_met', at: now }))
      : facts.rollout;
  const goes =
    plan.kind === 'promotion'
      ? ({ event: 'promote', toPhase: plan.to } as const)
      : ({ event: 'complete' } as const);
  const moved = requireMoved(await applyTransition(tx, { rollout: asked, ...goes, at: now }));
  if (plan.kind === 'promotion')
    await setFlagStates(tx, {
      rolloutId,
      phase: plan.to,
      flags: plan.flagsAfter,
      version: moved.version,
      at: now,
    });
  await recordPolicyVersion(tx, loaded, 'governance files');
  const change = await insertPhaseChange(tx, {
    rolloutId,
    kind: plan.kind,
    fromPhase: plan.from,
    toPhase: plan.to,
    decisionKey: decisionKeyOf(plan.kind, command),
    trigger,
    reason,
    actor,
    flagsBefore: plan.flagsBefore,
    flagsAfter: plan.flagsAfter,
    rolloutVersion: moved.version,
    policyHash: loaded.hash,
    verdictId: facts.verdicts[0]?.id ?? null,
    evidenceHash: decision.evidenceHash,
    // A completion serves nothing new: there is nothing to read back.
    ...(plan.kind === 'completion' ? { proof: 'proven' as const, provenAt: now } : {}),
    at: now,
  });
  await tellOfStep(tx, loaded.policy, change, now);
  await endSignaturesOfPhase(tx, { rolloutId, by: actor.id, at: now });
  await appendAudit(tx, {
    actor,
    action: plan.kind === 'promotion' ? 'rollout.promoted' : 'rollout.completed',
    subject: `rollout:${rolloutId}`,
    reason,
    details: {
      change: change.id,
      from: plan.from,
      to: plan.to,
      trigger,
      version: moved.version,
      evidenceHash: decision.evidenceHash,
      policyHash: loaded.hash,
      verdictId: facts.verdicts[0]?.id ?? null,
      approvals: plan.approvals.map(({ id, personId, role }) => ({ id, personId, role })),
      flagsBefore: plan.flagsBefore,
      flagsAfter: plan.flagsAfter,
    },
    at: now,
  });
  return change;
}

function requireMoved<T>(moved: T | null): T {
  if (moved !== null) return moved;
  throw new AppError('CONFLICT', 'The rollout is being changed by others; nothing was changed here.', {
    reason: 'moved_on',
  });
}

function wouldPromote({ kind, from, to, flagsBefore, flagsAfter }: StepOn): PromotionOutcome {
  return {
    outcome: 'would_promote',
    kind,
    from,
    to,
    flagsBefore,
    flagsAfter,
    changedFlags: changedFlags(flagsBefore, flagsAfter),
  };
}

function refusalOf(rolloutId: string, refusal: PromotionRefusal, killReason?: string): AppError {
  const { refused } = refusal;
  switch (refused) {
    case 'automation_not_act':
      return new AppError('FORBIDDEN', `The policy does not let Phasegate promote ${rolloutId} by itself.`, {
        reason: refused,
      });
    case 'role_missing':
      return new AppError(
        'FORBIDDEN',
        `Only ${refusal.needs.join(', ')} may promote ${rolloutId} from here.`,
        {
          reason: refused,
        },
      );
    case 'four_eyes':
      return new AppError(
        'CONFLICT',
        `${rolloutId}: two people at least must stand behind a promotion; somebody else has to approve or promote.`,
        { reason: refused },
      );
    case 'killed':
      return withGates(
        refused,
        `The kill switch is pressed: ${killReason ?? 'see its page'}.`,
        refusal.gates,
      );
    case 'gates_unmet':
      return withGates(refused, `${rolloutId} is held by ${named(refusal.gates)}.`, refusal.gates);
    case 'rejected':
      return withGates(refused, `${rolloutId}: the promotion was rejected.`, refusal.gates);
    case 'approvals_missing':
      return withGates(refused, `${rolloutId}: approvals are missing.`, refusal.gates);
  }
}

const named = (gates: readonly GateCheck[]) => gates.map(({ id }) => id).join(', ') || 'a required rollback';

function withGates(reason: string, message: string, gates: readonly GateCheck[]): AppError {
  return new AppError('CONFLICT', message, {
    reason,
    issues: gates.map((gate) => ({ field: gate.id, message: gate.reason })),
  });
}
