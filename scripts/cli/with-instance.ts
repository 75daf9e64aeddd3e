import { disconnectDatabase } from '#lib/database/server.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';

/**
 * Runs a command against the running Phasegate (or DATABASE_URL) and ends the process with its code.
 * A failure is one line on standard error, never a stack trace.
 */
export async function withInstance(
  name: string | undefined,
  work: () => Promise<void>,
  exitCodeOf: (error: unknown) => number,
): Promise<void> {
  try {
    await resolveInstance(name);
    await work();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = exitCodeOf(error);
  } finally {
    await disconnectDatabase();
  }
}
