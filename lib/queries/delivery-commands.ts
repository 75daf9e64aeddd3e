import { z } from 'zod';
import { postJson } from './fetch-json.ts';

const SentAgainSchema = z.object({
  outcome: z.enum(['due_again', 'already_on_its_way']),
  callsNobody: z.boolean(),
});
export type SentAgain = z.infer<typeof SentAgainSchema>;

/** Sends an ended delivery once more (REP-3); while it is on its way, nothing more happens. */
export function sendAgain(deliveryId: string, reason: string): Promise<SentAgain> {
  return postJson(SentAgainSchema, `/api/v1/deliveries/${encodeURIComponent(deliveryId)}/send-again`, {
    reason,
  });
}
