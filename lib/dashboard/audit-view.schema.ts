import { z } from 'zod';
import { AuditPageSchema } from '#lib/evidence/audit-list.schema.ts';
import { IncidentCauseSchema } from '#lib/incidents/index.ts';
import { TextSchema } from './text.schema.ts';

/** What people call the subject of an entry. Rollouts by their label of today; the id where the policy lacks them. */
export const SubjectNameSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rollout'), label: TextSchema }),
  z.strictObject({
    kind: z.literal('incident'),
    key: z.string(),
    cause: IncidentCauseSchema,
    rollout: TextSchema,
  }),
  /** A person or a key. */
  z.strictObject({ kind: z.enum(['user', 'api_key']), name: z.string() }),
  z.strictObject({ kind: z.literal('policy'), since: z.iso.datetime() }),
  /** `message`: a kind of lib/templates; `incidentId`: of the incident it is about. */
  z.strictObject({
    kind: z.literal('delivery'),
    message: z.string(),
    channel: z.string(),
    incidentId: z.uuid().nullable(),
  }),
  /** `rollout` null: everything. */
  z.strictObject({
    kind: z.literal('stop'),
    stop: z.enum(['kill', 'freeze', 'collection']),
    rollout: TextSchema.nullable(),
  }),
  z.strictObject({
    kind: z.literal('review'),
    act: z.enum(['rollback', 'kill']),
    rollout: TextSchema.nullable(),
  }),
  z.strictObject({ kind: z.literal('quarantine'), source: z.string(), line: z.int().nonnegative() }),
]);
export type SubjectName = z.infer<typeof SubjectNameSchema>;

/** GET /api/v1/audit: entries as they are sealed, and beside them what people call their subjects, as far as they are known. */
export const AuditViewSchema = z.strictObject({
  ...AuditPageSchema.shape,
  /** By subject, such as `incident:<id>`. */
  subjects: z.record(z.string(), SubjectNameSchema),
});
export type AuditView = z.infer<typeof AuditViewSchema>;
