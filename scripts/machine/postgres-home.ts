import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { executable, installedBinaries, type PostgresBinaries } from './postgres-binaries.ts';

/** The system user PostgreSQL runs as; undefined means: the user who runs us. */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined;

export type PostgresHome = {
  readonly binaries: PostgresBinaries;
  /** Folder owned by the user PostgreSQL runs as; holds `data/` and `server.log`. */
  readonly dir: string;
  readonly runAs: RunAs;
};

// PostgreSQL refuses to run as root. `postgres` exists where Debian's package is, `nobody` everywhere.
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

function unprivilegedUser(): NonNullable<RunAs> {
  for (const name of UNPRIVILEGED_USERS) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(
    `PostgreSQL cannot run as root, and none of the users ${UNPRIVILEGED_USERS.join(', ')} exists`,
  );
}

function canRun(binaries: PostgresBinaries, runAs: NonNullable<RunAs>): boolean {
  const probe = spawnSync(executable(binaries, 'initdb'), ['--version'], {
    ...runAs,
    cwd: '/',
    env: { NODE_ENV: 'production' },
  });
  return probe.status === 0;
}

function canEnter(dir: string, runAs: NonNullable<RunAs>): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', dir], {
    ...runAs,
    cwd: '/',
    env: { NODE_ENV: 'production' },
  });
  return probe.status === 0;
}

/**
 * Chooses where the files of one cluster lie and who runs it. As an ordinary user: in `dir`, as that user. As root:
 * as an unprivileged user, in `dir` if that user can reach it, else in /var/lib/phasegate-<hash of dir>, binaries
 * included when they are out of reach too. Permissions of existing folders are never changed.
 */
export async function preparePostgresHome(dir: string): Promise<PostgresHome> {
  const installed = await installedBinaries();
  await mkdir(dir, { recursive: true });
  const here = join(dir, 'postgres');
  if (process.getuid?.() !== 0) {
    await mkdir(here, { recursive: true, mode: 0o700 });
    return { binaries: installed, dir: here, runAs: undefined };
  }
  const runAs = unprivilegedUser();
  const reachable = `/var/lib/phasegate-${createHash('sha256')
    .update(await realpath(dir))
    .digest('hex')
    .slice(0, 12)}`;
  const binaries = canRun(installed, runAs) ? installed : await copyBinaries(installed, reachable);
  for (const candidate of [here, join(reachable, 'postgres')]) {
    const fresh = !existsSync(candidate);
    if (fresh) {
      if (candidate !== here) await makeOpenFolder(reachable);
      await mkdir(candidate, { mode: 0o700 });
      await chown(candidate, runAs.uid, runAs.gid);
    }
    if (canEnter(candidate, runAs)) return { binaries, dir: candidate, runAs };
    if (fresh) await rm(candidate, { recursive: true });
  }
  throw new Error(`the user with id ${runAs.uid} can write neither in ${here} nor in ${reachable}`);
}

/** A folder of ours that everybody may enter, whatever the umask; one that exists stays as it is. */
async function makeOpenFolder(dir: string): Promise<void> {
  if (existsSync(dir)) return;
  await mkdir(dir);
  await chmod(dir, 0o755);
}

async function copyBinaries(installed: PostgresBinaries, home: string): Promise<PostgresBinaries> {
  const copy = { version: installed.version, nativeDir: join(home, `postgresql-${installed.version}`) };
  if (existsSync(copy.nativeDir)) return copy;
  const partial = `${copy.nativeDir}.${process.pid}`;
  await makeOpenFolder(home);
  await cp(installed.nativeDir, partial, { recursive: true, verbatimSymlinks: true });
  // Files installed under a strict umask would stay unreadable for the user who runs them.
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', partial]);
  await rename(partial, copy.nativeDir).catch(async (cause: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(copy.nativeDir))
      throw new Error(`cannot keep PostgreSQL in ${basename(home)}`, { cause });
  });
  return copy;
}
