import { z } from 'zod';

/** One row of the audit trail as it is hashed: who did what to what, why, and the facts. */
export const AuditEntrySchema = z.strictObject({
  seq: z.int().positive(),
  at: z.iso.datetime({ precision: 3 }),
  actorId: z.string().min(1),
  actorName: z.string(),
  action: z.string().min(1),
  subject: z.string().min(1),
  reason: z.string(),
  details: z.record(z.string(), z.json()),
});
export type AuditEntry = z.infer<typeof AuditEntrySchema>;
