#!/usr/bin/env node
// monitor:collect (COL-7): reads the sources, closes the windows of a span and prints a summary as JSON.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { breachLines, latencyLines, SimulationError, type SimulationTarget } from '#lib/collector/index.ts';
import { collectSpan, readSpanDry, type SpanReport, writeMonitoringFile } from '#lib/collector/server.ts';
import { env } from '#lib/config/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { DurationSchema, type LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';
import { InputError, lastWindowEnd, parseNow, printJson, resolvePhase, runCommand } from './command-input.ts';

type Options = {
  window: string;
  output?: string;
  phase?: string;
  rollout?: string;
  now?: string;
  instance?: string;
  dryRun: boolean;
  rehearsal: boolean;
  simulateBreach?: string | true;
  simulateLatency?: string;
};

function seconds(option: string, text: string): number {
  const parsed = DurationSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InputError(`--${option} ${text}: ${parsed.error.issues[0]?.message ?? 'not a duration'}`);
}

function spanOf(options: Options, now: Date, windowSeconds: number): { start: Date; end: Date } {
  const length = seconds('window', options.window);
  if (length % windowSeconds !== 0)
    throw new InputError(`--window ${options.window}: must be whole ${windowSeconds / 60}-minute windows`);
  const end = lastWindowEnd(now, windowSeconds);
  return { start: new Date(end.getTime() - length * 1000), end };
}

/** Simulated lines are refused outside rehearsal mode, because they must never look like reality by accident. */
function simulatedLines(
  options: Options,
  target: SimulationTarget | undefined,
  end: Date,
  loaded: LoadedPolicy,
) {
  if (options.simulateBreach === undefined && options.simulateLatency === undefined) return [];
  if (!options.rehearsal && !env().rehearsal)
    throw new InputError(
      'simulations are refused outside rehearsal mode: add --rehearsal, or set PHASEGATE_REHEARSAL=1',
    );
  if (!target) throw new InputError('a simulation needs --phase: the phase whose objective is to be broken');
  const at = new Date(end.getTime() - 1000);
  const metric = typeof options.simulateBreach === 'string' ? options.simulateBreach : undefined;
  const breach = options.simulateBreach === undefined ? [] : breachLines(target, metric, at, loaded);
  if (options.simulateLatency === undefined) return breach;
  return [
    ...breach,
    ...latencyLines(target, seconds('simulate-latency', options.simulateLatency), at, loaded),
  ];
}

async function collect(options: Options): Promise<number> {
  const now = options.now === undefined ? new Date() : parseNow(options.now);
  const loaded = await loadPolicy();
  const target =
    options.phase === undefined ? undefined : resolvePhase(loaded.policy, options.phase, options.rollout);
  const span = spanOf(options, now, loaded.policy.cycle.windowSeconds);
  const simulated = simulatedLines(options, target, span.end, loaded);
  if (!options.dryRun) resolveInstance(options.instance);
  const request = { span, phase: target?.phase, simulated, now };
  const report = await (options.dryRun ? readSpanDry(request) : collectSpan(request));
  for (const { source, message } of report.problems) process.stderr.write(`${source}: ${message}\n`);
  if (options.output !== undefined) await writeMonitoringFile(resolve(options.output), report.file);
  printJson(summary(options, report, simulated.length));
  return 0;
}

function summary(options: Options, report: SpanReport, simulated: number) {
  const { file, problems, elapsedMs, ...totals } = report;
  return {
    dry_run: options.dryRun,
    window: file.header.window,
    policy_version: file.header.policy_version,
    ...totals,
    simulated,
    problems,
    output: options.output === undefined ? null : resolve(options.output),
    elapsed_ms: elapsedMs,
    ...(options.dryRun && options.output === undefined ? { series: file.series } : {}),
  };
}

const program = new Command('monitor:collect')
  .description('Collects telemetry into windows; prints a summary as JSON.')
  .option('--window <span>', 'how much to collect, up to the last window that is over', '15m')
  .option('--output <file>', 'write the normalised windows here as well')
  .option('--phase <phase>', 'answer this phase only; names the phase of a simulation')
  .option('--rollout <rollout>', 'needed only where several rollouts have a phase of that name')
  .option('--now <ts>', 'collect as of this time')
  .option('--instance <name>', 'demo or live, when both run')
  .option('--dry-run', 'read everything, store nothing; needs no database', false)
  .option('--rehearsal', 'allow simulations', false)
  .option('--simulate-breach [metric]', 'add events, tagged dry_run, that break an objective of --phase')
  .option('--simulate-latency <span>', 'add a late collection, tagged dry_run')
  .exitOverride();

await runCommand(async () => {
  try {
    return await collect(program.parse().opts<Options>());
  } catch (error) {
    throw error instanceof SimulationError ? new InputError(error.message) : error;
  }
}, disconnectDatabase);
