#!/usr/bin/env node
// monitor:analyze: judges a fixture (ANA-7), a collected file (ANA-8), or the newest collected window of the database.
import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createJudge, judgeWindow, type PhaseVerdict, renderSummary } from '#lib/analyzer/index.ts';
import { analyzeWindow, newestCollectedWindowEnd, scoreStored } from '#lib/analyzer/server.ts';
import { MonitoringFileError, parseMonitoringFile } from '#lib/collector/index.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { findPhase, type LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';
import { InputError, lastWindowEnd, parseNow, printJson, resolvePhase, runCommand } from './command-input.ts';
import { countFixture } from './fixture.ts';

const TEMPLATE = 'templates/analyzer/summary.md';
const EXIT_BREACH = 3;

type Options = {
  phase?: string;
  rollout?: string;
  now?: string;
  fixture?: string;
  input?: string;
  output?: string;
  instance?: string;
  dryRun: boolean;
  failOnBreach: boolean;
};

/** ANA-7: nothing is written and nobody is told, which the caller must have asked for. */
async function analyzeFixture(loaded: LoadedPolicy, options: Options, file: string): Promise<PhaseVerdict> {
  if (!options.dryRun) throw new InputError('--fixture is judged in a dry run only: add --dry-run');
  if (options.phase === undefined) throw new InputError('--fixture needs --phase');
  const now = options.now === undefined ? undefined : parseNow(options.now);
  const target = resolvePhase(loaded.policy, options.phase, options.rollout);
  const fixture = await countFixture(file, loaded, now, new Date());
  const windowEnd = now ? lastWindowEnd(now, loaded.policy.cycle.windowSeconds) : fixture.lastWindowEnd;
  if (!windowEnd)
    throw new InputError(`${file} has no event that can be counted: give --now to judge it anyway`);
  return judgeWindow({ ...loaded, policyHash: loaded.hash, series: fixture.series, ...target, windowEnd });
}

/** ANA-8: every rollout and phase of the file, and the report beside it. */
async function analyzeInput(loaded: LoadedPolicy, options: Options, file: string) {
  const [text, template] = await Promise.all([readText(file), readText(TEMPLATE)]);
  const { header, series } = parseMonitoringFile(file, text);
  const judge = createJudge({ ...loaded, policyHash: loaded.hash, series });
  const wanted = options.phase && resolvePhase(loaded.policy, options.phase, options.rollout);
  const inFile = [...new Map(series.map((row) => [`${row.rolloutId} ${row.phase}`, row])).values()]
    .map(({ rolloutId, phase }) => ({ rolloutId, phase }))
    .filter(({ rolloutId, phase }) => findPhase(loaded.policy, rolloutId, phase))
    .sort((a, b) => (`${a.rolloutId} ${a.phase}` < `${b.rolloutId} ${b.phase}` ? -1 : 1));
  const windowEnd = new Date(header.window.end);
  const verdicts = (wanted ? [wanted] : inFile).map((target) => judge({ ...target, windowEnd }));
  const report = renderSummary(template, {
    policy: loaded.policy,
    judgedPolicyHash: loaded.hash,
    source: file,
    window: header.window,
    collectedPolicyHash: header.policy_version,
    rehearsal: header.dry_run === true,
    verdicts,
  });
  const output = options.output ?? `${file.replace(/\.jsonl$/, '')}.summary.md`;
  if (output === file) throw new InputError('--output must not be the input');
  if (!options.dryRun) await writeFile(output, report);
  return { report: options.dryRun ? null : output, verdicts };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`cannot read ${file}: ${reason}`, { cause });
  }
}

/** Judges the newest collected window (or the one before --now) of the running instance. */
async function analyzeStored(loaded: LoadedPolicy, options: Options) {
  const windowMs = loaded.policy.cycle.windowSeconds * 1000;
  const now = options.now === undefined ? undefined : parseNow(options.now);
  const target = options.phase && resolvePhase(loaded.policy, options.phase, options.rollout);
  resolveInstance(options.instance);
  const windowEnd = now
    ? lastWindowEnd(now, windowMs / 1000)
    : ((await newestCollectedWindowEnd()) ?? lastWindowEnd(new Date(), windowMs / 1000));
  if (options.dryRun) {
    if (!target) throw new InputError('--dry-run needs --phase');
    return { verdicts: [await scoreStored({ ...target, windowEnd })] };
  }
  const { stored } = await analyzeWindow(new Date(windowEnd.getTime() - windowMs));
  const verdicts = stored
    .map(({ verdict }) => verdict)
    .filter((v) => !target || (v.rollout === target.rolloutId && v.phase === target.phase));
  if (target && verdicts.length === 0)
    throw new InputError(
      `${target.rolloutId} was not in phase ${target.phase} at ${windowEnd.toISOString()}`,
    );
  return { verdicts };
}

const program = new Command('monitor:analyze')
  .description('Judges a window: of the database, of a fixture, or of a collected file.')
  .option('--phase <phase>', 'only this phase')
  .option('--rollout <rollout>', 'needed only where several rollouts have a phase of that name')
  .option('--now <ts>', 'judge as of this time')
  .option('--fixture <file>', 'judge this NDJSON file alone; with --dry-run')
  .option('--input <file>', 'judge this file of reports/monitoring and write the report')
  .option('--output <file>', 'where the report goes (default: beside the input)')
  .option('--instance <name>', 'demo or live, when both run')
  .option('--dry-run', 'write nothing and tell nobody', false)
  .option('--fail-on-breach', `exit with ${EXIT_BREACH} on a violation`, false)
  .exitOverride();

async function analyze(options: Options): Promise<{ answer: unknown; verdicts: readonly PhaseVerdict[] }> {
  if (options.fixture !== undefined && options.input !== undefined)
    throw new InputError('give --fixture or --input, not both');
  if (options.output !== undefined && options.input === undefined)
    throw new InputError('--output belongs to --input');
  const loaded = await loadPolicy();
  if (options.fixture !== undefined) {
    const verdict = await analyzeFixture(loaded, options, options.fixture);
    return { answer: verdict, verdicts: [verdict] };
  }
  try {
    const answer =
      options.input === undefined
        ? await analyzeStored(loaded, options)
        : await analyzeInput(loaded, options, options.input);
    return { answer, verdicts: answer.verdicts };
  } catch (error) {
    if (error instanceof MonitoringFileError) throw new InputError(error.message, { cause: error });
    throw error;
  }
}

await runCommand(async () => {
  const options = program.parse().opts<Options>();
  const { answer, verdicts } = await analyze(options);
  printJson(answer);
  return options.failOnBreach && verdicts.some(({ breach }) => breach) ? EXIT_BREACH : 0;
}, disconnectDatabase);
