import { z } from 'zod';
import { IncidentSchema } from './incident.schema.ts';
import { IncidentStepNameSchema, IncidentStepSchema, StepCheckNameSchema } from './steps/step.schema.ts';
import { TimelineEntrySchema } from './timeline/timeline.schema.ts';

/** Answer of GET /api/v1/incidents/{id}: one incident with everything that is known of it (INC-1, INC-2). */
export const IncidentDetailSchema = z.strictObject({
  incident: IncidentSchema,
  owner: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  /** By when the RCA is shared (ROL-6). */
  rcaDueAt: z.iso.datetime().nullable(),
  /** null: it is not shared yet. */
  rcaShared: z.strictObject({ at: z.iso.datetime(), byName: z.string(), url: z.string() }).nullable(),
  steps: z.array(IncidentStepSchema),
  /** What keeps it from being closed: steps that are not done, and checks of the closing. */
  notClosable: z.strictObject({
    steps: z.array(IncidentStepNameSchema),
    checks: z.array(StepCheckNameSchema),
  }),
  timeline: z.array(TimelineEntrySchema),
  slackUrl: z.string().nullable(),
  pagerDuty: z.strictObject({ state: z.string(), acknowledgedBy: z.string().nullable() }).nullable(),
  issue: z.strictObject({ number: z.int(), url: z.string().nullable() }).nullable(),
  reports: z.array(z.strictObject({ path: z.string(), kind: z.string() })),
});
export type IncidentDetail = z.infer<typeof IncidentDetailSchema>;

/** Body of POST /api/v1/incidents/{id}/owner. */
export const NameOwnerSchema = z.strictObject({ ownerId: z.uuid() });

/** Body of POST /api/v1/incidents/{id}/rca-shared: where the RCA can be read. */
export const ShareRcaSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  dryRun: z.boolean().default(false),
});

/** Body of POST /api/v1/incidents/{id}/comments. */
export const CommentOnStepSchema = z.strictObject({
  step: IncidentStepNameSchema,
  comment: z.string().trim().min(1).max(2000),
});
