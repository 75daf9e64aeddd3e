import { z } from 'zod';

export const REPORT_FILE_KINDS = ['alert', 'rca', 'daily', 'rehearsal', 'runbook', 'slo'] as const;
const KindSchema = z.enum(REPORT_FILE_KINDS);
export type ReportFileKind = z.infer<typeof KindSchema>;

/** Where a page of the list ends: files of one incident are often made in the same instant, so the path belongs to it. */
const PlaceSchema = z
  .string()
  .max(400)
  .transform((text, context) => {
    const [at = '', ...path] = text.split(' ');
    if (z.iso.datetime().safeParse(at).success) return { at, path: path.join(' ') || null };
    context.addIssue({
      code: 'custom',
      message: 'write an instant such as 2026-11-21T05:00:00Z, or nextBefore as it was answered',
    });
    return z.NEVER;
  });

/** Query of GET /api/v1/reports. */
export const ReportFileQuerySchema = z.strictObject({
  kind: KindSchema.optional(),
  incident: z.uuid().optional(),
  rollout: z.string().min(1).max(64).optional(),
  /** Files made before this instant, or with it and a path those after that one: `nextBefore` of the page before. */
  before: PlaceSchema.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ReportFileQuery = z.infer<typeof ReportFileQuerySchema>;

/** Reports, newest first, without their text; `nextBefore` continues with `?before=`. */
const ReportFileListSchema = z.strictObject({
  reports: z.array(
    z.strictObject({
      path: z.string(),
      kind: KindSchema,
      incidentId: z.uuid().nullable(),
      rolloutId: z.string().nullable(),
      dryRun: z.boolean(),
      sha256: z.string(),
      createdAt: z.iso.datetime(),
      updatedAt: z.iso.datetime(),
    }),
  ),
  nextBefore: z.string().nullable(),
});
export type ReportFileList = z.infer<typeof ReportFileListSchema>;

/** Query of GET /api/v1/reports/file. */
export const ReportPathSchema = z.strictObject({ path: z.string().min(1).max(300) });
