import { disconnectDatabase } from '#lib/database/server.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';
import type { Where } from './call-api.ts';
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
