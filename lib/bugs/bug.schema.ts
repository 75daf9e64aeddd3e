import { z } from 'zod';

export const BUG_SEVERITIES = ['critical', 'major', 'minor'] as const;
export const BugSeveritySchema = z.enum(BUG_SEVERITIES);
export type BugSeverity = z.infer<typeof BugSeveritySchema>;

/** A bug that a person has reported of a rollout (TEL-9). `dryRun`: on record, kept out of verdicts. */
const BugSchema = z.strictObject({
  id: z.uuid(),
  number: z.int().positive(),
  rolloutId: z.string(),
  /** The phase the rollout was in: it is counted there. */
  phase: z.string(),
  severity: BugSeveritySchema,
  title: z.string(),
  text: z.string(),
  link: z.string().nullable(),
  dryRun: z.boolean(),
  reporterName: z.string(),
  reportedAt: z.iso.datetime(),
});
export type Bug = z.infer<typeof BugSchema>;

/** Body of POST /api/v1/bugs. `key`: made by the client for this report; sent again, it is the same report. */
export const ReportBugSchema = z.strictObject({
  key: z.string().regex(/^[\w.:-]{8,100}$/, 'use 8 to 100 letters, digits and . : _ -'),
  rollout: z.string().min(1).max(64),
  severity: BugSeveritySchema,
  title: z.string().trim().min(3).max(200),
  text: z.string().trim().max(10_000).default(''),
  link: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  dryRun: z.boolean().default(false),
});
export type ReportBug = z.infer<typeof ReportBugSchema>;

/** Whoever sends the same report twice learns of the first, not of an error. */
export const BugOutcomeSchema = z.strictObject({
  outcome: z.enum(['reported', 'already_reported']),
  bug: BugSchema,
});
export type BugOutcome = z.infer<typeof BugOutcomeSchema>;

/** Query of GET /api/v1/bugs. */
export const BugQuerySchema = z.strictObject({
  rollout: z.string().min(1).max(64).optional(),
  severity: BugSeveritySchema.optional(),
  /** Bugs with a lower number than this: `nextBefore` of the page before. */
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type BugQuery = z.infer<typeof BugQuerySchema>;

/** Bugs, newest first; `nextBefore` continues with `?before=`. */
export const BugListSchema = z.strictObject({
  bugs: z.array(BugSchema),
  nextBefore: z.int().positive().nullable(),
});
export type BugList = z.infer<typeof BugListSchema>;
