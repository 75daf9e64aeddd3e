import type { RequestFailed } from '#lib/queries/index.ts';

export const FAILURE_KINDS = ['conflict', 'offline', 'forbidden', 'signedOut', 'failed', 'unknown'] as const;
type FailureKind = (typeof FAILURE_KINDS)[number];

/** The refusals of commands that pages have a sentence for; any other shows what the server said. */
export const PRESS_REASONS = [
  'moved_on',
  'not_in_phase',
  'nothing_behind',
  'not_started',
  'phase_unknown',
  'not_now',
  'nothing_to_decide',
  'too_early',
  'killed',
  'frozen',
  'policy_unusable',
  'rollback_pending',
  'reviews_unsigned',
  'role_missing',
  'own_act',
  'review_closed',
  'record_differs',
  'note_differs',
  'rollback_open',
  'step_unproven',
  'not_recovered',
  'steps_open',
  'incident_closed',
  'owner_unknown',
  'not_confirmed',
  'ends_in_the_past',
  'rollout_unknown',
  'permission_missing',
  'person_inactive',
  'person_needed',
  'halted_outside',
  'evidence_changed',
  'policy_changed',
  'gates_unmet',
  'rejected',
  'approvals_missing',
  'four_eyes',
  'not_yours',
  'panel_not_asked',
  'verdict_not_shown',
  'item_not_asked',
  'answered_by_system',
  'last_admin',
  'email_taken',
  'slack_user_taken',
  'already_revoked',
  'database_busy',
  'database_unreachable',
] as const;

/** What is known after a failure: only a clear refusal proves that nothing was changed. */
export function failureKind(failed: Pick<RequestFailed, 'status' | 'code'> | null): FailureKind {
  if (failed === null || failed.code === 'bad_answer') return 'unknown';
  if (failed.status === 0) return 'offline';
  if (failed.status === 409) return 'conflict';
  if (failed.status === 401) return 'signedOut';
  if (failed.status === 403) return 'forbidden';
  return failed.status >= 500 ? 'unknown' : 'failed';
}
