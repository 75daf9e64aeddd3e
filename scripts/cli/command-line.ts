import { Command, CommanderError } from 'commander';
import { hasKeyInAddress } from '#lib/identity/index.ts';
import type { CommandIo } from './command-io.ts';
import { EXIT } from './exit-code.ts';
import { declareVerbs } from './verbs.ts';

const ANYWHERE = `
Address: --url, PHASEGATE_URL or the Phasegate that runs here. Key: PHASEGATE_API_KEY or --key-file, made on the account
page; it acts as you, with your roles. Standard output is one JSON value, everything else goes to standard error.
Exit codes: 0 done, 2 bad input, 3 refused by a gate or a permission, 4 conflict, 1 anything else.`;

/**
 * Runs one command line and returns its exit code. The rules are those of the API, which is what it calls; only `rollback`
 * and `halt` also work without a key, straight on the database of this machine: what protects needs the fewest parts.
 */
export async function runPhasegate(argv: readonly string[], io: CommandIo): Promise<number> {
  if (argv.some(hasKeyInAddress)) {
    io.say(
      'Never write a key on a command line: it stays in histories. Revoke it, make another, use --key-file.',
    );
    return EXIT.badInput;
  }
  let exitCode: number = EXIT.done;
  const program = new Command('phasegate')
    .description('The control room for feature rollouts, from the command line.')
    .addHelpText('after', ANYWHERE)
    .configureOutput({ writeOut: io.say, writeErr: io.say })
    .exitOverride();

  declareVerbs(program, io, (code) => {
    exitCode = code;
  });
  for (const command of [program, ...program.commands].flatMap(({ commands }) => commands))
    command.exitOverride().configureOutput({ writeOut: io.say });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  }
}
