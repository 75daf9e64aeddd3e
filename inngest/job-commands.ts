import { env, log } from '#lib/config/server.ts';
import { inTransaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { windowStart } from '#lib/telemetry/index.ts';
import { manualEventOf } from './catalogue.ts';
import { inngest } from './client.ts';
import { bearerOf } from './embedded/signature.ts';

const INNGEST_CLOUD = 'https://api.inngest.com';
const CANCEL_TIMEOUT_MS = 10_000;

type Command = { actor: { id: string; name: string }; requestId: string; now: Date };

/**
 * Starts a function by hand, on whatever engine there is. The wish is on record before the event is sent.
 * Errors: AppError NOT_FOUND for an unknown function, UPSTREAM when the engine does not take the event.
 */
export async function runJob(
  functionId: string,
  { actor, requestId, now }: Command,
): Promise<{ eventId: string }> {
  const { policy } = await loadPolicy();
  const { windowSeconds } = policy.cycle;
  const to = windowStart(now, windowSeconds);
  const from = new Date(to.getTime() - windowSeconds * 1000);
  const event = manualEventOf(functionId, {
    requestedBy: actor.name,
    newestWindow: { from: from.toISOString(), to: to.toISOString() },
    requestId,
  });
  if (event === undefined) throw new AppError('NOT_FOUND', `There is no function ${functionId}.`);
  await record('job.run_requested', functionId, { actor, requestId, now });
  try {
    const { ids } = await inngest.send(event);
    return { eventId: ids[0] ?? '' };
  } catch (cause) {
    log('jobs').error({ err: cause, functionId }, 'the engine did not take the event');
    throw new AppError('UPSTREAM', 'The job runner does not answer. Try again in a moment.', { cause });
  }
}

/**
 * Cancels a run through the engine's API (`DELETE /v1/runs/:id`, the same on every engine). What the step in flight has
 * begun goes on in the app; its result is dropped.
 * Errors: AppError NOT_FOUND, CONFLICT when the run has ended, UPSTREAM when the engine does not answer.
 */
export async function cancelJobRun(runId: string, command: Command): Promise<void> {
  const { baseUrl, signingKey } = env().inngest;
  await record('job.cancel_requested', runId, command);
  const response = await fetch(new URL(`/v1/runs/${runId}`, baseUrl ?? INNGEST_CLOUD), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${bearerOf(signingKey ?? '')}` },
    signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new AppError('UPSTREAM', 'The job runner does not answer. Try again in a moment.', { cause });
  });
  if (response.status === 404) throw new AppError('NOT_FOUND', 'There is no such run.');
  if (response.status === 409) throw new AppError('CONFLICT', 'The run has already ended.');
  if (!response.ok) throw new AppError('UPSTREAM', `The job runner refused with HTTP ${response.status}.`);
}

function record(action: string, subject: string, { actor, requestId, now }: Command): Promise<unknown> {
  return inTransaction((tx) =>
    appendAudit(tx, {
      actor: { id: actor.id, name: actor.name },
      action,
      subject: `job:${subject}`,
      reason: 'by hand',
      details: { requestId },
      at: now,
    }),
  );
}
