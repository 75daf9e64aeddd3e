import { z } from 'zod';
import { QuarantineReasonSchema } from '#lib/telemetry/index.ts';

/** How many refused lines an answer names; the quarantine page has all of them. */
export const ANSWERED_QUARANTINE_LINES = 20;

export const IdempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7E]{1,200}$/, { error: 'use 1 to 200 visible ASCII characters without spaces' });

/**
 * The answer to `POST /api/v1/events`: 200 once it is counted, 202 while only stored. Line numbers count from 1 in the body.
 * `lines` = `accepted` + `quarantined` + blank lines; `excluded` of the accepted do not count towards verdicts (TEL-11).
 */
export const HttpBatchAnswerSchema = z.strictObject({
  batch_id: z.uuid(),
  state: z.enum(['counted', 'received']),
  lines: z.int().nonnegative(),
  accepted: z.int().nonnegative(),
  excluded: z.int().nonnegative(),
  quarantined: z.int().nonnegative(),
  /** True when the same content had come before from this key: it was counted then, and not again. */
  duplicate: z.boolean(),
  quarantine: z.array(
    z.strictObject({
      line: z.int().positive(),
      reason: QuarantineReasonSchema,
      field: z.string().nullable(),
      message: z.string(),
    }),
  ),
});
export type HttpBatchAnswer = z.infer<typeof HttpBatchAnswerSchema>;
