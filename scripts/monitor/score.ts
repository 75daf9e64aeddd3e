#!/usr/bin/env node
// monitor:score (ANA-5): one verdict as one JSON object on standard output; judges, stores nothing.
import { Command } from 'commander';
import { judgeWindow, type PhaseVerdict } from '#lib/analyzer/index.ts';
import { newestCollectedWindowEnd, scoreStored } from '#lib/analyzer/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';
import { InputError, lastWindowEnd, parseNow, printJson, resolvePhase, runCommand } from './command-input.ts';
import { countFixture } from './fixture.ts';

const EXIT_BREACH = 3;

type Options = {
  phase: string;
  rollout?: string;
  now?: string;
  fixture?: string;
  instance?: string;
  failOnBreach: boolean;
};

async function score(options: Options): Promise<PhaseVerdict> {
  const loaded = await loadPolicy();
  const { policy, catalogue, hash } = loaded;
  const now = options.now === undefined ? undefined : parseNow(options.now);
  const target = resolvePhase(policy, options.phase, options.rollout);
  const { windowSeconds } = policy.cycle;
  if (options.fixture !== undefined) {
    const fixture = await countFixture(options.fixture, loaded, now, new Date());
    const windowEnd = now ? lastWindowEnd(now, windowSeconds) : fixture.lastWindowEnd;
    if (!windowEnd)
      throw new InputError(
        `${options.fixture} has no event that can be counted: give --now to judge it anyway`,
      );
    return judgeWindow({ policy, catalogue, policyHash: hash, series: fixture.series, ...target, windowEnd });
  }
  resolveInstance(options.instance);
  const windowEnd = now
    ? lastWindowEnd(now, windowSeconds)
    : ((await newestCollectedWindowEnd()) ?? lastWindowEnd(new Date(), windowSeconds));
  return scoreStored({ ...target, windowEnd });
}

const program = new Command('monitor:score')
  .description('Judges one phase and prints the verdict as JSON.')
  .requiredOption('--phase <phase>', 'the phase, such as A-1 or B')
  .option('--rollout <rollout>', 'needed only where several rollouts have a phase of that name')
  .option('--now <ts>', 'judge as of this time (default: the newest window there is telemetry of)')
  .option('--fixture <file>', 'judge this NDJSON file alone; needs no database')
  .option('--instance <name>', 'demo or live, when both run')
  .option('--dry-run', 'accepted for symmetry: this command never stores anything', false)
  .option('--fail-on-breach', `exit with ${EXIT_BREACH} on a violation`, false)
  .exitOverride();

await runCommand(async () => {
  const options = program.parse().opts<Options>();
  const verdict = await score(options);
  printJson(verdict);
  return options.failOnBreach && verdict.breach ? EXIT_BREACH : 0;
}, disconnectDatabase);
