import { database, inTransaction } from '#lib/database/server.ts';
import { stepError } from './answer.ts';
import { latestTick, nextTick } from './cron-schedule.ts';
import { INTERNAL_EVENTS, RunnerEventSchema } from './event.schema.ts';
import { registeredFunctions, registrationTimes } from './functions.store.ts';
import type { FunctionConfig } from './registration.ts';
import { deliverEvent, endStep } from './runs.store.ts';

/** How many sleeping or waiting steps are woken at a time. */
const WAKE_BATCH = 100;

/**
 * Starts the functions whose cron has ticked. A tick is an event whose id is its function, schedule and moment, so that
 * any number of runners start it once. After a standstill only the newest missed tick is made up for: a tick says
 * "look again", what is missing is read from the database (architecture decision 17).
 */
export async function startCronRuns(now: Date): Promise<number> {
  const functions = await registeredFunctions();
  const registered = await registrationTimes();
  let started = 0;
  for (const config of functions.values()) {
    await showNextTick(config, now);
    for (const cron of config.crons) {
      const tick = latestTick(cron, now);
      const since = registered.get(config.id);
      if (tick === null || since === undefined || tick < since) continue;
      const id = `cron:${config.id}:${cron}:${tick.toISOString()}`;
      if ((await database().jobEvent.count({ where: { id } })) > 0) continue;
      const event = RunnerEventSchema.parse({
        id,
        name: INTERNAL_EVENTS.timer,
        data: { cron },
        ts: tick.getTime(),
      });
      const fresh = await inTransaction((tx) => deliverEvent(tx, event, { now, only: config.id }));
      if (fresh) started += 1;
    }
  }
  return started;
}

async function showNextTick({ id, crons }: FunctionConfig, now: Date): Promise<void> {
  const ticks = crons.flatMap((cron) => nextTick(cron, now)?.getTime() ?? []);
  const next = ticks.length > 0 ? new Date(Math.min(...ticks)) : null;
  await database().$executeRaw`
    UPDATE job_function SET next_at = ${next} WHERE id = ${id} AND next_at IS DISTINCT FROM ${next}::timestamptz`;
}

/** Ends the sleeps that are over and the waits that have run out of time. Returns how many. */
export async function wakeSteps(): Promise<number> {
  const due = await database().$queryRaw<{ run_id: string; step_id: string; op: string; state: string }[]>`
    SELECT s.run_id::text, s.step_id, s.op, s.state FROM job_step s JOIN job_run r ON r.id = s.run_id
    WHERE s.state IN ('sleeping', 'waiting') AND s.wake_at <= now() AND r.state IN ('queued', 'waiting')
    ORDER BY s.wake_at LIMIT ${WAKE_BATCH}`;
  for (const step of due) {
    const late = step.op === 'InvokeFunction';
    const result = late
      ? { error: stepError('InvokeTimeout', 'the invoked function did not end in time') }
      : { data: null };
    await inTransaction((tx) => endStep(tx, step.run_id, step.step_id, result));
  }
  return due.length;
}

/** Milliseconds until something planned for later is due, at most `atMostMs`; for choosing how long to sleep. */
export async function untilNextDue(atMostMs: number): Promise<number> {
  const rows = await database().$queryRaw<{ ms: number | null }[]>`
    SELECT (extract(epoch FROM least(
      (SELECT min(next_at) FROM job_run WHERE state = 'queued' AND next_at > now()),
      (SELECT min(next_at) FROM job_step WHERE state = 'planned' AND next_at > now()),
      (SELECT min(wake_at) FROM job_step WHERE state IN ('sleeping', 'waiting') AND wake_at > now())
    ) - now()) * 1000)::float8 AS ms`;
  return Math.max(1, Math.min(atMostMs, Math.ceil(rows[0]?.ms ?? atMostMs)));
}

/** Removes runs that ended, and events that arrived, before the last `days` days. */
export async function pruneHistory(days: number): Promise<void> {
  await database().$executeRaw`DELETE FROM job_run WHERE ended_at < now() - ${days} * interval '1 day'`;
  await database().$executeRaw`
    DELETE FROM job_event e WHERE received_at < now() - ${days} * interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM job_run r WHERE r.event_id = e.id)`;
  await database().$executeRaw`DELETE FROM job_runner WHERE seen_at < now() - interval '1 day'`;
}

/** Says that this runner is alive, and what troubles it. */
export async function reportRunner(id: string, appUrl: string, trouble: string | null): Promise<void> {
  await database().$executeRaw`
    INSERT INTO job_runner (id, app_url, trouble) VALUES (${id}, ${appUrl}, ${trouble})
    ON CONFLICT (id) DO UPDATE SET seen_at = now(), trouble = excluded.trouble`;
}
