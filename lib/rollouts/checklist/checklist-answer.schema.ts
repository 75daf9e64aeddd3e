import { z } from 'zod';
import { RemarkSchema } from '../people/words.schema.ts';

/** A named person's answer to an item that no machine can answer (PHA-7). */
export const ChecklistAnswerSchema = z.strictObject({
  id: z.uuid(),
  rolloutId: z.string(),
  phase: z.string(),
  rolloutVersion: z.int().positive(),
  list: z.string(),
  item: z.string(),
  answer: z.enum(['yes', 'no']),
  comment: z.string(),
  personId: z.string(),
  personName: z.string(),
  givenAt: z.iso.datetime(),
  replacedAt: z.iso.datetime().nullable(),
});
export type ChecklistAnswer = z.infer<typeof ChecklistAnswerSchema>;

/** Body of POST /api/v1/rollouts/{rollout}/checklist. `rolloutVersion` is what the person was shown. */
export const AnswerChecklistRequestSchema = z
  .strictObject({
    list: z.string().min(1).max(64),
    item: z.string().min(1).max(64),
    answer: z.enum(['yes', 'no']),
    comment: RemarkSchema,
    rolloutVersion: z.int().positive(),
    dryRun: z.boolean().default(false),
  })
  .refine(({ answer, comment }) => answer === 'yes' || comment.length >= 3, {
    path: ['comment'],
    error: 'say why not',
  });
export type AnswerChecklistRequest = z.infer<typeof AnswerChecklistRequestSchema>;

export const AnswerChecklistOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.enum(['answered', 'replaced', 'already_answered']),
    answer: ChecklistAnswerSchema,
  }),
  z.strictObject({ outcome: z.literal('would_answer'), list: z.string(), item: z.string() }),
]);
export type AnswerChecklistOutcome = z.infer<typeof AnswerChecklistOutcomeSchema>;
