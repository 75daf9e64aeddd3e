import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';

const STARTS_PROCESSES = /from 'node:child_process'|#scripts\/test\/mission\.ts|ensurePostgres/;
/** The environment, modules in another's place, what the app and its engine keep for as long as their process lives. */
const CHANGES_ITS_PROCESS = /process\.|vi\.|forgetEnv|withPolicy|#app\/|#inngest\/|FlagSource|subscribeLive/;

export function startsProcesses(file: string): boolean {
  return STARTS_PROCESSES.test(readFileSync(file, 'utf8'));
}

/**
 * Which of these test files have a process of their own: all that touch more than the database and their own folders. The
 * others may follow each other in one process in any order.
 */
export function alone(include: readonly string[], ignore: readonly string[]): string[] {
  return globSync([...include], { ignore: [...ignore] }).filter(
    (file) =>
      !/^lib\/(?!identity|http)/.test(file) ||
      startsProcesses(file) ||
      CHANGES_ITS_PROCESS.test(readFileSync(file, 'utf8')),
  );
}
