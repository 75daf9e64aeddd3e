import { AppError, type AppErrorCode } from '#lib/errors/index.ts';

/** How a command ends. */
export const EXIT = { done: 0, other: 1, badInput: 2, refused: 3, conflict: 4 } as const;

/** 2 what was asked makes no sense; 3 a gate, a permission or a missing key refuses it; 4 it has moved on meanwhile. */
const OF_CODE: Partial<Record<AppErrorCode, number>> = {
  VALIDATION: EXIT.badInput,
  NOT_FOUND: EXIT.badInput,
  TOO_LARGE: EXIT.badInput,
  UNAUTHENTICATED: EXIT.refused,
  FORBIDDEN: EXIT.refused,
  PRECONDITION_FAILED: EXIT.refused,
  UNPROCESSABLE: EXIT.refused,
  CONFLICT: EXIT.conflict,
};

/** Conflicts that are no race: the rules hold it, and trying again changes nothing until something else does. */
const HELD = new Set([
  'killed',
  'halted_outside',
  'frozen',
  'policy_unusable',
  'gates_unmet',
  'rejected',
  'approvals_missing',
  'four_eyes',
  'reviews_unsigned',
  'rollback_pending',
  'rollback_open',
  'step_unproven',
  'not_recovered',
  'steps_open',
  'too_early',
  'not_now',
]);

/** The exit code of what a command failed with: what holds and may pass apart from what is in conflict (ROL-2). */
export function exitCodeOf(error: unknown): number {
  if (error instanceof AppError && error.code === 'CONFLICT' && HELD.has(error.reason ?? ''))
    return EXIT.refused;
  return error instanceof AppError ? (OF_CODE[error.code] ?? EXIT.other) : EXIT.other;
}
