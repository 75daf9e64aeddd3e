import { disconnectDatabase } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';
import { type Ask, callApi, connect, type Where } from './call-api.ts';
import type { CommandIo } from './command-io.ts';

/** Does it straight on the database of the Phasegate that runs here (or DATABASE_URL), and says so. */
export async function actAtMachine<T>(io: CommandIo, where: Where, work: () => Promise<T>): Promise<T> {
  const instance = resolveInstance(where.instance);
  io.say(`No key: acting at this machine, on the database of ${instance.name}.`);
  try {
    return await work();
  } finally {
    await disconnectDatabase();
  }
}

/** Asks the API for what protects; where nobody answers, says how it works without it. Errors: AppError as the API says it. */
export async function askToProtect(io: CommandIo, where: Where, ask: Ask): Promise<unknown> {
  try {
    return await callApi(connect(where, io.environment, io.say), ask);
  } catch (error) {
    if (error instanceof AppError && error.reason === 'unreachable')
      io.say(
        'Without a key this works at the machine itself, on its database: unset PHASEGATE_API_KEY there.',
      );
    throw error;
  }
}
