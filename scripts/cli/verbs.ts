import type { Command } from 'commander';
import { type CommandIo, conclude } from './command-io.ts';
import { languageOf } from './decision-text.ts';
import { deployed } from './deployment-verbs.ts';
import { answerChecklist, approve, promote, reject, signOff, withdraw } from './people-verbs.ts';
import { incidents, reviews, status, stops } from './reading-verbs.ts';
import { auditExport, auditVerify, policyDiff, policyVersions } from './record-verbs.ts';
import { SLO_TABLE_NAMES, slo } from './slo-verb.ts';
import { decline, restart, rollback, start } from './step-verbs.ts';
import { freeze, halt, rearm, unfreeze } from './stop-verbs.ts';

type Verb = (io: CommandIo, options: never) => Promise<unknown>;
type Declare = ReturnType<typeof declaring>;

/** Declares every verb of `phasegate` and its options; `ended` hears the exit code of the one that ran. */
export function declareVerbs(program: Command, io: CommandIo, ended: (exitCode: number) => void): void {
  const declare = declaring(program, io, ended);
  readingVerbs(declare);
  signatureVerbs(declare);
  factVerbs(declare);
  recordVerbs(declare, program);
  stepVerbs(declare);
  stopVerbs(declare);
}

/** How verbs are declared that share options: all of them, what changes something, signatures, steps, and what has a scope. */
function declaring(program: Command, io: CommandIo, ended: (exitCode: number) => void) {
  const verb = (name: string, description: string, run: Verb, parent = program): Command =>
    parent
      .command(name)
      .description(description)
      .option('--url <address>', 'where Phasegate answers')
      .option('--key-file <file>', 'a file with your key and nothing else')
      .option('--instance <name>', 'demo or live, when both run here')
      .option('--lang <language>', 'ja or en, for people', languageOf, languageOf(io.environment.LANG ?? ''))
      .action(async (options) => {
        ended(await conclude(io, () => run(io, options as never)));
      });
  const change = (name: string, description: string, run: Verb) =>
    verb(name, description, run).option('--dry-run', 'change nothing, print what would happen', false);
  const signature = (name: string, description: string, run: Verb) =>
    change(name, description, run)
      .requiredOption('--target <rollout>', 'the rollout')
      .option('--evidence <hash>', 'the evidence you looked at, as status prints it')
      .option('--yes', 'sign what is shown now', false);
  const step = (name: string, description: string, run: Verb) =>
    change(name, description, run)
      .requiredOption('--target <rollout>', 'the rollout')
      .requiredOption('--reason <text>', 'why; kept in the record');
  const scoped = (command: Command) =>
    command.option('--target <rollout>', 'the rollout').option('--all', 'every rollout', false);
  return { verb, change, signature, step, scoped };
}

function readingVerbs({ verb, change }: Declare): void {
  verb('status', 'What is decided now, gate by gate: now, needed, when and why.', status).option(
    '--target <rollout>',
    'one rollout; all of them without it',
  );
  verb('stops', 'What is stopped, by whom and why, and how it ends.', stops);
  change('incidents', 'Open incidents; or close one, or say where its RCA is.', incidents)
    .option('--close <id>', 'the incident that is over')
    .option('--reason <text>', 'why it is over')
    .option('--rca-shared <id>', 'the incident whose RCA is shared')
    .option('--link <address>', 'where the RCA can be read')
    .option('--every', 'closed ones, too', false);
}

function signatureVerbs({ change, signature }: Declare): void {
  signature('approve', 'Say yes to the promotion, bound to the evidence you were shown.', approve)
    .option('--comment <text>', 'a remark')
    .option('--minutes <address>', 'the minutes of the meeting')
    .option('--role <role>', 'the role you speak for, where you hold several');
  signature('reject', 'Say no to the promotion; it holds until you withdraw it.', reject)
    .requiredOption('--comment <text>', 'why not')
    .option('--minutes <address>', 'the minutes of the meeting')
    .option('--role <role>', 'the role you speak for, where you hold several');
  change('withdraw', 'Take back your yes or no.', withdraw)
    .requiredOption('--target <rollout>', 'the rollout')
    .option('--id <id>', 'which one; without it, the one of yours that is in force');
  signature('promote', 'The last click: one step on.', promote).requiredOption(
    '--reason <text>',
    'why; kept',
  );
  change('sign-off', 'Sign a panel.', signOff)
    .requiredOption('--target <rollout>', 'the rollout')
    .requiredOption('--panel <panel>', 'the panel, such as autosave')
    .option('--comment <text>', 'a remark')
    .option('--link <address>', 'minutes or a note');
  change('checklist', 'Answer an item of a checklist; without --item, show what is open.', answerChecklist)
    .requiredOption('--target <rollout>', 'the rollout')
    .option('--list <list>', 'the checklist')
    .option('--item <item>', 'the item')
    .option('--answer <answer>', 'yes or no')
    .option('--comment <text>', 'a remark; needed for no');
  change('review', 'List what break-glass acts owe, or sign one.', reviews)
    .option('--sign <id>', 'the review to sign')
    .option('--comment <text>', 'your word on it')
    .option('--every', 'closed ones, too', false);
}

function factVerbs({ verb, change }: Declare): void {
  change('deployed', 'Say that something reached users: a line on the charts. Safe to repeat.', deployed)
    .requiredOption('--target <rollout>', 'the rollout')
    .requiredOption('--name <name>', 'what, such as a service or an app')
    .requiredOption('--release <version>', 'which one')
    .option('--link <address>', 'where it can be read about')
    .option('--at <time>', 'when, such as 2026-12-01T09:00:00Z; now without it')
    .option('--key <key>', 'what makes it the same one when it is said again; name and release without it');

  verb('slo', 'Error budgets, burn rates and attainment; or all of it as CSV in a file.', slo)
    .requiredOption('--target <rollout>', 'the rollout')
    .option('--month <month>', 'a calendar month such as 2026-10; without it, the rolling period up to now')
    .option('--output <file>', 'write it there as CSV')
    .option('--table <table>', `with --output, one table of it: ${SLO_TABLE_NAMES}`);
}

function recordVerbs({ verb }: Declare, program: Command): void {
  const policy = program.command('policy').description('The policy: its versions and what changed.');
  verb(
    'versions',
    'Every time another version came into force, and whose change it was.',
    policyVersions,
    policy,
  );
  verb('diff', 'What differs between two versions; without any, what changed last.', policyDiff, policy)
    .option('--from <version>', 'the first digits of a hash, in-force, or previous', 'previous')
    .option('--to <version>', 'likewise', 'in-force');
  const audit = program.command('audit').description('The audit trail: check its chain, export it.');
  verb('verify', 'Recompute every hash of the chain; exit code 3 when it does not hold.', auditVerify, audit);
  verb('export', 'Write the trail, or part of it, to a file.', auditExport, audit)
    .requiredOption('--output <file>', 'where to; a file that is there is not overwritten')
    .option('--format <format>', 'ndjson (with all that hashes are made of) or csv', 'ndjson')
    .option('--subject <subject>', 'such as rollout:autosave, or incident: for all of a kind')
    .option('--action <action>', 'such as rollout.promoted, or rollout. for all of a kind')
    .option('--actor <name>', 'part of a name, or an id')
    .option('--from <time>', 'such as 2026-11-01T00:00:00+09:00')
    .option('--to <time>', 'entries before it')
    .option('--text <words>', 'words of the reason or the details');
}

function stepVerbs({ step }: Declare): void {
  step('start', 'Start a rollout that is being prepared.', start);
  step('rollback', 'Step a rollout back by one phase.', rollback).requiredOption(
    '--phase <phase>',
    'the phase it is in now: nothing happens if it has moved on',
  );
  step('not-now', 'Decline a rollback that is required.', decline).option(
    '--request <id>',
    'which one you saw',
  );
  step('restart', 'Begin the climb again, from the canary date on.', restart);
}

function stopVerbs({ change, scoped }: Declare): void {
  scoped(change('halt', 'Press the kill switch: nothing automatic happens any more.', halt))
    .requiredOption('--reason <text>', 'why; kept in the record')
    .option('--confirm <word>', 'type STOP');
  scoped(change('re-arm', 'Agree to arm the kill switch again; it takes several people.', rearm))
    .option('--id <id>', 'which order')
    .requiredOption('--reason <text>', 'why; kept in the record');
  scoped(change('freeze', 'Hold promotions and restarts; never rollbacks.', freeze))
    .requiredOption('--reason <text>', 'why; kept in the record')
    .option('--until <time>', 'when it ends by itself, such as 2026-12-01T09:00:00Z');
  scoped(change('unfreeze', 'End a freeze.', unfreeze))
    .option('--id <id>', 'which order')
    .requiredOption('--reason <text>', 'why; kept in the record');
}
