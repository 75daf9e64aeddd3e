import { type Database, database, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { diffPolicies, type PolicyFiles } from '../diff/diff-policies.ts';
import { textDiffs } from '../diff/text-diff.ts';
import type { LoadedPolicy } from '../parse.ts';
import {
  type PolicyAdoption,
  PolicyAdoptionSchema,
  type PolicyDiff,
  type PolicyVersionList,
  type PolicyVersionText,
} from '../policy-history.schema.ts';

/** How many versions a list names at most; nobody changes a policy that often. */
const LISTED = 500;

type VersionRow = { policyYaml: string; eventsYaml: string; killSwitchYaml: string; retryYaml: string };

const filesOf = (row: VersionRow): PolicyFiles => ({
  'policy.yaml': row.policyYaml,
  'events.yaml': row.eventsYaml,
  'killswitch-rules.yaml': row.killSwitchYaml,
  'retry-policy.yaml': row.retryYaml,
});

/** The text of a version as it was recorded; null: it was not. */
export async function readFilesOfVersion(
  tx: Transaction | Database,
  hash: string,
): Promise<PolicyFiles | null> {
  const row = await tx.policyVersion.findUnique({ where: { hash } });
  return row ? filesOf(row) : null;
}

type AdoptionRow = Omit<PolicyAdoption, 'at' | 'changedAt' | 'source'> & {
  source: string;
  at: Date;
  changedAt: Date | null;
};

function adoptionOf({ hash, at, source, author, commitId, note, changedAt }: AdoptionRow): PolicyAdoption {
  return PolicyAdoptionSchema.parse({
    hash,
    at: at.toISOString(),
    source,
    author,
    commitId,
    note,
    changedAt: changedAt?.toISOString() ?? null,
  });
}

/**
 * Every time another version came into force, newest first, at most 500. What the app has read but not yet put on record is
 * at the head of it with nobody's name.
 */
export async function listVersions(loaded: LoadedPolicy, now: Date): Promise<PolicyVersionList> {
  const rows = await database().policyAdoption.findMany({ orderBy: { seq: 'desc' }, take: LISTED });
  const versions = rows.map(adoptionOf);
  if (versions[0]?.hash === loaded.hash) return { inForce: loaded.hash, versions };
  const unsaid: PolicyAdoption = {
    hash: loaded.hash,
    at: now.toISOString(),
    source: 'unknown',
    author: '',
    commitId: null,
    note: '',
    changedAt: null,
  };
  return { inForce: loaded.hash, versions: [unsaid, ...versions] };
}

/** One version with its text and each time it came into force. Errors: AppError NOT_FOUND; CONFLICT for a short hash that several begin with. */
export async function readVersion(
  reference: string,
  loaded: LoadedPolicy,
  now: Date,
): Promise<PolicyVersionText> {
  const hash = await hashOf(reference, loaded);
  const row = await database().policyVersion.findUnique({
    where: { hash },
    include: { adoptions: { orderBy: { seq: 'desc' } } },
  });
  if (row)
    return {
      hash,
      recordedAt: row.appliedAt.toISOString(),
      adoptions: row.adoptions.map(adoptionOf),
      files: filesOf(row),
    };
  if (hash !== loaded.hash) throw unknownVersion(reference);
  return { hash, recordedAt: now.toISOString(), adoptions: [], files: filesOf(loaded) };
}

/** What differs between two versions, by meaning and by line (PHA-6). Errors: as {@link readVersion}. */
export async function diffVersions(
  references: { from: string; to: string },
  loaded: LoadedPolicy,
  now: Date,
): Promise<PolicyDiff> {
  const [from, to] = await Promise.all([
    readVersion(references.from, loaded, now),
    readVersion(references.to, loaded, now),
  ]);
  return {
    from: from.hash,
    to: to.hash,
    changes: diffPolicies(from.files, to.files),
    text: textDiffs(from.files, to.files),
  };
}

async function hashOf(reference: string, loaded: LoadedPolicy): Promise<string> {
  if (reference === 'in-force') return loaded.hash;
  if (reference === 'previous') {
    const before = await database().policyAdoption.findFirst({
      where: { hash: { not: loaded.hash } },
      orderBy: { seq: 'desc' },
    });
    // The first version ever has nothing before it and differs from nothing.
    return before?.hash ?? loaded.hash;
  }
  if (reference.length === 64) return reference;
  const found = await database().policyVersion.findMany({
    where: { hash: { startsWith: reference } },
    select: { hash: true },
    take: 2,
  });
  const hashes = new Set([
    ...found.map(({ hash }) => hash),
    ...(loaded.hash.startsWith(reference) ? [loaded.hash] : []),
  ]);
  const [only] = hashes;
  if (only === undefined) throw unknownVersion(reference);
  if (hashes.size > 1)
    throw new AppError('CONFLICT', `Several versions begin with ${reference}; write more of it.`, {
      reason: 'policy_version_ambiguous',
    });
  return only;
}

const unknownVersion = (reference: string): AppError =>
  new AppError('NOT_FOUND', `There is no policy version ${reference}.`, {
    reason: 'policy_version_unknown',
  });
