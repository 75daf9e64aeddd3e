import { z } from 'zod';

/** Where a run stands. */
export const JOB_STATES = [
  'queued',
  'running',
  'sleeping',
  'waiting',
  'completed',
  'failed',
  'cancelled',
] as const;
export const JobStateSchema = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobStateSchema>;

/** Where one step of a run stands. */
export const JOB_STEP_STATES = ['planned', 'completed', 'failed', 'sleeping', 'waiting'] as const;

export const JobStepViewSchema = z.strictObject({
  name: z.string(),
  op: z.string(),
  state: z.enum(JOB_STEP_STATES),
  attempt: z.int().nonnegative(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  wakeAt: z.iso.datetime().nullable(),
  error: z.string().nullable(),
});

export const JobRunViewSchema = z.strictObject({
  id: z.string(),
  functionId: z.string(),
  eventName: z.string(),
  state: JobStateSchema,
  attempt: z.int().nonnegative(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  nextAt: z.iso.datetime().nullable(),
  error: z.string().nullable(),
  steps: z.array(JobStepViewSchema),
});
export type JobRunView = z.infer<typeof JobRunViewSchema>;

export const JobFunctionViewSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Cron expressions and event names that start it. */
  triggers: z.array(z.strictObject({ kind: z.enum(['cron', 'event']), value: z.string() })),
  nextAt: z.iso.datetime().nullable(),
  lastRun: JobRunViewSchema.nullable(),
});
export type JobFunctionView = z.infer<typeof JobFunctionViewSchema>;

/** What the jobs page shows: every function with its last run, and the newest runs. */
export const JobListSchema = z.strictObject({
  functions: z.array(JobFunctionViewSchema),
  runs: z.array(JobRunViewSchema),
  /** Where the next page of runs continues; null at the end. */
  nextBefore: z.string().nullable(),
});
export type JobList = z.infer<typeof JobListSchema>;

/** What page of runs is asked for; of one function only, when named. */
export const JobListQuerySchema = z.strictObject({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  functionId: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const JobFunctionPathSchema = z.object({ functionId: z.string().min(1).max(200) });
export const JobRunPathSchema = z.object({ runId: z.uuid() });
