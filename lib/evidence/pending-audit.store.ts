import { z } from 'zod';
import { inSavepoint, inTransaction, type Transaction } from '#lib/database/server.ts';
import { type AuditFact, appendAudit } from './audit.store.ts';

/** Appends wait for each other; a protective act waits no longer than this for its turn. */
const APPEND_WITHIN_MS = 300;

const PendingFactSchema = z.object({
  actor: z.object({ id: z.string(), name: z.string() }),
  action: z.string(),
  subject: z.string(),
  reason: z.string(),
  details: z.record(z.string(), z.json()),
  at: z.iso.datetime().transform((at) => new Date(at)),
});

/**
 * Puts a protective act on record, in its transaction: in the audit trail or, where that cannot be written now, in the
 * queue before it, so that the act goes through all the same (architecture decision 6). Returns why it was queued, or null.
 * Errors: the database's, when not even the queue can be written; then nothing was changed.
 */
export async function appendAuditOrQueue(tx: Transaction, fact: AuditFact): Promise<unknown> {
  const appended = await inSavepoint(tx, APPEND_WITHIN_MS, () => appendAudit(tx, fact));
  if (appended.ok) return null;
  const problem = appended.error instanceof Error ? appended.error.message : String(appended.error);
  await tx.auditPending.create({ data: { fact: { ...fact, at: fact.at.toISOString() }, problem } });
  return appended.error;
}

/**
 * Appends what was queued, oldest first, each row once however many processes try; returns how many. The rows keep the time
 * of the act and say that they were queued and why. Errors: the audit trail's, when it still cannot be written.
 */
export async function appendPendingAudit(): Promise<number> {
  for (let appended = 0; ; appended += 1) if (!(await inTransaction(appendOldest))) return appended;
}

async function appendOldest(tx: Transaction): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ id: bigint; fact: unknown; problem: string; queued_at: Date }[]>`
    SELECT id, fact, problem, queued_at FROM audit_pending ORDER BY id LIMIT 1 FOR UPDATE`;
  if (!row) return false;
  const fact = PendingFactSchema.parse(row.fact);
  await tx.auditPending.delete({ where: { id: row.id } });
  const queued = { at: row.queued_at.toISOString(), problem: row.problem };
  await appendAudit(tx, { ...fact, details: { ...fact.details, queued } });
  return true;
}
