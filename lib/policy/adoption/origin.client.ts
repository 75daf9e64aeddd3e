import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { env } from '#lib/config/server.ts';
import { POLICY_FILES, type PolicyAdoption } from '../policy-history.schema.ts';

/** Whose change the files are, and how that is known. */
export type Origin = Pick<PolicyAdoption, 'source' | 'author' | 'commitId' | 'note' | 'changedAt'>;

const GIT_LIMIT_MS = 3_000;
// Nothing that a repository configures is started: no monitor, no hook, no program that checks signatures.
const GIT_QUIET = [
  '--no-pager',
  '--no-optional-locks',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'log.showSignature=false',
];

/**
 * Whose change the governance files of `directory` are as they stand (PHA-6): the author of the last commit that touched them
 * when they are as committed, else PHASEGATE_POLICY_BY, else the owner of the file written last. Never fails: what cannot
 * be told is `unknown`.
 */
export async function originOf(directory: string): Promise<Origin> {
  return (await lastCommit(directory)) ?? (await ownerOfFiles(directory));
}

async function lastCommit(directory: string): Promise<Origin | null> {
  const uncommitted = await git(directory, ['status', '--porcelain', '--ignored', '--', ...POLICY_FILES]);
  // Whoever committed last has not written what is not committed.
  if (uncommitted === null || uncommitted.trim() !== '') return null;
  const line = await git(directory, ['log', '-1', '--format=%H%x00%an%x00%aI%x00%s', '--', ...POLICY_FILES]);
  const [commitId, author, writtenAt, note] = line?.trim().split('\0') ?? [];
  if (!commitId || !author || !writtenAt) return null;
  return { source: 'git', author, commitId, note: note ?? '', changedAt: new Date(writtenAt).toISOString() };
}

/** What git says; null where there is no git, no work tree, or no answer in time. */
function git(directory: string, args: readonly string[]): Promise<string | null> {
  return new Promise((done) => {
    execFile(
      'git',
      [...GIT_QUIET, '-C', directory, ...args],
      { timeout: GIT_LIMIT_MS, windowsHide: true, maxBuffer: 1 << 20 },
      (error, out) => done(error ? null : out),
    );
  });
}

async function ownerOfFiles(directory: string): Promise<Origin> {
  const found = await Promise.allSettled(POLICY_FILES.map((file) => stat(join(directory, file))));
  const newest = found
    .flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs)[0];
  const changedAt = newest ? new Date(Math.trunc(newest.mtimeMs)).toISOString() : null;
  const { policyBy } = env();
  if (policyBy !== undefined)
    return { source: 'environment', author: policyBy, commitId: null, note: '', changedAt };
  if (!newest) return { source: 'unknown', author: '', commitId: null, note: '', changedAt };
  return { source: 'file', author: nameOfUser(newest.uid), commitId: null, note: '', changedAt };
}

/** The name of whoever runs this process where they own the file, else the owner's number. */
function nameOfUser(uid: number): string {
  try {
    const me = userInfo();
    return me.uid === uid ? me.username : `uid ${uid}`;
  } catch {
    return `uid ${uid}`; // a user without an entry, as in some containers
  }
}
