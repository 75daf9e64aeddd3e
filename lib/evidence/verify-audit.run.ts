import { CHAIN_BEGIN, type ChainFault, followChain } from './audit-chain.ts';
import type { ChainCheck, ChainProgress } from './audit-list.schema.ts';
import { newestAuditSeq, walkAudit } from './audit-list.store.ts';

/**
 * Recomputes every hash of the stored trail up to what is newest when it begins, a few hundred entries at a time: memory stays
 * as it is however long the trail, and others have their turn in between (OPS-22). `onProgress` hears of each batch.
 * Errors: the database's.
 */
export async function checkAuditChain(
  now: Date,
  onProgress: (progress: ChainProgress) => void = () => {},
): Promise<ChainCheck> {
  const totalCount = await newestAuditSeq();
  let place = CHAIN_BEGIN;
  for await (const batch of walkAudit(totalCount)) {
    const followed = followChain(place, batch);
    if (followed.fault) return resultOf(now, followed.fault.seq - 1, followed.fault);
    place = followed.place;
    onProgress({ checkedCount: place.seq, totalCount });
  }
  return { ...resultOf(now, place.seq, null), head: place.seq === 0 ? null : place };
}

function resultOf(now: Date, checkedCount: number, fault: ChainFault | null): ChainCheck {
  return { checkedAt: now.toISOString(), checkedCount, fault, head: null };
}

/** {@link checkAuditChain}, in short: the first entry that does not hold; null: the trail is whole. */
export async function verifyAuditChain(): Promise<ChainFault | null> {
  return (await checkAuditChain(new Date())).fault;
}
