import { createInterface } from 'node:readline/promises';
import { explainTrouble } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { exitCodeOf } from './exit-code.ts';

export type CommandEnvironment = Readonly<Record<string, string | undefined>>;

/** What a command may touch: one JSON value goes to standard output, everything for people to standard error. */
export type CommandIo = {
  environment: CommandEnvironment;
  out: (text: string) => void;
  say: (text: string) => void;
  /** Asks the person at the terminal; null where nobody sits at one. */
  ask: ((question: string) => Promise<string>) | null;
};

/** The terminal itself. */
export const TERMINAL: CommandIo = {
  environment: process.env,
  out: (text) => process.stdout.write(`${text}\n`),
  say: (text) => process.stderr.write(`${text}\n`),
  ask: process.stdin.isTTY && process.stderr.isTTY ? askTerminal : null,
};

async function askTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(`${question} `);
  } finally {
    terminal.close();
  }
}

/**
 * Runs a command to its end: its answer as JSON, or why not, also as JSON, with a sentence for people on standard error and
 * never a stack trace. Returns the exit code.
 */
export async function conclude(io: CommandIo, work: () => Promise<unknown>): Promise<number> {
  try {
    io.out(JSON.stringify((await work()) ?? { outcome: 'done' }, null, 2));
    return 0;
  } catch (thrown) {
    const error = explainTrouble(thrown);
    const known = error instanceof AppError ? error : null;
    const message = error instanceof Error ? error.message : String(error);
    const refusal = {
      outcome: 'refused',
      code: known?.code ?? 'INTERNAL',
      ...(known?.reason === undefined ? {} : { reason: known.reason }),
      message,
      ...(known && known.issues.length > 0 ? { issues: known.issues } : {}),
    };
    io.out(JSON.stringify(refusal, null, 2));
    io.say(message);
    for (const issue of known?.issues ?? []) io.say(`  ${issue.field}: ${issue.message}`);
    return exitCodeOf(error);
  }
}
