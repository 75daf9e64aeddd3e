#!/usr/bin/env node
// The mission's `cli`: npx phasegate rollback --target=<rollout> --phase=<current> --reason="…" (ROL-2)
import { Command } from 'commander';
import { rollBack } from '#lib/rollouts/server.ts';
import { commandActor, exitCodeOf, renderOutcome } from './cli/rollback-command.ts';
import { withInstance } from './cli/with-instance.ts';

const program = new Command('phasegate').description(
  'The control room for feature rollouts, from the command line.',
);
program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('rollback')
  .description('Step a rollout back by one phase.')
  .requiredOption('--target <rollout>', 'the rollout')
  .requiredOption('--phase <phase>', 'the phase it is in now: nothing happens if it has moved on')
  .requiredOption('--reason <text>', 'why; kept in the record')
  .option('--instance <name>', 'demo or live, when both run')
  .option('--dry-run', 'change nothing, print what would change', false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action((options: { target: string; phase: string; reason: string; instance?: string; dryRun: boolean }) =>
    withInstance(
      options.instance,
      async () => {
        const outcome = await rollBack({
          rolloutId: options.target,
          fromPhase: options.phase,
          reason: options.reason,
          trigger: 'cli',
          actor: commandActor(),
          dryRun: options.dryRun,
          now: new Date(),
        });
        process.stdout.write(`${renderOutcome(outcome, options.target)}\n`);
      },
      exitCodeOf,
    ),
  );

await program.parseAsync();
