import { publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import type { Rollout } from '../rollout.schema.ts';
import { toRollout } from '../rollout.store.ts';
import { type RolloutEvent, transition } from './transitions.ts';

export type TransitionCommand = {
  /** As it was read in this transaction or shown to a person; a revision that has moved on loses. */
  rollout: Rollout;
  event: RolloutEvent;
  /** Where the phase goes; only with events that move it. */
  toPhase?: string;
  at: Date;
  /** Times that belong to the new state; what is not named is cleared. */
  watchUntil?: Date | null;
  nextCanaryAt?: Date | null;
};

/**
 * One transition of the phase machine as one conditional statement: of several callers one wins (architecture decision 7).
 * Returns the rollout after it, or null when its revision had moved on. The caller writes the audit row in the same
 * transaction. Errors: AppError CONFLICT (`not_now`) when the event is not legal in the state the rollout is in.
 */
export async function applyTransition(tx: Transaction, command: TransitionCommand): Promise<Rollout | null> {
  const { rollout, event, at } = command;
  const next = transition(rollout, event);
  if (!next)
    throw new AppError('CONFLICT', `${rollout.id} is ${rollout.state}: ${event} is not possible now`, {
      reason: 'not_now',
    });
  if ((next.move === 'stay') !== (command.toPhase === undefined))
    throw new RangeError(
      `${event} ${next.move === 'stay' ? 'moves no phase' : 'needs the phase it goes to'}`,
    );
  const toPhase = command.toPhase ?? rollout.phase;
  const entersPhase = next.move !== 'stay' || event === 'start';
  const { count } = await tx.rollout.updateMany({
    where: { id: rollout.id, revision: rollout.revision, phase: rollout.phase, state: rollout.state },
    data: {
      phase: toPhase,
      state: next.state,
      resumeState: next.resumeState,
      version: rollout.version + (next.serving ? 1 : 0),
      revision: rollout.revision + 1,
      ...(entersPhase ? { phaseEnteredAt: at } : {}),
      stateEnteredAt: at,
      // A kill switch stops the clock of nothing that people have been promised; the rest belongs to one state.
      ...(event === 'kill' || event === 'rearm'
        ? {}
        : {
            watchUntil: command.watchUntil ?? null,
            nextCanaryAt: command.nextCanaryAt ?? null,
            escalatedAt: null,
          }),
      updatedAt: at,
    },
  });
  if (count === 0) return null;
  await publishLive(tx, { topic: 'rollout', rolloutId: rollout.id });
  return toRollout(await tx.rollout.findUniqueOrThrow({ where: { id: rollout.id } }));
}
