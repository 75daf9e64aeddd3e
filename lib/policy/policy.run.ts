import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { env, log } from '#lib/config/server.ts';
import { readLastValidPolicy } from './adoption/last-valid.store.ts';
import { formatPolicyIssue, PolicyError } from './issue.ts';
import { type LoadedPolicy, parsePolicy } from './parse.ts';

type Known = {
  /** Of the files when they were last read, whether what they held was usable or not. */
  stamp: string;
  loaded: LoadedPolicy;
  problem: PolicyError | null;
};

// Of the whole process: every bundle of the app must judge by the same policy.
const holder = globalThis as typeof globalThis & { phasegatePolicies?: Map<string, Known> };
holder.phasegatePolicies ??= new Map();
const policies = holder.phasegatePolicies;

async function stampOf(paths: readonly string[]): Promise<string> {
  const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true })));
  return stats.map((s, i) => `${paths[i]}:${s.ino}:${s.size}:${s.mtimeNs}`).join('|');
}

/** A file that is gone for a moment is what many editors do when they save, and a volume when it is mounted anew. */
function missingFile(error: unknown): PolicyError | null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOENT' && code !== 'EACCES') return null;
  const name = /(events|killswitch-rules|retry-policy)\.yaml/.exec(String(error))?.[1] ?? 'policy';
  const file = `governance/${name}.yaml`;
  const message = code === 'ENOENT' ? 'the file is missing' : 'the file may not be read';
  return new PolicyError([{ file, line: 1, column: 1, path: '', message }]);
}

async function readAs(stamp: string, directory: string): Promise<Known> {
  const read = async (name: string) => ({
    file: `governance/${name}`,
    text: await readFile(join(directory, name), 'utf8'),
  });
  const [policy, events, killSwitch, retries] = await Promise.all([
    read('policy.yaml'),
    read('events.yaml'),
    read('killswitch-rules.yaml'),
    read('retry-policy.yaml'),
  ]);
  const loaded = parsePolicy({ policy, events, killSwitch, retries });
  return { stamp, loaded, problem: null };
}

async function currentPolicy(given: string | undefined): Promise<Known> {
  const directory = given ?? env().governanceDir;
  const paths = ['policy.yaml', 'events.yaml', 'killswitch-rules.yaml', 'retry-policy.yaml'].map((name) =>
    join(directory, name),
  );
  const known = policies.get(directory);
  let stamp = 'missing';
  try {
    stamp = await stampOf(paths);
    if (known?.stamp === stamp) return known;
    const read = await readAs(stamp, directory);
    if (known?.problem) log('policy').info({ version: read.loaded.hash }, 'the policy is valid again');
    policies.set(directory, read);
    return read;
  } catch (error) {
    const problem = error instanceof PolicyError ? error : missingFile(error);
    if (!problem) throw error;
    // Whoever names a folder asks about those very files, not about what is in force.
    const inForce = known?.loaded ?? (given === undefined ? await readLastValidPolicy() : null);
    if (!inForce) throw error;
    const kept = { stamp, loaded: inForce, problem };
    if (known?.problem?.message !== problem.message)
      log('policy').error(
        { problems: problem.issues.map(formatPolicyIssue), inForce: inForce.hash },
        'the policy cannot be used; the last valid one stays in force, and nothing is promoted',
      );
    policies.set(directory, kept);
    return kept;
  }
}

/**
 * The policy in force: what is on disk, parsed again only when a file changed. Where that cannot be used, the last valid one
 * stays in force, of this process or, after a restart, the one on record in the database: a slip of a hand stops no judging
 * and no rollback; {@link policyProblem} says so, and nothing is promoted meanwhile (PHA-6). With a `directory` of one's own
 * nothing is taken from the database.
 * Errors: when there has been no valid one yet, PolicyError with file, line and column, or the file system's.
 */
export async function loadPolicy(directory?: string): Promise<LoadedPolicy> {
  return (await currentPolicy(directory)).loaded;
}

const recent = new Map<string, { loaded: LoadedPolicy; readAtMs: number }>();

/**
 * The policy in force as of at most `maxAgeMs` ago, for what happens thousands of times a second: between two looks at the
 * disk it costs nothing. Errors: as `loadPolicy`.
 */
export async function recentPolicy(maxAgeMs = 1000, directory?: string): Promise<LoadedPolicy> {
  const place = directory ?? env().governanceDir;
  const known = recent.get(place);
  const readAtMs = performance.now();
  if (known && readAtMs - known.readAtMs < maxAgeMs) return known.loaded;
  const loaded = await loadPolicy(directory);
  recent.set(place, { loaded, readAtMs });
  return loaded;
}

/** Why the files on disk are not the policy in force, one line per issue; empty while they are. Errors: as `loadPolicy`. */
export async function policyProblem(directory?: string): Promise<string[]> {
  return (await currentPolicy(directory)).problem?.issues.map(formatPolicyIssue) ?? [];
}
