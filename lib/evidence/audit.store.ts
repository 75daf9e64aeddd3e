import { z } from 'zod';
import { database, type Transaction } from '#lib/database/server.ts';
import { type ChainedEntry, entryHash, GENESIS_HASH } from './audit-chain.ts';
import type { AuditEntry } from './audit-entry.schema.ts';

/** Serialises appends; taken inside the transaction and released with it. */
const AUDIT_LOCK = 7_417_022;

export type AuditFact = {
  actor: { id: string; name: string };
  action: string;
  subject: string;
  reason: string;
  details: AuditEntry['details'];
  at: Date;
};

/**
 * Appends one row to the audit trail in the transaction of the change it records: both are kept or neither is.
 * Append late in the transaction, because other appends wait for it to end. Returns the row's number.
 */
export async function appendAudit(tx: Transaction, fact: AuditFact): Promise<number> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${AUDIT_LOCK}::bigint)::text`;
  const last = await tx.auditEntry.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true, hash: true } });
  const entry: AuditEntry = {
    seq: Number(last?.seq ?? 0n) + 1,
    at: fact.at.toISOString(),
    actorId: fact.actor.id,
    actorName: fact.actor.name,
    action: fact.action,
    subject: fact.subject,
    reason: fact.reason,
    details: fact.details,
  };
  const prevHash = last?.hash ?? GENESIS_HASH;
  await tx.auditEntry.create({
    data: { ...entry, seq: BigInt(entry.seq), at: fact.at, prevHash, hash: entryHash(prevHash, entry) },
  });
  return entry.seq;
}

const StoredDetailsSchema = z.record(z.string(), z.json());

type StoredEntry = Omit<ChainedEntry, 'seq' | 'at' | 'details'> & { seq: bigint; at: Date; details: unknown };

/** A row of the table as it is hashed. Errors: ZodError for details that are none. */
export function entryOf(row: StoredEntry): ChainedEntry {
  return {
    seq: Number(row.seq),
    at: row.at.toISOString(),
    actorId: row.actorId,
    actorName: row.actorName,
    action: row.action,
    subject: row.subject,
    reason: row.reason,
    details: StoredDetailsSchema.parse(row.details),
    prevHash: row.prevHash,
    hash: row.hash,
  };
}

/** The whole trail, oldest first, as stored; for tests and small trails, because all of it is in memory at once. */
export async function readAuditChain(): Promise<ChainedEntry[]> {
  return (await database().auditEntry.findMany({ orderBy: { seq: 'asc' } })).map(entryOf);
}
