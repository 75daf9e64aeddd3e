import { z } from 'zod';

/** What an incident is about; one is open for each rollout and cause. */
export const INCIDENT_CAUSES = ['slo_violation', 'rollback_unproven', 'not_recovered'] as const;
export const IncidentCauseSchema = z.enum(INCIDENT_CAUSES);
export type IncidentCause = z.infer<typeof IncidentCauseSchema>;

/** major: a rollback is required, or one could not be proven; minor: anything else. */
export const IncidentSeveritySchema = z.enum(['major', 'minor']);
export type IncidentSeverity = z.infer<typeof IncidentSeveritySchema>;

/** Something went wrong for users (INC-1): when, in which phase, why, and how it ended. */
export const IncidentSchema = z.strictObject({
  id: z.uuid(),
  number: z.int().positive(),
  rolloutId: z.string(),
  phase: z.string(),
  cause: IncidentCauseSchema,
  severity: IncidentSeveritySchema,
  state: z.enum(['open', 'closed']),
  openedAt: z.iso.datetime(),
  verdictId: z.uuid().nullable(),
  /** What was known when it opened, and when it was seen last: metrics, windows, the rollback's request or change. */
  details: z.record(z.string(), z.json()),
  closedAt: z.iso.datetime().nullable(),
  closedByName: z.string().nullable(),
  closeReason: z.string().nullable(),
});
export type Incident = z.infer<typeof IncidentSchema>;

/** Of the column. */
const HIGHEST_NUMBER = 2_147_483_647;

/** Query of GET /api/v1/incidents. */
export const IncidentQuerySchema = z.strictObject({
  rollout: z.string().min(1).max(64).optional(),
  state: z.enum(['open', 'closed']).optional(),
  /** Incidents with a lower number than this: `nextBefore` of the page before. */
  before: z.coerce.number().int().positive().max(HIGHEST_NUMBER).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type IncidentQuery = z.infer<typeof IncidentQuerySchema>;

/** Incidents, newest first; `nextBefore` continues with `?before=`. */
const IncidentListSchema = z.strictObject({
  incidents: z.array(IncidentSchema),
  nextBefore: z.int().positive().nullable(),
});
export type IncidentList = z.infer<typeof IncidentListSchema>;

/** Body of POST /api/v1/incidents/{id}/close. */
export const CloseIncidentSchema = z.strictObject({
  reason: z.string().trim().min(3).max(2000),
  dryRun: z.boolean().default(false),
});

/** What became of a request to close: whoever asks second learns that it is closed, not of an error. */
const CloseOutcomeSchema = z.strictObject({
  outcome: z.enum(['closed', 'already_closed', 'would_close']),
  incident: IncidentSchema,
});
export type CloseOutcome = z.infer<typeof CloseOutcomeSchema>;
