import { mkdir } from 'node:fs/promises';
import { buildEnvironment, buildNeeded, forgetBuild, NEXT_COMMAND, rememberBuild } from './app-build.ts';
import { ensureChromium } from './chromium.ts';
import type { Count, Failure } from './test-report.ts';
import { bin, runStage, type Stage, type StageResult } from './test-stages.ts';

const NEXT_ENV: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };

function vitest(name: string, ...projects: readonly string[]): Stage {
  const file = `.data/test/${name}.json`;
  const args = [
    'run',
    ...[name, ...projects].flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  return {
    name,
    commands: [[bin('vitest', 'vitest.mjs'), ...args]],
    report: { file, kind: 'vitest' },
  };
}

const STAGES: readonly Stage[] = [
  {
    name: 'types',
    commands: [
      [NEXT_COMMAND, 'typegen'],
      [bin('typescript', 'bin', 'tsc'), '--noEmit'],
    ],
    env: NEXT_ENV,
  },
  {
    name: 'lint',
    commands: [[bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.']],
  },
  { name: 'import rules', commands: [['scripts/checks/import-rules.ts']] },
  { name: 'unused code', commands: [[bin('knip', 'bin', 'knip.js')]] },
  { name: 'requirements', commands: [['scripts/checks/requirements.ts', '--check']] },
  { name: 'policy', commands: [['scripts/policy-check.ts']] },
  vitest('unit'),
  // The integration tests wait for processes and leases for half of their time: the build fits in.
  { name: 'build', commands: [[NEXT_COMMAND, 'build']], env: buildEnvironment(), beside: true },
  { ...vitest('integration', 'integration-alone'), secondLook: true },
  {
    name: 'end to end',
    commands: [[bin('playwright', 'cli.js'), 'test']],
    report: { file: '.data/test/e2e.json', kind: 'playwright' },
    secondLook: true,
  },
];

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
}

function describe({ passed, failed, skipped }: Count): string {
  if (passed + failed + skipped === 0) return '';
  return ` · ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** The build of the demo is used again when the sources are the same; `npm test` is then faster, not weaker. */
async function runOne(stage: Stage, signal: AbortSignal): Promise<StageResult> {
  if (stage.name !== 'build') return runStage(stage, signal);
  const hash = await buildNeeded();
  if (hash === undefined)
    return { ok: true, output: '', count: { passed: 0, failed: 0, skipped: 0 }, unsteady: [] };
  await forgetBuild();
  const result = await runStage(stage, signal);
  if (result.ok) await rememberBuild(hash);
  return result;
}

type Run = StageResult & { name: string; took: string };

async function timed(stage: Stage, signal: AbortSignal): Promise<Run> {
  const since = performance.now();
  const result = await runOne(stage, signal);
  return { ...result, name: stage.name, took: seconds(since) };
}

/** What became of each stage, in order; what goes on beside others comes before the last, which needs it. */
async function* runs(signal: AbortSignal): AsyncGenerator<Run> {
  const beside: Promise<Run>[] = [];
  for (const stage of STAGES) {
    if (stage.beside) {
      beside.push(timed(stage, signal));
      continue;
    }
    if (stage === STAGES.at(-1)) for (const run of beside) yield await run;
    yield await timed(stage, signal);
  }
}

/** Everything CI holds, in the order of what fails fastest; stops at the first stage that fails. */
async function main(): Promise<number> {
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  const startedMs = performance.now();
  await mkdir('.data/test', { recursive: true });
  const fail = (name: string, output: string): number => {
    console.error(`\n✗ ${name}\n${output.trimEnd()}\n`);
    // A failing check that is no test counts as one, so that the last line never looks like success.
    console.log(`${total.passed} passed, ${Math.max(total.failed, 1)} failed`);
    return 1;
  };
  try {
    console.log(`✓ chromium: ${ensureChromium((line) => console.log(line))}`);
  } catch (cause) {
    return fail('chromium', cause instanceof Error ? cause.message : String(cause));
  }
  const ending = new AbortController();
  const unsteady: Failure[] = [];
  for await (const { name, ok, output, count, took, ...stage } of runs(ending.signal)) {
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    unsteady.push(...stage.unsteady);
    if (!ok || count.failed > 0) {
      ending.abort();
      return fail(name, output);
    }
    console.log(`✓ ${name}${describe(count)} · ${took}`);
  }
  for (const { file, title, message } of unsteady) {
    console.error(
      `\nunsteady: failed once and passed by itself, to be mended: ${file} › ${title}\n${message}`,
    );
  }
  console.log(
    `\nall stages in ${seconds(startedMs)}${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
  );
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return 0;
}

process.exitCode = await main();
