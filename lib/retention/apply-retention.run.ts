import { log } from '#lib/config/server.ts';
import { inTransaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { KEPT, type Kept, retentionCutoffs } from './cutoffs.ts';
import { deleteOlder } from './delete-old.store.ts';

const SYSTEM = { id: 'system', name: 'Phasegate' };

/**
 * Deletes what is older than governance/policy.yaml keeps it (`retention`), and records how many rows of what. Evidence is
 * never deleted: the audit trail, phase changes, policy versions. Repeating it, or two at once, deletes nothing more.
 * Returns the rows deleted. Errors: the policy's and the database's; what was deleted until then is on record.
 */
export async function applyRetention(now = new Date()): Promise<Record<Kept, number>> {
  const { policy } = await loadPolicy();
  const cutoffs = retentionCutoffs(policy.retention, now);
  const deleted = {
    windows: 0,
    verdicts: 0,
    slices: 0,
    cycles: 0,
    payloads: 0,
    quarantine: 0,
    sessions: 0,
    setupTokens: 0,
  };
  let complete = false;
  try {
    for (const kept of KEPT) {
      for (let rows = -1; rows !== 0; deleted[kept] += rows) rows = await deleteOlder(kept, cutoffs[kept]);
    }
    complete = true;
  } finally {
    await record({ deleted, complete, cutoffs, now });
  }
  log('retention').info(deleted, 'old rows were deleted');
  return deleted;
}

function record(run: {
  deleted: Record<Kept, number>;
  complete: boolean;
  cutoffs: Record<Kept, Date>;
  now: Date;
}): Promise<unknown> {
  const before = Object.fromEntries(KEPT.map((kept) => [kept, run.cutoffs[kept].toISOString()]));
  return inTransaction((tx) =>
    appendAudit(tx, {
      actor: SYSTEM,
      action: 'retention.applied',
      subject: 'retention',
      reason: run.complete ? 'older than the policy keeps it' : 'broken off by an error; the rest follows',
      details: { deleted: run.deleted, before },
      at: run.now,
    }),
  );
}
