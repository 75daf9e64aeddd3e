import type { Phase } from '#lib/policy/index.ts';
import type { RollbackCause } from '../decision/decision.schema.ts';
import type { RequiredRollback, RollbackMode } from './required-rollback.schema.ts';

/** Clocks of several machines differ by less; a jump of the clock is more. */
const CLOCK_TOLERANCE_MS = 5000;

/**
 * How a demand is decided (ROL-3) and by when. The trust ladder comes first: `shadow` only records, `recommend` asks and
 * has no deadline. Where nothing is behind, only a person can act. That nothing is seen any more is no proof that users are
 * hurt: a person is asked first even where proof acts at once, and their silence until the deadline steps back (COL-5). Pure.
 */
export function modeOfDemand(
  phase: Pick<Phase, 'automation' | 'rollback'>,
  { toPhase, cause }: { toPhase: string | null; cause: RollbackCause },
  now: Date,
): { mode: RollbackMode; dueAt: Date | null } {
  if (phase.automation.rollback === 'shadow') return { mode: 'shadow', dueAt: null };
  if (phase.automation.rollback === 'recommend' || toPhase === null)
    return { mode: 'recommend', dueAt: null };
  if (phase.rollback.mode === 'automatic' && cause !== 'source_lost')
    return { mode: 'automatic', dueAt: now };
  return { mode: 'on_call', dueAt: new Date(now.getTime() + phase.rollback.decideWithinSeconds * 1000) };
}

/**
 * Whether a demand about this window was answered before: somebody said not now, or it is on record. The next window
 * that violates asks again. `earlier`: requests of the same version of the rollout. Pure.
 */
export function answeredBefore(
  earlier: readonly Pick<RequiredRollback, 'state' | 'windowStart'>[],
  windowStart: Date,
): boolean {
  return earlier.some(
    (request) =>
      (request.state === 'declined' || request.state === 'recorded') &&
      request.windowStart !== null &&
      Date.parse(request.windowStart) >= windowStart.getTime(),
  );
}

/**
 * A deadline under a clock that people set: a clock that went back takes the deadline with it, so that it is not lost for
 * that long; one that went forward makes it due. `lastSeenAt`: the clock at the last look. Pure.
 */
export function deadlineNow(
  seen: { dueAt: Date; lastSeenAt: Date },
  now: Date,
): { dueAt: Date; lastSeenAt: Date; due: boolean } {
  const backMs = seen.lastSeenAt.getTime() - now.getTime();
  const jumped = backMs > CLOCK_TOLERANCE_MS;
  const dueAt = jumped ? new Date(seen.dueAt.getTime() - backMs) : seen.dueAt;
  const lastSeenAt = jumped || backMs < 0 ? now : seen.lastSeenAt;
  return { dueAt, lastSeenAt, due: dueAt.getTime() <= now.getTime() };
}

/**
 * Whether what required a rollback is no longer so: the verdict of that very window was revised. A later window that is
 * good takes nothing back, and an event that a client sent is not a verdict. `revised`: the latest revision, if any. Pure.
 */
export function takenBack(
  request: Pick<RequiredRollback, 'cause'>,
  revised: { rollbackRequired: boolean; sloMet: boolean | null } | null,
): boolean {
  if (revised === null || request.cause === 'violation_event') return false;
  return request.cause === 'slo_unmet' ? revised.sloMet === true : !revised.rollbackRequired;
}
