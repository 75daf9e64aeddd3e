import { log } from '#lib/config/server.ts';
import { inSavepoint, type Transaction } from '#lib/database/server.ts';
import { applyTransition } from '../machine/apply-transition.store.ts';
import type { RolloutEvent } from '../machine/transitions.ts';
import { findRollout } from '../rollout.store.ts';
import { EVERYTHING } from './stop.schema.ts';

/** Somebody else's step in flight is waited for this long; then the sweep of every minute halts that rollout. */
const STEP_WITHIN_MS = 1000;

/** Which rollouts a press of this scope would halt. */
export async function rolloutsToHalt(tx: Transaction, scope: string): Promise<string[]> {
  const rows = await tx.rollout.findMany({
    where: { state: { not: 'halted' }, ...(scope === EVERYTHING ? {} : { id: scope }) },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id }) => id);
}

/**
 * Moves every rollout that a pressed kill switch covers, and that is not halted yet, to `halted`; also those that were added
 * since the press. Returns which. One whose step is in flight too long is left for the next call: what stops automatic acts
 * is the order, not the state.
 */
export async function haltCovered(tx: Transaction, at: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM rollout WHERE state <> 'halted' AND EXISTS (
      SELECT FROM stop_order WHERE kind = 'kill' AND ended_at IS NULL AND scope IN (${EVERYTHING}, rollout.id))
    ORDER BY id`;
  return moveEach(tx, rows, 'kill', at);
}

/** Which halted rollouts no kill switch covers any more, but for the order `but`. */
export async function rolloutsToResume(tx: Transaction, but: string): Promise<{ id: string }[]> {
  return tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM rollout WHERE state = 'halted' AND NOT EXISTS (
      SELECT FROM stop_order WHERE kind = 'kill' AND ended_at IS NULL AND id <> ${but}::uuid
        AND scope IN (${EVERYTHING}, rollout.id))
    ORDER BY id`;
}

/** Lets halted rollouts go on that no kill switch covers any more. Returns which. */
export async function resumeUncovered(tx: Transaction, at: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM rollout WHERE state = 'halted' AND NOT EXISTS (
      SELECT FROM stop_order WHERE kind = 'kill' AND ended_at IS NULL AND scope IN (${EVERYTHING}, rollout.id))
    ORDER BY id`;
  return moveEach(tx, rows, 'rearm', at);
}

async function moveEach(
  tx: Transaction,
  rows: readonly { id: string }[],
  event: Extract<RolloutEvent, 'kill' | 'rearm'>,
  at: Date,
): Promise<string[]> {
  const moved: string[] = [];
  for (const { id } of rows) {
    const step = await inSavepoint(tx, STEP_WITHIN_MS, async () => {
      await tx.$queryRaw`SELECT id FROM rollout WHERE id = ${id} FOR UPDATE`;
      const rollout = await findRollout(id, tx);
      if (!rollout || (rollout.state === 'halted') === (event === 'kill')) return false;
      return (await applyTransition(tx, { rollout, event, at })) !== null;
    });
    if (!step.ok) log('rollouts').warn({ err: step.error, rolloutId: id, event }, 'a rollout is moved later');
    else if (step.value) moved.push(id);
  }
  return moved;
}
