#!/usr/bin/env node
// npm run flags:rollback -- --phase <where to> [--rollout R] [--reason TEXT] [--dry-run] (ROL-2)
import { Command } from 'commander';
import { exitCodeOf } from './cli/exit-code.ts';
import { renderOutcome, rollBackTo } from './cli/rollback-command.ts';
import { withInstance } from './cli/with-instance.ts';

const program = new Command('flags:rollback')
  .description('Step a rollout back by one phase.')
  .requiredOption('--phase <phase>', 'the phase to go back to: the one just behind the current phase')
  .option('--rollout <rollout>', 'needed only when two rollouts have a phase of that name')
  .option('--reason <text>', 'why; kept in the record', 'flags:rollback')
  .option('--instance <name>', 'demo or live, when both run')
  .option('--dry-run', 'change nothing, print what would change', false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const options = program.opts<{
  phase: string;
  rollout?: string;
  reason: string;
  instance?: string;
  dryRun: boolean;
}>();

await withInstance(
  options.instance,
  async () => {
    const outcome = await rollBackTo({
      toPhase: options.phase,
      rolloutId: options.rollout,
      reason: options.reason,
      dryRun: options.dryRun,
    });
    process.stdout.write(`${renderOutcome(outcome, options.rollout)}\n`);
  },
  exitCodeOf,
);
