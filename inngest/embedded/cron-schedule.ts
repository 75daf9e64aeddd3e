import { Cron } from 'croner';

const ZONE = /^(?:CRON_)?TZ=(\S+)\s+(.+)$/;

/** A cron trigger the runner cannot schedule. */
export class CronError extends Error {
  override readonly name = 'CronError';
}

/**
 * Parses a five-field cron expression in UTC, or in the zone of a `TZ=Asia/Tokyo ` prefix.
 * Errors: CronError naming the expression.
 */
export function parseCron(expression: string): Cron {
  const zoned = ZONE.exec(expression);
  const fields = zoned?.[2] ?? expression;
  if (fields.trim().split(/\s+/).length !== 5) {
    throw new CronError(`cron ${JSON.stringify(expression)}: needs five fields, minutes first`);
  }
  try {
    const cron = new Cron(fields, { paused: true, timezone: zoned?.[1] ?? 'UTC' });
    cron.nextRun(); // an unknown zone shows only here
    return cron;
  } catch (cause) {
    throw new CronError(`cron ${JSON.stringify(expression)}: ${String(cause)}`, { cause });
  }
}

/** The newest tick at or before `now`; null when there was none. */
export function latestTick(expression: string, now: Date): Date | null {
  const cron = parseCron(expression);
  if (cron.match(now) && now.getTime() % 60_000 === 0) return now;
  return cron.previousRuns(1, now)[0] ?? null;
}

/** The first tick after `now`; null when there is none. */
export function nextTick(expression: string, now: Date): Date | null {
  return parseCron(expression).nextRun(now);
}
