import { randomBytes } from 'node:crypto';
import { publishLive, type Transaction } from '#lib/database/server.ts';
import { type StepError, stepError } from './answer.ts';
import { INTERNAL_EVENTS, type RunnerEvent, RunnerEventSchema } from './event.schema.ts';
import { keyOf, matches, parseKey, parseMatch } from './expression.ts';
import { registeredFunctions } from './functions.store.ts';
import type { FunctionConfig } from './registration.ts';
import { parseWaitTime, waitEnd } from './time-string.ts';

/** An event id was used before for another event; which of the two the sender meant cannot be known. */
export class EventConflictError extends Error {
  override readonly name = 'EventConflictError';
  constructor(id: string, name: string, before: string) {
    super(`event id ${JSON.stringify(id)} of ${name} was used before for ${before}`);
  }
}

/** Tells every runner, when `tx` commits, that something may be due. */
export async function announceWork(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT pg_notify('phasegate_jobs', '')::text`;
}

/** A time-ordered id (UUID version 7) for a run. */
function runId(now: Date): string {
  const hex = now.getTime().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Takes an event in: stores it, cancels what it cancels, wakes what waits for it, starts what it triggers, all in `tx`.
 * An event whose id is known changes nothing. Returns whether it was new. Errors: EventConflictError.
 */
export async function deliverEvent(
  tx: Transaction,
  event: RunnerEvent,
  options: { now: Date; only?: string },
): Promise<boolean> {
  const stored = await tx.$executeRaw`
    INSERT INTO job_event (id, name, event) VALUES (${event.id}, ${event.name}, ${JSON.stringify(event)}::jsonb)
    ON CONFLICT (id) DO NOTHING`;
  if (stored === 0) {
    const before = await tx.jobEvent.findUnique({ where: { id: event.id }, select: { name: true } });
    if (before && before.name !== event.name) throw new EventConflictError(event.id, event.name, before.name);
    return false;
  }
  const functions = await registeredFunctions(tx);
  if (options.only !== undefined) {
    const config = functions.get(options.only);
    if (config) await startRun(tx, config, event, options.now);
  } else {
    await cancelByEvent(tx, functions, event, options.now);
    await wakeWaiting(tx, event);
    for (const config of functions.values()) {
      if (isTriggeredBy(config, event)) await startRun(tx, config, event, options.now);
    }
  }
  await announceWork(tx);
  return true;
}

function isTriggeredBy(config: FunctionConfig, event: RunnerEvent): boolean {
  return config.events.some(
    (trigger) =>
      trigger.name === event.name &&
      (trigger.if === undefined || matches(parseMatch(trigger.if), event, event)),
  );
}

/** Starts a function for an event, once: the pair is unique. Returns the run's id, or null when it was started before. */
export async function startRun(
  tx: Transaction,
  config: FunctionConfig,
  event: RunnerEvent,
  now: Date,
  parent?: { runId: string; stepId: string },
): Promise<string | null> {
  const id = runId(now);
  const keys = config.concurrency.map((limit) =>
    limit.key === undefined ? '' : keyOf(parseKey(limit.key), event),
  );
  const started = await tx.$executeRaw`
    INSERT INTO job_run (id, function_id, event_id, event, state, concurrency_keys, parent_run_id, parent_step_id, next_at)
    VALUES (${id}::uuid, ${config.id}, ${event.id}, ${JSON.stringify(event)}::jsonb, 'queued', ${keys}::text[],
            ${parent?.runId ?? null}::uuid, ${parent?.stepId ?? null}, now())
    ON CONFLICT (function_id, event_id) DO NOTHING`;
  if (started === 0) return null;
  await publishLive(tx, { topic: 'jobs' });
  return id;
}

async function cancelByEvent(
  tx: Transaction,
  functions: Map<string, FunctionConfig>,
  async: RunnerEvent,
  now: Date,
): Promise<void> {
  for (const config of functions.values()) {
    for (const cancel of config.cancelOn.filter(({ event }) => event === async.name)) {
      const runs = await tx.jobRun.findMany({
        where: { functionId: config.id, state: { in: ['queued', 'waiting'] } },
        select: { id: true, event: true, createdAt: true },
        orderBy: { seq: 'asc' },
      });
      for (const run of runs) {
        const until =
          cancel.timeout === undefined ? undefined : waitEnd(parseWaitTime(cancel.timeout), run.createdAt);
        if (until !== undefined && until <= now) continue;
        const matched =
          cancel.if === undefined ||
          matches(parseMatch(cancel.if), RunnerEventSchema.parse(run.event), async);
        if (matched) await endRun(tx, run.id, { state: 'cancelled', why: `event ${async.name}` }, now);
      }
    }
  }
}

async function wakeWaiting(tx: Transaction, async: RunnerEvent): Promise<void> {
  const waiting = await tx.jobStep.findMany({
    where: { state: 'waiting', waitEvent: async.name, run: { state: { in: ['queued', 'waiting'] } } },
    select: { runId: true, stepId: true, waitIf: true, run: { select: { event: true } } },
    orderBy: [{ runId: 'asc' }, { stepId: 'asc' }],
  });
  for (const step of waiting) {
    const event = RunnerEventSchema.parse(step.run.event);
    if (step.waitIf !== null && !matches(parseMatch(step.waitIf), event, async)) continue;
    await endStep(tx, step.runId, step.stepId, { data: async });
  }
}

/**
 * Ends an open step and has its run called again. Returns false when the run has ended or the step was no longer open,
 * in which case nothing changes.
 */
export async function endStep(
  tx: Transaction,
  runIdentity: string,
  stepId: string,
  result: { data: unknown } | { error: StepError },
): Promise<boolean> {
  // The run's row is locked before any of its steps, everywhere.
  const woken = await tx.$queryRaw<{ wake_seq: number }[]>`
    UPDATE job_run SET wake_seq = wake_seq + 1, state = 'queued', attempt = 0,
      next_at = least(coalesce(next_at, now()), now())
    WHERE id = ${runIdentity}::uuid AND state IN ('queued', 'waiting') RETURNING wake_seq`;
  const position = woken[0]?.wake_seq;
  if (position === undefined) return false;
  const [state, data, error] =
    'data' in result
      ? ['completed', JSON.stringify(result.data ?? null), null]
      : ['failed', null, JSON.stringify(result.error)];
  const ended = await tx.$executeRaw`
    UPDATE job_step SET state = ${state}, data = ${data}::jsonb, error = ${error}::jsonb, position = ${position},
      ended_at = now(), wait_event = NULL, wake_at = NULL, next_at = NULL
    WHERE run_id = ${runIdentity}::uuid AND step_id = ${stepId} AND state IN ('planned', 'sleeping', 'waiting')`;
  await announceWork(tx);
  return ended > 0;
}

export type RunEnd =
  | { state: 'completed'; output: unknown }
  | { state: 'failed'; error: StepError }
  | { state: 'cancelled'; why: string };

/**
 * Ends a run, once: tells the run that invoked it, and announces a failure or cancellation as an event so that failure
 * handlers start. Returns false when it had ended before.
 */
export async function endRun(tx: Transaction, id: string, end: RunEnd, now: Date): Promise<boolean> {
  const output = end.state === 'completed' ? JSON.stringify(end.output ?? null) : null;
  const error = end.state === 'completed' ? null : errorOf(end);
  const rows = await tx.$queryRaw<EndedRow[]>`
    UPDATE job_run SET state = ${end.state}, output = ${output}::jsonb, error = ${error && JSON.stringify(error)}::jsonb,
      ended_at = now(), next_at = NULL
    WHERE id = ${id}::uuid AND state IN ('queued', 'waiting')
    RETURNING function_id, event, parent_run_id::text, parent_step_id`;
  const run = rows[0];
  if (run === undefined) return false;
  await publishLive(tx, { topic: 'jobs' });
  if (run.parent_run_id !== null && run.parent_step_id !== null) {
    const result = end.state === 'completed' ? { data: end.output } : { error: error ?? errorOf(end) };
    await endStep(tx, run.parent_run_id, run.parent_step_id, result);
  }
  if (end.state !== 'completed') {
    const name = end.state === 'failed' ? INTERNAL_EVENTS.failed : INTERNAL_EVENTS.cancelled;
    const data = { function_id: run.function_id, run_id: id, error, event: run.event };
    const event = RunnerEventSchema.parse({ id: `${end.state}:${id}`, name, data, ts: now.getTime() });
    await deliverEvent(tx, event, { now });
  }
  return true;
}

type EndedRow = {
  function_id: string;
  event: unknown;
  parent_run_id: string | null;
  parent_step_id: string | null;
};

function errorOf(end: Exclude<RunEnd, { state: 'completed' }>): StepError {
  return end.state === 'failed' ? end.error : stepError('RunCancelled', `cancelled by ${end.why}`);
}
