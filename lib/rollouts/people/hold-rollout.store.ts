import type { Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import type { Rollout } from '../rollout.schema.ts';

/** With the rollout's id: people's words about one rollout are taken one after the other. */
const WORDS_LOCK = 7_417_033;

/** Waits until nobody else's word about this rollout is being taken; held until the transaction ends. */
export async function takeTurn(tx: Transaction, rolloutId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${WORDS_LOCK}::int, hashtext(${rolloutId}))::text`;
}

/**
 * Keeps the rollout where it stands until the transaction ends: a step forward or back waits for this word. Call it right
 * before writing, so that a step back waits for nothing but the writing. Returns where it stands; null: it does not exist.
 */
export async function keepFromMoving(
  tx: Transaction,
  rolloutId: string,
): Promise<{ phase: string; version: number } | null> {
  const rows = await tx.$queryRaw<{ phase: string; version: number }[]>`
    SELECT phase, version FROM rollout WHERE id = ${rolloutId} FOR SHARE`;
  return rows[0] ?? null;
}

/** As {@link keepFromMoving}, for a rollout that was read before. Errors: AppError CONFLICT `moved_on` when it has moved. */
export async function keepAsRead(tx: Transaction, rollout: Rollout): Promise<void> {
  const place = await keepFromMoving(tx, rollout.id);
  if (place?.phase === rollout.phase && place.version === rollout.version) return;
  throw new AppError('CONFLICT', `${rollout.id} has just been changed by others; nothing was changed here.`, {
    reason: 'moved_on',
  });
}

/** Keeps every other step and word about the rollout waiting until the transaction ends. */
export async function holdForStep(tx: Transaction, rolloutId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM rollout WHERE id = ${rolloutId} FOR NO KEY UPDATE`;
}
