import { z } from 'zod';
import { postJson } from './fetch-json.ts';

const API = '/api/v1';
const id = encodeURIComponent;

// What a command answers is shown from the reloaded page, so only its success matters here.
const AnyAnswerSchema = z.unknown();

/** Roll back answers whether this press did it, or an earlier one had (ROL-7). */
const RolledBackSchema = z.object({
  outcome: z.enum(['rolled_back', 'already_done']),
  change: z.object({ actorName: z.string(), createdAt: z.iso.datetime(), toPhase: z.string() }),
});
export type RolledBack = z.infer<typeof RolledBackSchema>;

/** Asks for one phase back (ROL-1). Errors: RequestFailed; 409 when the rollout has moved since the page was read. */
export function rollBack(
  rolloutId: string,
  request: { fromPhase: string; expectedVersion: number; reason: string },
): Promise<RolledBack> {
  return postJson(RolledBackSchema, `${API}/rollouts/${id(rolloutId)}/rollback`, request);
}

/** Counts the line again with this text in its place (TEL-10). Errors: RequestFailed; 422 when it is still refused. */
export function replayQuarantined(rowId: string, raw: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/quarantine/${id(rowId)}/replay`, { raw });
}

/** Marks the line as not worth counting; it stays on record. */
export function discardQuarantined(rowId: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/quarantine/${id(rowId)}/discard`, {});
}

export function runJob(functionId: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/jobs/${id(functionId)}/run`, {});
}

export function cancelJobRun(runId: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/jobs/runs/${id(runId)}/cancel`, {});
}
