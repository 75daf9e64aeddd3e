import { z } from 'zod';
import { postJson } from './fetch-json.ts';

const API = '/api/v1';
const id = encodeURIComponent;

// What a command answers is shown from the reloaded page, so only its success matters here.
const AnyAnswerSchema = z.unknown();

const ChangeSchema = z.object({
  id: z.string(),
  actorName: z.string(),
  createdAt: z.iso.datetime(),
  toPhase: z.string(),
  breakGlass: z.boolean(),
});

/** Roll back answers whether this press did it, or an earlier one had (ROL-7). */
const RolledBackSchema = z.object({
  outcome: z.enum(['rolled_back', 'already_done']),
  change: ChangeSchema,
});
export type RolledBack = z.infer<typeof RolledBackSchema>;

/** Asks for one phase back (ROL-1). Errors: RequestFailed; 409 when the rollout has moved since the page was read. */
export function rollBack(
  rolloutId: string,
  request: { fromPhase: string; expectedVersion: number; reason: string },
): Promise<RolledBack> {
  return postJson(RolledBackSchema, `${API}/rollouts/${id(rolloutId)}/rollback`, request);
}

const DeclinedSchema = z.object({ outcome: z.enum(['declined', 'already_done']) });

/** Says "not now" to a required rollback (ROL-3). Errors: RequestFailed; 409 when another waits now, or none. */
export function declineRollback(
  rolloutId: string,
  request: { requestId: string; reason: string },
): Promise<z.infer<typeof DeclinedSchema>> {
  return postJson(DeclinedSchema, `${API}/rollouts/${id(rolloutId)}/rollback/decline`, request);
}

/** Begins the climb again on or after the canary date (ROL-5). */
export function restartRollout(
  rolloutId: string,
  request: { expectedVersion: number; reason: string },
): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/rollouts/${id(rolloutId)}/restart`, request);
}

export type StopRequest =
  | { kind: 'kill'; scope: string; reason: string; confirm: string }
  | { kind: 'freeze'; scope: string; reason: string; endsAt?: string }
  | { kind: 'collection'; reason: string; endsAt?: string };

const StoppedSchema = z.object({
  outcome: z.enum(['ordered', 'joined']),
  stop: z.object({ personName: z.string(), orderedAt: z.iso.datetime() }),
  halted: z.array(z.string()),
});
export type Stopped = z.infer<typeof StoppedSchema>;

/** Orders a stop; whoever presses what is pressed joins it (OPS-7, COL-9). */
export function orderStop(request: StopRequest): Promise<Stopped> {
  return postJson(StoppedSchema, `${API}/stops`, request);
}

const ReleasedSchema = z.object({
  outcome: z.enum(['released', 'counted', 'already_counted', 'already_released']),
  missing: z.int().nonnegative(),
  resumed: z.array(z.string()),
});
export type Released = z.infer<typeof ReleasedSchema>;

/** Gives the reader's word for ending a stop. */
export function releaseStop(stopId: string, reason: string): Promise<Released> {
  return postJson(ReleasedSchema, `${API}/stops/${id(stopId)}/release`, { reason });
}

const SignedSchema = z.object({ outcome: z.enum(['signed', 'already_signed']) });

/** Puts the reader's name under a review. Errors: RequestFailed; 403 for whoever broke the glass. */
export function signReview(reviewId: string, comment: string): Promise<z.infer<typeof SignedSchema>> {
  return postJson(SignedSchema, `${API}/reviews/${id(reviewId)}/signatures`, { comment });
}

/** Closes an incident. Errors: RequestFailed; 409 while the newest windows do not meet the SLO. */
export function closeIncident(incidentId: string, reason: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/incidents/${id(incidentId)}/close`, { reason });
}
