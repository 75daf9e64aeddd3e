import { z } from 'zod';
import { database, type Transaction } from '#lib/database/server.ts';
import {
  type AuditEntry,
  type ChainedEntry,
  type ChainFault,
  entryHash,
  GENESIS_HASH,
  verifyChain,
} from './audit-chain.ts';

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

/** The whole trail, oldest first, as stored. */
export async function readAuditChain(): Promise<ChainedEntry[]> {
  const rows = await database().auditEntry.findMany({ orderBy: { seq: 'asc' } });
  return rows.map((row) => ({
    ...row,
    seq: Number(row.seq),
    at: row.at.toISOString(),
    details: StoredDetailsSchema.parse(row.details),
  }));
}

/** Recomputes every hash of the stored trail; null when it is whole. */
export async function verifyAuditChain(): Promise<ChainFault | null> {
  return verifyChain(await readAuditChain());
}
