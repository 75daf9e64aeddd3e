import { z } from 'zod';
import { IncidentDetailSchema } from '#lib/incidents/detail.schema.ts';
import { RightSchema } from './protection.schema.ts';
import { TextSchema } from './text.schema.ts';

/** The page of one incident for one reader (INC-1, INC-2). */
export const IncidentPageSchema = z.strictObject({
  now: z.iso.datetime(),
  /** `Incident-001`, as Slack and PagerDuty know it. */
  key: z.string(),
  rolloutLabel: TextSchema,
  detail: IncidentDetailSchema,
  /** What proves each step, as it was put on record. */
  evidence: z.record(z.string(), z.record(z.string(), z.json())),
  /** Names of the channels that the timeline tells of. */
  channelNames: z.record(z.string(), z.string()),
  /** Who may be named the owner. */
  people: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  rights: z.strictObject({ handle: RightSchema, close: RightSchema }),
});
export type IncidentPage = z.infer<typeof IncidentPageSchema>;
