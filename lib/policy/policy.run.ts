import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from '#lib/config/server.ts';
import { type LoadedPolicy, parsePolicy } from './parse.ts';

let cached: { stamp: string; loaded: LoadedPolicy } | undefined;

async function stampOf(paths: readonly string[]): Promise<string> {
  const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true })));
  return stats.map((s, i) => `${paths[i]}:${s.ino}:${s.size}:${s.mtimeNs}`).join('|');
}

/**
 * The policy as it stands on disk now; parsed again only when a file changed.
 * Errors: PolicyError with file, line and column; the file system's error when a file is missing.
 */
export async function loadPolicy(directory: string = env().governanceDir): Promise<LoadedPolicy> {
  const policyPath = join(directory, 'policy.yaml');
  const eventsPath = join(directory, 'events.yaml');
  const stamp = await stampOf([policyPath, eventsPath]);
  if (cached?.stamp === stamp) return cached.loaded;
  const [policyText, eventsText] = await Promise.all([
    readFile(policyPath, 'utf8'),
    readFile(eventsPath, 'utf8'),
  ]);
  const loaded = parsePolicy({
    policy: { file: 'governance/policy.yaml', text: policyText },
    events: { file: 'governance/events.yaml', text: eventsText },
  });
  cached = { stamp, loaded };
  return loaded;
}
