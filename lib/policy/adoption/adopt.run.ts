import { env } from '#lib/config/server.ts';
import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { diffPolicies } from '../diff/diff-policies.ts';
import type { LoadedPolicy } from '../parse.ts';
import { loadPolicy } from '../policy.run.ts';
import type { PolicyChange } from '../policy-history.schema.ts';
import { recordPolicyVersion } from '../policy-version.store.ts';
import { type Origin, originOf } from './origin.client.ts';
import { readFilesOfVersion } from './versions.store.ts';

/** One adoption at a time, however many processes look. */
const ADOPTION_LOCK = 7_417_032;
/** An audit entry lists no more changes than a person reads; the page has all of them. */
const CHANGES_KEPT = 50;

/**
 * Puts on record that another version of the policy has come into force, since when and whose change it was: with its text,
 * an audit entry `policy.changed` and a notice to open pages, all or nothing (PHA-6). Said once, however often it is called;
 * a version that comes back is said again. Returns whether there was something to say.
 * Errors: as `loadPolicy`; the database's.
 */
export async function adoptPolicy(now: Date): Promise<{ adopted: string | null }> {
  const loaded = await loadPolicy();
  // Without the lock at first: nothing has changed in all but a few of the calls.
  if ((await inTransaction(hashInForce)) === loaded.hash) return { adopted: null };
  const origin = await originOf(env().governanceDir);
  return inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${ADOPTION_LOCK}::bigint)::text`;
    const before = await hashInForce(tx);
    if (before === loaded.hash) return { adopted: null };
    await adopt(tx, { loaded, origin, before, now });
    return { adopted: loaded.hash };
  });
}

async function hashInForce(tx: Transaction): Promise<string | null> {
  const last = await tx.policyAdoption.findFirst({ orderBy: { seq: 'desc' }, select: { hash: true } });
  return last?.hash ?? null;
}

async function adopt(
  tx: Transaction,
  change: { loaded: LoadedPolicy; origin: Origin; before: string | null; now: Date },
): Promise<void> {
  const { loaded, origin, before, now } = change;
  await recordPolicyVersion(tx, loaded, originText(origin));
  await tx.policyAdoption.create({ data: { hash: loaded.hash, at: now, ...origin } });
  const [older, newer] = await Promise.all([
    before === null ? null : readFilesOfVersion(tx, before),
    readFilesOfVersion(tx, loaded.hash),
  ]);
  const changes = older && newer ? diffPolicies(older, newer) : [];
  await publishLive(tx, { topic: 'policy' });
  await appendAudit(tx, {
    actor: { id: `policy:${origin.source}`, name: origin.author },
    action: 'policy.changed',
    subject: `policy:${loaded.hash}`,
    reason: origin.note,
    details: {
      from: before,
      to: loaded.hash,
      source: origin.source,
      commit: origin.commitId,
      changedAt: origin.changedAt,
      changeCount: changes.length,
      changes: changes.slice(0, CHANGES_KEPT).map(asDetail),
    },
    at: now,
  });
}

function asDetail({ file, path, kind, before, after, effect }: PolicyChange) {
  return { file, path, kind, before, after, effect };
}

function originText({ source, author }: Origin): string {
  return author === '' ? source : author;
}
