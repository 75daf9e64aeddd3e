import { z } from 'zod';
import { fetchJson, postJson } from './fetch-json.ts';

const rolloutUrl = (rolloutId: string) => `/api/v1/rollouts/${encodeURIComponent(rolloutId)}`;

// The page is read again after every command; of the answers only this much is shown.
const OutcomeSchema = z.object({ outcome: z.string() });
export type Outcome = z.infer<typeof OutcomeSchema>;
const SteppedSchema = z.object({
  outcome: z.string(),
  change: z.object({ id: z.string(), toPhase: z.string() }),
});
export type Stepped = z.infer<typeof SteppedSchema>;

/** A person's yes or no, bound to what they were shown (PHA-3). Errors: RequestFailed; 409 when that has changed. */
export function giveApproval(
  rolloutId: string,
  vote: {
    choice: 'approve' | 'reject';
    comment: string;
    minutesUrl?: string;
    role?: string;
    rolloutVersion: number;
    policyHash: string;
    evidenceHash: string;
  },
): Promise<Outcome> {
  return postJson(OutcomeSchema, `${rolloutUrl(rolloutId)}/approvals`, vote);
}

/** Takes back one's own yes or no. */
export function withdrawApproval(rolloutId: string, approvalId: string): Promise<Outcome> {
  return fetchJson(OutcomeSchema, `${rolloutUrl(rolloutId)}/approvals/${encodeURIComponent(approvalId)}`, {
    method: 'DELETE',
  });
}

/** Signs a panel as it was shown (DASH-1 … DASH-4). Errors: RequestFailed. */
export function signPanel(
  rolloutId: string,
  signature: {
    panel: string;
    comment: string;
    link?: string;
    rolloutVersion: number;
    policyHash: string;
    verdictId: string | null;
  },
): Promise<Outcome> {
  return postJson(OutcomeSchema, `${rolloutUrl(rolloutId)}/sign-offs`, signature);
}

/** Takes back one's own signature under a panel. */
export function withdrawSignOff(rolloutId: string, signOffId: string): Promise<Outcome> {
  return fetchJson(OutcomeSchema, `${rolloutUrl(rolloutId)}/sign-offs/${encodeURIComponent(signOffId)}`, {
    method: 'DELETE',
  });
}

/** Answers an item of a checklist that no machine can answer (PHA-7). Errors: RequestFailed. */
export function answerChecklist(
  rolloutId: string,
  answer: { list: string; item: string; answer: 'yes' | 'no'; comment: string; rolloutVersion: number },
): Promise<Outcome> {
  return postJson(OutcomeSchema, `${rolloutUrl(rolloutId)}/checklist`, answer);
}

/** The last click (DASH-5): one phase on, or the completion of the last. Errors: RequestFailed; 409 when it moved on. */
export function promote(
  rolloutId: string,
  request: { fromPhase: string; expectedVersion: number; evidenceHash: string; reason: string },
): Promise<Stepped> {
  return postJson(SteppedSchema, `${rolloutUrl(rolloutId)}/promotion`, request);
}

/** Starts a rollout that is being prepared. Errors: RequestFailed; 409 when it was started meanwhile. */
export function startRollout(
  rolloutId: string,
  request: { expectedVersion: number; reason: string },
): Promise<Outcome> {
  return postJson(OutcomeSchema, `${rolloutUrl(rolloutId)}/start`, request);
}
