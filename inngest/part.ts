import { NonRetriableError } from 'inngest';

/** What went wrong in a part of a job, and with what. */
export type Failure = { what: string; error: string };

/** A part of the work that fails leaves the others alone; the next minute tries it again. */
export async function part<T extends object>(
  work: () => Promise<T>,
  failuresOf: (done: T) => readonly Failure[] = () => [],
): Promise<(T | Record<never, never>) & { failures: readonly Failure[] }> {
  try {
    const done = await work();
    return { ...done, failures: failuresOf(done) };
  } catch (error) {
    return { failures: [{ what: '*', error: error instanceof Error ? error.message : String(error) }] };
  }
}

/** Ends a run as failed when its other parts are done, so that the Jobs page shows what went wrong with what. */
export function failWith(parts: readonly { failures: readonly Failure[] }[]): void {
  const failures = parts.flatMap((each) => each.failures);
  if (failures.length > 0)
    throw new NonRetriableError(failures.map(({ what, error }) => `${what}: ${error}`).join('; '));
}
