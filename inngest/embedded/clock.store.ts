import { database, inTransaction } from '#lib/database/server.ts';

const CLOCK_LOCK = 7_417_034;
/** Clocks of one machine differ by less; what lies further ahead was written by a clock that has been set back since. */
const AHEAD = '1 minute';

/**
 * Mends what a clock that was set back has left in the future, so that nothing waits until the old time comes again: cron
 * ticks may tick once more (their ids are of moments), leases end, retries are due, sleeps keep the length they had left, and
 * functions count as registered now. Once after each set-back, whichever runner looks first. Returns whether it was needed.
 */
export async function mendClockSetBack(): Promise<boolean> {
  const [look] = await database().$queryRaw<{ ahead: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM job_event WHERE received_at > now() + ${AHEAD}::interval) AS ahead`;
  if (!look?.ahead) return false;
  return inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${CLOCK_LOCK}::bigint)::text`;
    const [newest] = await tx.$queryRaw<{ at: Date | null }[]>`
      SELECT max(received_at) AS at FROM job_event WHERE received_at > now() + ${AHEAD}::interval`;
    if (!newest?.at) return false;
    const mark = `:before-clock-change:${newest.at.toISOString()}`;
    await tx.$executeRaw`
      UPDATE job_run SET event_id = event_id || ${mark}
      WHERE event_id LIKE 'cron:%' AND created_at > now() + ${AHEAD}::interval`;
    await tx.$executeRaw`
      UPDATE job_run SET lease_until = now()
      WHERE lease_until IS NOT NULL AND created_at > now() + ${AHEAD}::interval`;
    await tx.$executeRaw`
      UPDATE job_run SET next_at = least(next_at, now()), created_at = now()
      WHERE created_at > now() + ${AHEAD}::interval`;
    await tx.$executeRaw`
      UPDATE job_step SET wake_at = now() + (wake_at - created_at), next_at = least(next_at, now()),
        lease_until = CASE WHEN lease_until IS NULL THEN NULL ELSE now() END, created_at = now()
      WHERE created_at > now() + ${AHEAD}::interval`;
    await tx.$executeRaw`
      UPDATE job_function SET registered_at = now() WHERE registered_at > now()`;
    await tx.$executeRaw`
      UPDATE job_event SET received_at = now(), id = CASE WHEN id LIKE 'cron:%' THEN id || ${mark} ELSE id END
      WHERE received_at > now() + ${AHEAD}::interval`;
    return true;
  });
}
