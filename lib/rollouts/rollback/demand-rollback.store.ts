import type { Transaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import type { LoadedPolicy, Phase } from '#lib/policy/index.ts';
import type { RollbackDemand } from '../decision/decision.schema.ts';
import { holdForStep } from '../people/hold-rollout.store.ts';
import type { PhaseChange, Rollout } from '../rollout.schema.ts';
import { findRollout } from '../rollout.store.ts';
import { killInForce } from '../stops/kill-guard.store.ts';
import { answeredBefore, modeOfDemand, takenBack } from './request-rules.ts';
import type { RequiredRollback } from './required-rollback.schema.ts';
import {
  answeredRequests,
  endRequest,
  insertRequest,
  openRequiredRollback,
  verdictOfRequest,
} from './required-rollback.store.ts';
import { rollBackIn } from './rollback.run.ts';

/** What became of a demand. `answered`: about this window somebody said not now, or it is on record. */
export type DemandOutcome =
  | { outcome: 'opened' | 'joined' | 'recorded'; request: RequiredRollback }
  | { outcome: 'executed'; request: RequiredRollback; change: PhaseChange }
  | { outcome: 'answered' | 'moved_on' };

/**
 * Puts a required rollback on record in the caller's transaction and decides it as the policy says (ROL-3): `automatic`
 * executes here, `on_call` waits for a person until its deadline, `recommend` for a person alone, `shadow` is recorded and
 * done. Joins the one that is open. While a kill switch is pressed nothing executes; the request waits.
 * `rollout`: as the demand was decided; one that has moved on since demands nothing. Errors: the database's.
 */
export async function demandRollback(
  tx: Transaction,
  input: {
    loaded: LoadedPolicy;
    rollout: Rollout;
    phase: Phase;
    demand: RollbackDemand;
    evidence: RequiredRollback['evidence'];
    /** What goes on record with a new request before anything is executed: its incident and its alert come first (REP-7). */
    announce?: (request: RequiredRollback) => Promise<void>;
    now: Date;
  },
): Promise<DemandOutcome> {
  const { loaded, phase, demand, evidence, announce, now } = input;
  const rolloutId = input.rollout.id;
  const killed = await killInForce(tx, rolloutId);
  await holdForStep(tx, rolloutId);
  const rollout = await findRollout(rolloutId, tx);
  if (rollout?.version !== input.rollout.version || rollout.phase !== phase.id)
    return { outcome: 'moved_on' };
  const open = await openRequiredRollback(rolloutId, tx);
  if (open) {
    if (open.mode !== 'automatic' || killed) return { outcome: 'joined', request: open };
    return await execute(tx, loaded, open, now);
  }
  const windowMs = loaded.policy.cycle.windowSeconds * 1000;
  const windowStart =
    demand.windowStart === null
      ? new Date(Math.floor(now.getTime() / windowMs) * windowMs)
      : new Date(demand.windowStart);
  const place = { rolloutId, rolloutVersion: rollout.version };
  if (answeredBefore(await answeredRequests(tx, place), windowStart)) return { outcome: 'answered' };
  const { mode, dueAt } = modeOfDemand(phase, demand, now);
  const request = await insertRequest(tx, {
    ...place,
    phase: phase.id,
    toPhase: demand.toPhase,
    cause: demand.cause,
    mode,
    state: mode === 'shadow' ? 'recorded' : 'open',
    verdictId: demand.verdictId,
    windowStart,
    evidence: { ...evidence, metrics: demand.metrics },
    policyHash: loaded.hash,
    openedAt: now,
    dueAt,
  });
  await announce?.(request);
  if (mode === 'automatic' && !killed) return await execute(tx, loaded, request, now);
  await appendAudit(tx, {
    actor: SYSTEM_ACTOR,
    action: mode === 'shadow' ? 'rollback.recorded' : 'rollback.requested',
    subject: `rollout:${rolloutId}`,
    reason: demand.cause,
    details: {
      request: request.id,
      phase: phase.id,
      toPhase: demand.toPhase,
      mode,
      dueAt: request.dueAt,
      verdict: demand.verdictId,
      metrics: demand.metrics,
    },
    at: now,
  });
  return { outcome: mode === 'shadow' ? 'recorded' : 'opened', request };
}

/** Executes an open request by itself. The caller holds the kill switch's lock and the rollout's row. */
export async function executeRequest(
  tx: Transaction,
  loaded: LoadedPolicy,
  request: RequiredRollback,
  now: Date,
): Promise<PhaseChange> {
  const outcome = await rollBackIn(tx, loaded, {
    rolloutId: request.rolloutId,
    fromPhase: request.phase,
    reason: reasonOf(request),
    trigger: request.mode === 'automatic' ? 'automatic' : 'deadline',
    actor: SYSTEM_ACTOR,
    now,
  });
  if (outcome.outcome === 'would_roll_back') throw new RangeError('an execution is no dry run');
  return outcome.change;
}

async function execute(
  tx: Transaction,
  loaded: LoadedPolicy,
  request: RequiredRollback,
  now: Date,
): Promise<DemandOutcome> {
  return { outcome: 'executed', request, change: await executeRequest(tx, loaded, request, now) };
}

function reasonOf({ cause, evidence, mode }: RequiredRollback): string {
  const metrics = Array.isArray(evidence.metrics) ? evidence.metrics.join(', ') : '';
  const why = `${cause}${metrics === '' ? '' : `: ${metrics}`}`;
  return mode === 'automatic' ? why : `${why} (nobody decided by the deadline)`;
}

/**
 * Takes an open request back when the verdict that required it was revised and no longer does (COL-6). Call it when a
 * decision demands nothing. Returns the request that was withdrawn, or null. Errors: the database's.
 */
export async function withdrawTakenBack(
  tx: Transaction,
  rolloutId: string,
  now: Date,
): Promise<RequiredRollback | null> {
  await holdForStep(tx, rolloutId);
  const open = await openRequiredRollback(rolloutId, tx);
  if (!open || !takenBack(open, await verdictOfRequest(tx, open))) return null;
  return await withdraw(tx, open, 'the verdict was revised and no longer requires it', now);
}

async function withdraw(
  tx: Transaction,
  request: RequiredRollback,
  reason: string,
  now: Date,
): Promise<RequiredRollback | null> {
  const ended = await endRequest(tx, {
    requestId: request.id,
    state: 'withdrawn',
    by: SYSTEM_ACTOR,
    reason,
    at: now,
  });
  if (!ended) return null;
  await appendAudit(tx, {
    actor: SYSTEM_ACTOR,
    action: 'rollback.withdrawn',
    subject: `rollout:${request.rolloutId}`,
    reason,
    details: { request: request.id, verdict: request.verdictId },
    at: now,
  });
  return ended;
}
