import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const VitestReportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTotalTests: z.int(),
});
const PlaywrightReportSchema = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

export type Count = { passed: number; failed: number; skipped: number };

export type Stage = {
  readonly name: string;
  /** Commands run one after the other with the Node that runs us. */
  readonly commands: readonly (readonly string[])[];
  /** Extra environment for its commands. */
  readonly env?: NodeJS.ProcessEnv;
  /** Begins here and goes on beside the stages that follow; the last one waits for it. */
  readonly beside?: boolean;
  readonly report?: { readonly file: string; readonly kind: 'vitest' | 'playwright' };
};

export type StageResult = { ok: boolean; output: string; count: Count };

/** Path of a package's command, to be run by Node itself without a shell. */
export function bin(...path: string[]): string {
  return join('node_modules', ...path);
}

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (cause) => resolve({ ok: false, output: `${output}${cause.message}` }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/**
 * Runs one stage, until `signal` ends it. A test stage without a readable report has failed: nothing would be counted.
 */
export async function runStage(stage: Stage, signal: AbortSignal): Promise<StageResult> {
  const nothing: Count = { passed: 0, failed: 0, skipped: 0 };
  if (stage.report) await rm(stage.report.file, { force: true });
  let output = '';
  let ok = true;
  for (const args of stage.commands) {
    const result = await run(args, { ...process.env, ...stage.env }, signal);
    output += result.output;
    ok = result.ok;
    if (!ok) break;
  }
  if (!stage.report) return { ok, output, count: nothing };
  if (!existsSync(stage.report.file)) return { ok: false, output, count: nothing };
  const count = countOf(stage.report.kind, JSON.parse(await readFile(stage.report.file, 'utf8')));
  if (ok && count.passed === 0) return { ok: false, output: `${output}\nno test ran`, count };
  return { ok, output, count };
}

/** Numbers of a report. A flaky journey counts as failed: it did fail once. */
export function countOf(kind: 'vitest' | 'playwright', report: unknown): Count {
  if (kind === 'playwright') {
    const { expected, unexpected, flaky, skipped } = PlaywrightReportSchema.parse(report).stats;
    return { passed: expected, failed: unexpected + flaky, skipped };
  }
  const { numPassedTests, numFailedTests, numPendingTests } = VitestReportSchema.parse(report);
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
}
