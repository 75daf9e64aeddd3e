import type { Database, Transaction } from '#lib/database/server.ts';
import { type LoadedPolicy, PolicyError, parsePolicy } from '#lib/policy/index.ts';
import { judgingRulesHash } from './judging-rules.ts';

/** Old versions of the policy that a process keeps parsed; a phase is rarely judged by more. */
const MOST_KEPT = 16;

// Of the whole process: a version never changes, so what was parsed once holds for good.
const parsed = new Map<string, LoadedPolicy | null>();

/**
 * Which of these policy versions judge the phase by the rules of the policy in force, whatever else they changed (PHA-4).
 * A version that is unknown, or cannot be read any more, counts as other rules: what it judged says nothing for sure.
 */
export async function versionsWithSameRules(
  reader: Transaction | Database,
  inForce: LoadedPolicy,
  place: { rolloutId: string; phase: string },
  versions: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const same = new Set([inForce.hash]);
  const others = [...versions].filter((version) => version !== inForce.hash);
  if (others.length === 0) return same;
  await parseMissing(
    reader,
    others.filter((version) => !parsed.has(version)),
  );
  const rules = judgingRulesHash(inForce, place.rolloutId, place.phase);
  for (const version of others) {
    const old = parsed.get(version);
    if (old && rules !== null && judgingRulesHash(old, place.rolloutId, place.phase) === rules)
      same.add(version);
  }
  return same;
}

async function parseMissing(reader: Transaction | Database, versions: readonly string[]): Promise<void> {
  if (versions.length === 0) return;
  const rows = await reader.policyVersion.findMany({ where: { hash: { in: [...versions] } } });
  for (const row of rows) parsed.set(row.hash, readStored(row));
  for (const oldest of [...parsed.keys()].slice(0, Math.max(0, parsed.size - MOST_KEPT - versions.length)))
    parsed.delete(oldest);
}

function readStored(row: { policyYaml: string; eventsYaml: string }): LoadedPolicy | null {
  try {
    return parsePolicy({
      policy: { file: 'policy.yaml', text: row.policyYaml },
      events: { file: 'events.yaml', text: row.eventsYaml },
    });
  } catch (error) {
    // Written for an earlier release with another form of the policy.
    if (error instanceof PolicyError) return null;
    throw error;
  }
}
