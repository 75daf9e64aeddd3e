import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { stepError } from './answer.ts';
import type { Claim } from './claims.store.ts';
import { INTERNAL_EVENTS, RunnerEventSchema } from './event.schema.ts';
import { registeredFunctions } from './functions.store.ts';
import { announceWork, endRun, endStep, startRun } from './runs.store.ts';
import { waitEnd } from './time-string.ts';
import type { StepChange, Transition } from './transition.ts';

/**
 * Writes what a call changed and gives its lease back, all or nothing. Returns false, and changes nothing else, when
 * the lease was lost or the run has ended meanwhile.
 */
export function applyTransition(claim: Claim, transition: Transition, now: Date): Promise<boolean> {
  return inTransaction(async (tx) => {
    if (!(await giveBack(tx, claim))) return false;
    for (const step of transition.steps) await applyStep(tx, claim, step, now);
    if (transition.parallel) {
      await tx.$executeRaw`UPDATE job_run SET parallel = true WHERE id = ${claim.runId}::uuid`;
    }
    await applyRun(tx, claim, transition, now);
    await announceWork(tx);
    return true;
  });
}

/** Locks the run, releases the lease, and says whether the result of the call may be written. */
async function giveBack(tx: Transaction, claim: Claim): Promise<boolean> {
  const open = await tx.$queryRaw<{ open: boolean }[]>`
    SELECT state IN ('queued', 'waiting') AS open FROM job_run WHERE id = ${claim.runId}::uuid FOR UPDATE`;
  const released = await (claim.stepId === null
    ? tx.$executeRaw`
        UPDATE job_run SET lease_until = NULL, lease_owner = NULL
        WHERE id = ${claim.runId}::uuid AND fence = ${claim.fence} AND lease_until IS NOT NULL`
    : tx.$executeRaw`
        UPDATE job_step SET lease_until = NULL, lease_owner = NULL
        WHERE run_id = ${claim.runId}::uuid AND step_id = ${claim.stepId} AND fence = ${claim.fence}
          AND lease_until IS NOT NULL`);
  return released > 0 && open[0]?.open === true;
}

async function applyStep(tx: Transaction, claim: Claim, step: StepChange, now: Date): Promise<void> {
  // A step reported again while it is open stays as it is: the SDK repeats what it does not know to be finished.
  const row = rowOf(step, now);
  const retry = step.kind === 'retry';
  const error = step.kind === 'retry' ? JSON.stringify(step.error) : null;
  const added = await tx.$executeRaw`
    INSERT INTO job_step (run_id, step_id, name, op, state, attempt, wait_event, wait_if, wake_at, next_at, error)
    VALUES (${claim.runId}::uuid, ${step.stepId}, ${step.name}, ${row.op}, ${row.state}, ${row.attempt}, ${row.waitEvent},
            ${row.waitIf}, ${row.wakeAt}, now() + ${row.afterMs} * interval '1 millisecond', ${error}::jsonb)
    ON CONFLICT (run_id, step_id) DO UPDATE
      SET attempt = excluded.attempt, next_at = excluded.next_at, error = excluded.error
      WHERE ${retry}::boolean AND job_step.state = 'planned'`;
  if (step.kind === 'completed') await endStep(tx, claim.runId, step.stepId, { data: step.data });
  if (step.kind === 'failed') await endStep(tx, claim.runId, step.stepId, { error: step.error });
  if (step.kind === 'invoking' && added > 0) await invoke(tx, claim, step, now);
}

type Row = {
  op: string;
  state: string;
  attempt: number;
  waitEvent: string | null;
  waitIf: string | null;
  wakeAt: Date | null;
  afterMs: number;
};

function rowOf(step: StepChange, now: Date): Row {
  const plain: Row = {
    op: step.op,
    state: 'planned',
    attempt: 0,
    waitEvent: null,
    waitIf: null,
    wakeAt: null,
    afterMs: 0,
  };
  switch (step.kind) {
    case 'sleeping':
      return { ...plain, state: 'sleeping', wakeAt: waitEnd(step.until, now) };
    case 'waiting':
      return {
        ...plain,
        state: 'waiting',
        waitEvent: step.event,
        waitIf: step.if,
        wakeAt: step.until && waitEnd(step.until, now),
      };
    case 'invoking':
      return { ...plain, state: 'waiting', wakeAt: step.until && waitEnd(step.until, now) };
    case 'retry':
      return { ...plain, attempt: step.attempt, afterMs: step.afterMs };
    case 'planned':
    case 'completed':
    case 'failed':
      return plain;
  }
}

async function invoke(
  tx: Transaction,
  claim: Claim,
  step: Extract<StepChange, { kind: 'invoking' }>,
  now: Date,
): Promise<void> {
  const config = (await registeredFunctions(tx)).get(step.functionId);
  if (config === undefined) {
    const error = stepError('InvokeError', `function ${step.functionId} is not registered with this runner`);
    await endStep(tx, claim.runId, step.stepId, { error });
    return;
  }
  const event = RunnerEventSchema.parse({
    id: `invoke:${claim.runId}:${step.stepId}`,
    name: INTERNAL_EVENTS.invoked,
    data: step.data,
    ts: now.getTime(),
  });
  await startRun(tx, config, event, now, { runId: claim.runId, stepId: step.stepId });
}

async function applyRun(tx: Transaction, claim: Claim, { run }: Transition, now: Date): Promise<void> {
  switch (run.kind) {
    case 'complete':
      await endRun(tx, claim.runId, { state: 'completed', output: run.output }, now);
      return;
    case 'fail':
      await endRun(tx, claim.runId, { state: 'failed', error: run.error }, now);
      return;
    case 'again':
      await tx.$executeRaw`
        UPDATE job_run SET attempt = ${run.attempt}, error = ${run.error && JSON.stringify(run.error)}::jsonb,
          next_at = now() + ${run.afterMs} * interval '1 millisecond'
        WHERE id = ${claim.runId}::uuid`;
      return;
    case 'wait':
      // Only the call of the run itself settles it, and only when no step has ended since that call began.
      if (claim.stepId !== null) return;
      await tx.$executeRaw`
        UPDATE job_run SET state = 'waiting', next_at = NULL, attempt = 0, error = NULL
        WHERE id = ${claim.runId}::uuid AND wake_seq = ${claim.wakeSeq}`;
      return;
  }
}
