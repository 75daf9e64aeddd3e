import { z } from 'zod';
import { AuditEntrySchema } from './audit-entry.schema.ts';

const word = z.string().trim().min(1).max(200);

/** What the trail is narrowed down to; nothing chosen is everything. */
const FILTER = {
  /** A subject such as `rollout:autosave`; with a colon at its end a kind of them, such as `incident:`. */
  subject: word.optional(),
  /** An action such as `rollout.promoted`; with a dot at its end a kind of them, such as `rollout.`. */
  action: word.optional(),
  /** Part of a person's name, or an id. */
  actor: word.optional(),
  /** Entries from this instant on, and before that one. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** Words of the reason, the details, the subject or the action, in whatever case. */
  text: word.optional(),
};
export const AuditFilterSchema = z.strictObject(FILTER);
export type AuditFilter = z.infer<typeof AuditFilterSchema>;

/** Query of GET /api/v1/audit. */
export const AuditQuerySchema = z.strictObject({
  ...FILTER,
  /** `nextBefore` of the page before. */
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export type AuditQuery = z.infer<typeof AuditQuerySchema>;

/** Query of GET /api/v1/audit/export. */
export const AuditExportQuerySchema = z.strictObject({
  ...FILTER,
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
});

const HashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** An entry with its links: exactly what an export holds, one JSON object a line. */
export const ChainedEntrySchema = z.strictObject({
  ...AuditEntrySchema.shape,
  prevHash: HashSchema,
  hash: HashSchema,
});

/** Entries, newest first; `nextBefore` continues with `?before=`. */
export const AuditPageSchema = z.strictObject({
  rows: z.array(ChainedEntrySchema),
  nextBefore: z.int().positive().nullable(),
  /** Every action there is, to choose from. */
  actions: z.array(z.string()),
});
export type AuditPage = z.infer<typeof AuditPageSchema>;

export const CHAIN_FAULTS = ['gap', 'broken_link', 'altered'] as const;

/** What a check of the chain found. `head`: the newest entry then; write it down, and a shorter chain cannot pass for whole. */
export const ChainCheckSchema = z.strictObject({
  checkedAt: z.iso.datetime(),
  checkedCount: z.int().nonnegative(),
  /** The first entry that does not hold; null: the chain is whole. */
  fault: z.strictObject({ seq: z.int().positive(), fault: z.enum(CHAIN_FAULTS) }).nullable(),
  head: z.strictObject({ seq: z.int().positive(), hash: HashSchema }).nullable(),
});
export type ChainCheck = z.infer<typeof ChainCheckSchema>;

/** How far a check has come, while it runs. */
export const ChainProgressSchema = z.strictObject({
  checkedCount: z.int().nonnegative(),
  totalCount: z.int().nonnegative(),
});
export type ChainProgress = z.infer<typeof ChainProgressSchema>;
