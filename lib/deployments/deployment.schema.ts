import { z } from 'zod';

/** Something that was delivered to users of a rollout: a line on its charts, so that a change can be told from its cause. */
export const DeploymentSchema = z.strictObject({
  id: z.uuid(),
  number: z.int().positive(),
  rolloutId: z.string(),
  /** What was delivered, such as a service or an app. */
  name: z.string(),
  version: z.string(),
  url: z.string().nullable(),
  deployedAt: z.iso.datetime(),
  recordedAt: z.iso.datetime(),
  actorName: z.string(),
});
export type Deployment = z.infer<typeof DeploymentSchema>;

const WordSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !hasControlCharacter(text), 'use no control characters');

function hasControlCharacter(text: string): boolean {
  return [...text].some((letter) => letter < ' ' || letter === '\u007f');
}

/** Body of POST /api/v1/deployments. `key`: made by the client for this deployment; sent again, it is the same one. */
export const RecordDeploymentSchema = z.strictObject({
  key: z.string().regex(/^[\w.:@/+-]{1,200}$/, 'use 1 to 200 letters, digits and . : @ / + _ -'),
  rollout: z.string().min(1).max(64),
  name: WordSchema,
  version: WordSchema,
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  /** When users got it; without it, now. */
  deployedAt: z.iso.datetime({ offset: true }).optional(),
  dryRun: z.boolean().default(false),
});
export type RecordDeployment = z.infer<typeof RecordDeploymentSchema>;

/** Whoever sends the same deployment twice learns of the first, not of an error. */
const DeploymentOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.enum(['recorded', 'already_recorded']), deployment: DeploymentSchema }),
  z.strictObject({ outcome: z.literal('would_record'), rollout: z.string(), deployedAt: z.iso.datetime() }),
]);
export type DeploymentOutcome = z.infer<typeof DeploymentOutcomeSchema>;

/** Query of GET /api/v1/deployments. */
export const DeploymentQuerySchema = z.strictObject({
  rollout: z.string().min(1).max(64).optional(),
  /** Deployments with a lower number than this: `nextBefore` of the page before. */
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type DeploymentQuery = z.infer<typeof DeploymentQuerySchema>;

/** Deployments in the order they were recorded, newest first; `nextBefore` continues with `?before=`. */
const DeploymentListSchema = z.strictObject({
  deployments: z.array(DeploymentSchema),
  nextBefore: z.int().positive().nullable(),
});
export type DeploymentList = z.infer<typeof DeploymentListSchema>;
