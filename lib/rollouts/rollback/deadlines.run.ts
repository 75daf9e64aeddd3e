import { log } from '#lib/config/server.ts';
import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { findPhase, type LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { holdForStep } from '../people/hold-rollout.store.ts';
import type { PhaseChange } from '../rollout.schema.ts';
import { killInForce } from '../stops/kill-guard.store.ts';
import { executeRequest, withdrawTakenBack } from './demand-rollback.store.ts';
import { deadlineNow } from './request-rules.ts';
import type { RequiredRollback } from './required-rollback.schema.ts';
import { clockOfRequest, listOpenRequiredRollbacks, setDeadline } from './required-rollback.store.ts';

/** `executed`: steps that were made by themselves. `waiting`: deadlines that lie ahead, or that a kill switch holds. */
export type Deadlines = {
  executed: PhaseChange[];
  waiting: { requestId: string; rolloutId: string; dueAt: string }[];
  failures: { rolloutId: string; error: string }[];
};

/**
 * Executes every required rollback whose deadline has passed and that nobody has decided (ROL-3), also those that passed
 * while Phasegate was down. Each on its own: one that fails holds up no other and is tried again at the next look.
 * Nothing executes while a kill switch is pressed, nor when its verdict was revised or the policy no longer acts.
 */
export async function enforceDeadlines(now: Date): Promise<Deadlines> {
  const loaded = await loadPolicy();
  const result: Deadlines = { executed: [], waiting: [], failures: [] };
  for (const request of await listOpenRequiredRollbacks()) {
    if (request.dueAt === null) continue;
    const { rolloutId, id: requestId } = request;
    try {
      const met = await inTransaction((tx) => enforce(tx, loaded, request, now));
      if (met.change) result.executed.push(met.change);
      else if (met.dueAt) result.waiting.push({ requestId, rolloutId, dueAt: met.dueAt.toISOString() });
    } catch (error) {
      log('rollouts').error({ err: error, rolloutId, requestId }, 'a deadline could not be enforced');
      result.failures.push({ rolloutId, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return result;
}

async function enforce(
  tx: Transaction,
  loaded: LoadedPolicy,
  request: RequiredRollback,
  now: Date,
): Promise<{ change?: PhaseChange; dueAt?: Date }> {
  const { id, rolloutId } = request;
  const killed = await killInForce(tx, rolloutId);
  await holdForStep(tx, rolloutId);
  const lastSeenAt = await clockOfRequest(tx, id);
  const listed = (await listOpenRequiredRollbacks(tx)).find((open) => open.id === id);
  if (lastSeenAt === null || !listed?.dueAt) return {};
  if (await withdrawTakenBack(tx, rolloutId, now)) return {};
  const automation = findPhase(loaded.policy, rolloutId, listed.phase)?.automation;
  if (automation?.rollback !== 'act') {
    await setDeadline(tx, id, { dueAt: null, lastSeenAt: now, mode: 'recommend' });
    return {};
  }
  const { due, ...clock } = deadlineNow({ dueAt: new Date(listed.dueAt), lastSeenAt }, now);
  await setDeadline(tx, id, clock);
  if (!due || killed) return { dueAt: clock.dueAt };
  return { change: await executeRequest(tx, loaded, listed, now) };
}
