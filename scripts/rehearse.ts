#!/usr/bin/env node
// npm run rehearse -- --rollout R [--simulate-breach[=METRIC]] [--simulate-latency=180s] [--deliver] (ROL-8, COL-7)
import { Command } from 'commander';
import { AppError } from '#lib/errors/index.ts';
import { RehearsalRequestSchema } from '#lib/rehearsal/index.ts';
import { rehearse } from '#lib/rehearsal/server.ts';
import { exitCodeOf } from './cli/exit-code.ts';
import { commandActor } from './cli/rollback-command.ts';
import { withInstance } from './cli/with-instance.ts';

const program = new Command('rehearse')
  .description('Play a breach from telemetry to messages; changes no flag, verdict or phase.')
  .requiredOption('--rollout <rollout>', 'the rollout whose phase is rehearsed')
  .option(
    '--simulate-breach [metric]',
    'break this objective; without a name the first that asks for a rollback',
  )
  .option('--simulate-latency <span>', 'a collection that comes this late, such as 180s')
  .option('--deliver', 'really send the messages, each marked dry_run=true', false)
  .option('--instance <name>', 'demo or live, when both run')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const options = program.opts<{
  rollout: string;
  simulateBreach?: string | true;
  simulateLatency?: string;
  deliver: boolean;
  instance?: string;
}>();

await withInstance(
  options.instance,
  async () => {
    const { rollout, simulateBreach, simulateLatency, deliver } = options;
    const request = RehearsalRequestSchema.safeParse({
      breach: simulateBreach !== undefined || simulateLatency === undefined,
      ...(typeof simulateBreach === 'string' ? { metric: simulateBreach } : {}),
      ...(simulateLatency === undefined ? {} : { latency: simulateLatency }),
      deliver,
    });
    if (!request.success)
      throw new AppError('VALIDATION', request.error.issues.map(({ message }) => message).join('; '));
    const rehearsal = await rehearse({
      ...request.data,
      rolloutId: rollout,
      actor: commandActor(),
      trigger: 'cli',
      now: new Date(),
    });
    process.stdout.write(`${JSON.stringify({ dry_run: true, ...rehearsal }, null, 2)}\n`);
  },
  exitCodeOf,
);
