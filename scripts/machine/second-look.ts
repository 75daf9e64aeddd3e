import type { Failure, Report } from './test-report.ts';

/** More than this is no accident of a busy machine. */
const MOST_FAILURES = 3;

/** A counterexample of a property test: it was found by chance and may not be found again, but it is one. */
const COUNTEREXAMPLE = /Property failed|Counterexample:|\bseed\b/;

/**
 * The files whose tests are run once more by themselves after they failed, or null where that would hide something: when
 * something other than tests failed, when many did, or when a property test has found a counterexample. Tests that kill
 * processes and journeys through a browser share two cores with everything else here; what fails only then is told at the
 * end of the run, with what it said, and is to be mended all the same.
 */
export function filesToRunAgain({ count, failures, whole }: Report): readonly string[] | null {
  if (!whole || failures.length === 0 || failures.length !== count.failed) return null;
  if (failures.length > MOST_FAILURES || failures.some(({ message }) => COUNTEREXAMPLE.test(message)))
    return null;
  return [...new Set(failures.map(({ file }) => file))];
}

/** Whether the second run held everything that the first did not. */
export function passedAgain(first: readonly Failure[], second: Report): boolean {
  return second.whole && second.count.failed === 0 && second.count.passed >= first.length;
}
