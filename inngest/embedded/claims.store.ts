import { database, inTransaction, type Transaction } from '#lib/database/server.ts';
import { EVERYTHING } from '#lib/rollouts/index.ts';
import { killInForce } from '#lib/rollouts/server.ts';
import { APP_ID } from '../app-id.ts';
import { goesOnWhileHalted } from '../while-halted.ts';
import { type Candidate, selectClaims } from './claim-selection.ts';
import { RunnerEventSchema } from './event.schema.ts';
import { registeredFunctions } from './functions.store.ts';

/** Serialises claims of all runners, so that concurrency limits are counted exactly. Taken inside the transaction. */
const CLAIM_LOCK = 7_417_031;
/** How many candidates of each function and key are looked at; the rest waits for the next claim. */
const PER_GROUP = 20;

/** The right to call a run or one of its steps until the lease ends; `fence` proves it. */
export type Claim = {
  runId: string;
  stepId: string | null;
  stepName: string;
  functionId: string;
  attempt: number;
  maxAttempts: number;
  fence: number;
  /** The run's wake_seq when it was claimed. */
  wakeSeq: number;
};

type CandidateRow = {
  run_id: string;
  step_id: string | null;
  function_id: string;
  concurrency_keys: string[];
};

/**
 * Claims at most `free` calls that are due, oldest run first, for `leaseMs`. Safe among any number of runners. While the kill
 * switch is pressed for everything, only what goes on all the same (inngest/while-halted.ts): no claim of anything else
 * commits after the press has returned (OPS-7).
 */
export function claimCalls(owner: string, free: number, leaseMs: number): Promise<Claim[]> {
  return inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${CLAIM_LOCK}::bigint)::text`;
    const functions = await registeredFunctions(tx);
    const halted = await killInForce(tx, EVERYTHING);
    const due = (await dueCandidates(tx)).filter(
      ({ functionId }) => halted === null || goesOnWhileHalted(functionId, APP_ID),
    );
    if (due.length === 0) return [];
    const busy = await busyCalls(tx);
    const chosen = selectClaims(due, busy, (id) => functions.get(id)?.concurrency ?? [], free);
    const claims: Claim[] = [];
    for (const candidate of chosen) {
      const claim = await (candidate.stepId === null
        ? claimRun(tx, candidate, owner, leaseMs)
        : claimStep(tx, { ...candidate, stepId: candidate.stepId }, owner, leaseMs));
      if (claim === undefined) continue;
      const retries = functions.get(candidate.functionId)?.retries ?? 0;
      claims.push({ ...claim, functionId: candidate.functionId, maxAttempts: retries + 1 });
    }
    return claims;
  });
}

async function dueCandidates(tx: Transaction): Promise<Candidate[]> {
  const rows = await tx.$queryRaw<CandidateRow[]>`
    SELECT run_id::text, step_id, function_id, concurrency_keys FROM (
      SELECT due.*, row_number() OVER (PARTITION BY function_id, concurrency_keys ORDER BY seq, step_id NULLS FIRST) AS place
      FROM (
        SELECT r.id AS run_id, NULL::text AS step_id, r.function_id, r.concurrency_keys, r.seq
        FROM job_run r
        WHERE r.state = 'queued' AND r.next_at <= now() AND (r.lease_until IS NULL OR r.lease_until <= now())
        UNION ALL
        SELECT s.run_id, s.step_id, r.function_id, r.concurrency_keys, r.seq
        FROM job_step s JOIN job_run r ON r.id = s.run_id
        WHERE s.state = 'planned' AND s.next_at <= now() AND (s.lease_until IS NULL OR s.lease_until <= now())
          AND r.state IN ('queued', 'waiting')
      ) AS due
    ) AS placed
    WHERE place <= ${PER_GROUP}
    ORDER BY seq, step_id NULLS FIRST`;
  return rows.map(toCandidate);
}

function toCandidate(row: CandidateRow): Candidate {
  return {
    runId: row.run_id,
    stepId: row.step_id,
    functionId: row.function_id,
    concurrencyKeys: row.concurrency_keys,
  };
}

async function busyCalls(tx: Transaction): Promise<Candidate[]> {
  const rows = await tx.$queryRaw<CandidateRow[]>`
    SELECT id::text AS run_id, NULL::text AS step_id, function_id, concurrency_keys FROM job_run WHERE lease_until > now()
    UNION ALL
    SELECT s.run_id::text, s.step_id, r.function_id, r.concurrency_keys
    FROM job_step s JOIN job_run r ON r.id = s.run_id WHERE s.lease_until > now()`;
  return rows.map(toCandidate);
}

type ClaimedRow = { attempt: number; fence: number; wake_seq: number; name: string };
type PartialClaim = Omit<Claim, 'functionId' | 'maxAttempts'>;

async function claimRun(
  tx: Transaction,
  { runId }: Candidate,
  owner: string,
  leaseMs: number,
): Promise<PartialClaim | undefined> {
  const rows = await tx.$queryRaw<ClaimedRow[]>`
    UPDATE job_run SET fence = fence + 1, lease_owner = ${owner},
      lease_until = now() + ${leaseMs} * interval '1 millisecond', started_at = coalesce(started_at, now())
    WHERE id = (
      SELECT id FROM job_run
      WHERE id = ${runId}::uuid AND state = 'queued' AND (lease_until IS NULL OR lease_until <= now())
      FOR UPDATE SKIP LOCKED)
    RETURNING attempt, fence, wake_seq, '' AS name`;
  return toClaim(rows[0], runId, null);
}

async function claimStep(
  tx: Transaction,
  { runId, stepId }: { runId: string; stepId: string },
  owner: string,
  leaseMs: number,
): Promise<PartialClaim | undefined> {
  const rows = await tx.$queryRaw<ClaimedRow[]>`
    UPDATE job_step SET fence = fence + 1, lease_owner = ${owner},
      lease_until = now() + ${leaseMs} * interval '1 millisecond'
    WHERE (run_id, step_id) = (
      SELECT run_id, step_id FROM job_step
      WHERE run_id = ${runId}::uuid AND step_id = ${stepId} AND state = 'planned'
        AND (lease_until IS NULL OR lease_until <= now())
      FOR UPDATE SKIP LOCKED)
    RETURNING attempt, fence, 0 AS wake_seq, name`;
  return toClaim(rows[0], runId, stepId);
}

function toClaim(
  row: ClaimedRow | undefined,
  runId: string,
  stepId: string | null,
): PartialClaim | undefined {
  if (row === undefined) return undefined;
  return { runId, stepId, stepName: row.name, attempt: row.attempt, fence: row.fence, wakeSeq: row.wake_seq };
}

/** Prolongs a lease. Returns false when it belongs to somebody else by now; the call's result will not count. */
export async function renewLease(claim: Claim, leaseMs: number): Promise<boolean> {
  const renewed = await (claim.stepId === null
    ? database().$executeRaw`
        UPDATE job_run SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
        WHERE id = ${claim.runId}::uuid AND fence = ${claim.fence} AND lease_until IS NOT NULL`
    : database().$executeRaw`
        UPDATE job_step SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
        WHERE run_id = ${claim.runId}::uuid AND step_id = ${claim.stepId} AND fence = ${claim.fence}
          AND lease_until IS NOT NULL`);
  return renewed > 0;
}

/**
 * The body of the call request: the event and everything the run already knows (SDK_SPEC 4.4.1). `fn_id` is left out
 * on purpose: with it the SDK would checkpoint through an API that only an Inngest server has.
 */
export async function callBody(claim: Claim): Promise<Record<string, unknown>> {
  const run = await database().jobRun.findUniqueOrThrow({
    where: { id: claim.runId },
    include: { steps: { where: { state: { in: ['completed', 'failed'] } }, orderBy: { position: 'asc' } } },
  });
  const event = RunnerEventSchema.parse(run.event);
  const steps = Object.fromEntries(
    run.steps.map((step) => [
      step.stepId,
      step.state === 'completed' ? { type: 'data', data: step.data } : { type: 'error', error: step.error },
    ]),
  );
  const stack = run.steps.map((step) => step.stepId);
  return {
    event,
    events: [event],
    steps,
    ctx: {
      run_id: run.id,
      attempt: claim.attempt,
      max_attempts: claim.maxAttempts,
      disable_immediate_execution: run.parallel,
      use_api: false,
      stack: { stack, current: stack.length },
    },
  };
}
