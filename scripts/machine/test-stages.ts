import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { filesToRunAgain, passedAgain } from './second-look.ts';
import { type Count, type Failure, type Report, type ReportKind, readReport } from './test-report.ts';

export type Stage = {
  readonly name: string;
  /** Commands run one after the other with the Node that runs us. */
  readonly commands: readonly (readonly string[])[];
  /** Extra environment for its commands. */
  readonly env?: NodeJS.ProcessEnv;
  /** Begins here and goes on beside the stages that follow; the last one waits for it. */
  readonly beside?: boolean;
  readonly report?: { readonly file: string; readonly kind: ReportKind };
  /** Its few failures are looked at again, by themselves (second-look.ts). */
  readonly secondLook?: boolean;
};

/** `unsteady`: what failed and passed when it was run again by itself; counted as passed, and told. */
export type StageResult = { ok: boolean; output: string; count: Count; unsteady: readonly Failure[] };

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
  const first = await runOnce(stage, [], signal);
  const again = stage.secondLook && !first.ok && first.report ? filesToRunAgain(first.report) : null;
  if (again === null || !first.report || signal.aborted) return { ...first, unsteady: [] };
  const second = await runOnce(stage, again, signal);
  const output = `${first.output}\n\nrun again by themselves: ${again.join(', ')}\n${second.output}`;
  const { count, failures } = first.report;
  if (!second.ok || !second.report || !passedAgain(failures, second.report))
    return { ok: false, output, count, unsteady: [] };
  return {
    ok: true,
    output,
    count: { ...count, passed: count.passed + count.failed, failed: 0 },
    unsteady: failures,
  };
}

type Once = { ok: boolean; output: string; count: Count; report: Report | null };

async function runOnce(stage: Stage, only: readonly string[], signal: AbortSignal): Promise<Once> {
  const nothing: Count = { passed: 0, failed: 0, skipped: 0 };
  if (stage.report) await rm(stage.report.file, { force: true });
  let output = '';
  let ok = true;
  for (const args of stage.commands) {
    const result = await run([...args, ...only], { ...process.env, ...stage.env }, signal);
    output += result.output;
    ok = result.ok;
    if (!ok) break;
  }
  if (!stage.report) return { ok, output, count: nothing, report: null };
  if (!existsSync(stage.report.file)) return { ok: false, output, count: nothing, report: null };
  const report = readReport(stage.report.kind, JSON.parse(await readFile(stage.report.file, 'utf8')));
  const { count } = report;
  if (ok && count.passed === 0) return { ok: false, output: `${output}\nno test ran`, count, report };
  return { ok: ok && count.failed === 0, output, count, report };
}
