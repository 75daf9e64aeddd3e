import { database, type Transaction } from '#lib/database/server.ts';
import { type FunctionConfig, FunctionConfigSchema } from './registration.ts';

/** The functions that are registered now, by id. */
export async function registeredFunctions(
  client: Pick<Transaction, 'jobFunction'> = database(),
): Promise<Map<string, FunctionConfig>> {
  const rows = await client.jobFunction.findMany({ where: { removedAt: null }, orderBy: { id: 'asc' } });
  return new Map(rows.map((row) => [row.id, FunctionConfigSchema.parse(row.config)]));
}

/** When each function was first registered; its cron ticks before that are not made up for. */
export async function registrationTimes(): Promise<Map<string, Date>> {
  const rows = await database().jobFunction.findMany({
    where: { removedAt: null },
    select: { id: true, registeredAt: true },
  });
  return new Map(rows.map((row) => [row.id, row.registeredAt]));
}

/**
 * Makes these the functions of the app. One statement per function, each idempotent; functions the app no longer has
 * are marked as removed, and their history stays. Returns whether anything changed.
 */
export async function replaceFunctions(
  tx: Transaction,
  configs: readonly FunctionConfig[],
  now: Date,
): Promise<boolean> {
  let changed = 0;
  for (const config of configs) {
    const json = JSON.stringify(config);
    changed += await tx.$executeRaw`
      INSERT INTO job_function (id, name, config, registered_at)
      VALUES (${config.id}, ${config.name}, ${json}::jsonb, ${now})
      ON CONFLICT (id) DO UPDATE
        SET name = excluded.name, config = excluded.config, removed_at = NULL,
            registered_at = CASE WHEN job_function.removed_at IS NULL THEN job_function.registered_at
                                 ELSE excluded.registered_at END
        WHERE job_function.config IS DISTINCT FROM excluded.config OR job_function.removed_at IS NOT NULL`;
  }
  const ids = configs.map((config) => config.id);
  changed += await tx.$executeRaw`
    UPDATE job_function SET removed_at = ${now} WHERE removed_at IS NULL AND id <> ALL(${ids}::text[])`;
  return changed > 0;
}
