import { isAbsolute, join, relative } from 'node:path';
import { z } from 'zod';

const VitestReportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

const SpecSchema = z.object({
  title: z.string(),
  ok: z.boolean(),
  file: z.string(),
  tests: z.array(
    z.object({
      results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })) })),
    }),
  ),
});
type Suite = { specs?: z.infer<typeof SpecSchema>[] | undefined; suites?: Suite[] | undefined };
const SuiteSchema: z.ZodType<Suite> = z.object({
  specs: z.array(SpecSchema).optional(),
  get suites() {
    return z.array(SuiteSchema).optional();
  },
});
const PlaywrightReportSchema = z.object({
  suites: z.array(SuiteSchema),
  errors: z.array(z.unknown()),
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

export type ReportKind = 'vitest' | 'playwright';
export type Count = { passed: number; failed: number; skipped: number };
/** A test that failed: its file below the root of the repository, its name, and what it said. */
export type Failure = { file: string; title: string; message: string };
/** `whole` is false where something failed that is no test, such as a file that could not be read. */
export type Report = { count: Count; failures: readonly Failure[]; whole: boolean };

/** What a test runner reported in JSON. A flaky journey counts as failed: it did fail once. Errors: a form we do not know. */
export function readReport(kind: ReportKind, json: unknown): Report {
  return kind === 'vitest' ? ofVitest(json) : ofPlaywright(json);
}

function ofVitest(json: unknown): Report {
  const report = VitestReportSchema.parse(json);
  const failures = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({
        file: isAbsolute(name) ? relative(process.cwd(), name) : name,
        title: fullName,
        message: (failureMessages ?? []).join('\n'),
      })),
  );
  return {
    count: {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests,
    },
    failures,
    whole: report.testResults.every(
      ({ status, assertionResults }) =>
        status === 'passed' || assertionResults.some((test) => test.status === 'failed'),
    ),
  };
}

function ofPlaywright(json: unknown): Report {
  const { suites, stats, errors } = PlaywrightReportSchema.parse(json);
  const failures = suites
    .flatMap(specsOf)
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => ({
      file: join('e2e', file),
      title,
      message: tests
        .flatMap(({ results }) => results.flatMap((result) => result.errors))
        .map(({ message }) => message ?? '')
        .join('\n'),
    }));
  return {
    count: { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped },
    failures,
    whole: errors.length === 0,
  };
}

function specsOf(suite: Suite): z.infer<typeof SpecSchema>[] {
  return [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
}
