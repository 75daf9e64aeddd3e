import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { env, log } from '#lib/config/server.ts';
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

async function currentPolicy(directory: string): Promise<Known> {
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
    if (!known || !problem) throw error;
    const kept = { stamp, loaded: known.loaded, problem };
    if (known.problem?.message !== problem.message)
      log('policy').error(
        { problems: problem.issues.map(formatPolicyIssue), inForce: known.loaded.hash },
        'the policy cannot be used; the last valid one stays in force',
      );
    policies.set(directory, kept);
    return kept;
  }
}

/**
 * The policy in force: what is on disk, parsed again only when a file changed. Where that cannot be used, the last valid one
 * of this process stays in force, so that a slip of a hand stops no judging; {@link policyProblem} says so (PHA-6).
 * Errors: when this process has had no valid one yet, PolicyError with file, line and column, or the file system's.
 */
export async function loadPolicy(directory: string = env().governanceDir): Promise<LoadedPolicy> {
  return (await currentPolicy(directory)).loaded;
}

const recent = new Map<string, { loaded: LoadedPolicy; readAtMs: number }>();

/**
 * The policy in force as of at most `maxAgeMs` ago, for what happens thousands of times a second: between two looks at the
 * disk it costs nothing. Errors: as `loadPolicy`.
 */
export async function recentPolicy(
  maxAgeMs = 1000,
  directory: string = env().governanceDir,
): Promise<LoadedPolicy> {
  const known = recent.get(directory);
  const readAtMs = performance.now();
  if (known && readAtMs - known.readAtMs < maxAgeMs) return known.loaded;
  const loaded = await loadPolicy(directory);
  recent.set(directory, { loaded, readAtMs });
  return loaded;
}

/** Why the files on disk are not the policy in force, one line per issue; empty while they are. Errors: as `loadPolicy`. */
export async function policyProblem(directory: string = env().governanceDir): Promise<string[]> {
  return (await currentPolicy(directory)).problem?.issues.map(formatPolicyIssue) ?? [];
}
