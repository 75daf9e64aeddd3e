import { z } from 'zod';

/** Body of POST /api/v1/deliveries/{id}/send-again. */
export const SendAgainSchema = z.strictObject({ reason: z.string().trim().min(3).max(2000) });

/** Whoever asks while it is on its way learns so; nothing is sent twice for that. */
const SendAgainOutcomeSchema = z.strictObject({
  outcome: z.enum(['due_again', 'already_on_its_way']),
  /** What it is about is over: it is for the record, and pages nobody. */
  callsNobody: z.boolean(),
});
export type SendAgainOutcome = z.infer<typeof SendAgainOutcomeSchema>;
