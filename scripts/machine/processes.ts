import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that can be recognised later although process ids are used again. */
export type ProcessMark = { readonly pid: number; readonly startedAt: string };

function procStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in brackets and may hold spaces; fields are counted after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // gone, or a system without /proc
  }
}

/** When a process started, in the system's own notation; undefined when it is gone (a zombie counts as gone). */
export function startTime(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const fields = procStat(pid);
    return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
  }
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined; // ps answers 1 for a process that does not exist
  }
}

/** Marks a running process; undefined when it has already ended. */
export function mark(pid: number): ProcessMark | undefined {
  const startedAt = startTime(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether it still runs: a process id is used again, the time of its start with it is not. */
export function isAlive(process: ProcessMark): boolean {
  return startTime(process.pid) === process.startedAt;
}

/** Sends a signal to one process, or with a negative id to its group. A target that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

/** Waits until `ended` says so; false when `limitMs` passed first. */
export async function waitUntil(ended: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!ended()) {
    if (performance.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}
