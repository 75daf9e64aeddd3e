import { describe, expect, it } from 'vitest';
import { filesToRunAgain, passedAgain } from './second-look.ts';
import { type Failure, type Report, readReport } from './test-report.ts';

const failure = (file: string, message = 'AssertionError: expected 1 to be 2'): Failure => ({
  file,
  title: 'a test',
  message,
});
const report = (failures: Failure[], changes: Partial<Report> = {}): Report => ({
  count: { passed: 100, failed: failures.length, skipped: 0 },
  failures,
  whole: true,
  ...changes,
});

describe('what is run again after it failed', () => {
  it('is each file once', () => {
    const failures = [failure('a.int.ts'), failure('a.int.ts'), failure('b.int.ts')];
    expect(filesToRunAgain(report(failures))).toEqual(['a.int.ts', 'b.int.ts']);
  });

  it.each([
    ['nothing failed', report([])],
    ['more failed than an accident explains', report(['a', 'b', 'c', 'd'].map((file) => failure(file)))],
    ['something failed that is no test', report([failure('a')], { whole: false })],
    [
      'the report counts more failures than it names',
      report([failure('a')], { count: { passed: 1, failed: 2, skipped: 0 } }),
    ],
    [
      'a property test found a counterexample',
      report([failure('a'), failure('b', 'Error: Property failed after 3 tests\n{ seed: -1, path: "2:1" }')]),
    ],
  ])('is nothing where %s', (_why, first) => {
    expect(filesToRunAgain(first)).toBeNull();
  });

  it('has passed only when all of it ran and nothing of it failed', () => {
    const first = [failure('a'), failure('a')];
    const second = (passed: number, failed: number, whole = true): Report =>
      report([], { count: { passed, failed, skipped: 0 }, whole });
    expect(passedAgain(first, second(2, 0))).toBe(true);
    expect(passedAgain(first, second(1, 0))).toBe(false);
    expect(passedAgain(first, second(5, 1))).toBe(false);
    expect(passedAgain(first, second(5, 0, false))).toBe(false);
  });
});

describe('a report', () => {
  it('of Vitest names the tests that failed, and says when a file could not be read', () => {
    const test = (status: string) => ({ fullName: `is ${status}`, status, failureMessages: [status] });
    const json = (files: unknown[]) => ({
      numPassedTests: 1,
      numFailedTests: 1,
      numPendingTests: 0,
      testResults: files,
    });
    const mixed = {
      name: `${process.cwd()}/lib/a.int.ts`,
      status: 'failed',
      assertionResults: [test('passed'), test('failed')],
    };
    expect(readReport('vitest', json([mixed]))).toEqual({
      count: { passed: 1, failed: 1, skipped: 0 },
      failures: [{ file: 'lib/a.int.ts', title: 'is failed', message: 'failed' }],
      whole: true,
    });
    const unreadable = { name: '/b.int.ts', status: 'failed', message: 'SyntaxError', assertionResults: [] };
    expect(readReport('vitest', json([mixed, unreadable])).whole).toBe(false);
  });

  it('of Playwright names the journeys that failed, however deep; a flaky one counts as failed', () => {
    const spec = (title: string, ok: boolean) => ({
      title,
      ok,
      file: 'a.spec.ts',
      tests: [{ results: [{ errors: ok ? [] : [{ message: 'waited in vain' }] }] }],
    });
    const json = {
      suites: [{ specs: [spec('works', true)], suites: [{ specs: [spec('does not', false)] }] }],
      errors: [],
      stats: { expected: 1, unexpected: 1, flaky: 1, skipped: 0 },
    };
    expect(readReport('playwright', json)).toEqual({
      count: { passed: 1, failed: 2, skipped: 0 },
      failures: [{ file: 'e2e/a.spec.ts', title: 'does not', message: 'waited in vain' }],
      whole: true,
    });
    expect(readReport('playwright', { ...json, errors: [{ message: 'the demo did not start' }] }).whole).toBe(
      false,
    );
  });
});
