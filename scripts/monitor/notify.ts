#!/usr/bin/env node
// monitor:notify (REP-8): tells people of a verdict, from standard input or judged now; prints the message as one JSON object.
import { fstatSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { type PhaseVerdict, PhaseVerdictSchema } from '#lib/analyzer/index.ts';
import { newestCollectedWindowEnd, scoreStored } from '#lib/analyzer/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { notifyOf } from '#lib/reporter/server.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';
import { InputError, lastWindowEnd, printJson, resolvePhase, runCommand } from './command-input.ts';

type Options = { phase: string; rollout?: string; instance?: string; dryRun: boolean };

const program = new Command('monitor:notify')
  .description('Tells people of a verdict, once. Reads the JSON of monitor:score, or judges now.')
  .requiredOption('--phase <phase>', 'the phase, such as A-1 or B')
  .option('--rollout <rollout>', 'needed only where several rollouts have a phase of that name')
  .option('--instance <name>', 'demo or live, when both run')
  .option('--dry-run', 'print the message, write nothing and tell nobody', false)
  .exitOverride();

/** What was piped or redirected to this command; nothing from a terminal or /dev/null. */
async function pipedText(): Promise<string> {
  const input = fstatSync(0);
  return input.isFIFO() || input.isFile() || input.isSocket() ? await text(process.stdin) : '';
}

function parseVerdict(piped: string): PhaseVerdict {
  try {
    return PhaseVerdictSchema.parse(JSON.parse(piped));
  } catch (cause) {
    throw new InputError('standard input is no verdict of monitor:score', { cause });
  }
}

async function verdictOf(options: Options): Promise<PhaseVerdict> {
  const { policy } = await loadPolicy();
  const target = resolvePhase(policy, options.phase, options.rollout);
  const piped = await pipedText();
  if (piped.trim() === '') {
    resolveInstance(options.instance);
    const end = await newestCollectedWindowEnd();
    return scoreStored({
      ...target,
      windowEnd: end ?? lastWindowEnd(new Date(), policy.cycle.windowSeconds),
    });
  }
  const verdict = parseVerdict(piped);
  if (verdict.rollout !== target.rolloutId || verdict.phase !== target.phase)
    throw new InputError(
      `standard input judges ${verdict.rollout} ${verdict.phase}, not ${target.rolloutId} ${target.phase}`,
    );
  if (!options.dryRun) resolveInstance(options.instance);
  return verdict;
}

await runCommand(async () => {
  const options = program.parse().opts<Options>();
  const verdict = await verdictOf(options);
  try {
    printJson(await notifyOf(verdict, new Date(), options.dryRun));
    return 0;
  } catch (error) {
    if (error instanceof AppError) throw new InputError(error.message, { cause: error });
    throw error;
  }
}, disconnectDatabase);
