import { z } from 'zod';
import { FlagValueSchema } from './phase-change.schema.ts';

/** A flag before and after a step; null where it is not set. */
export const FlagChangeSchema = z.strictObject({
  flagKey: z.string(),
  before: FlagValueSchema.nullable(),
  after: FlagValueSchema.nullable(),
  /** Set where another rollout keeps the flag from reaching everyone this one admits (PHA-1). */
  alsoControlledBy: z.array(z.string()),
});
export type FlagChange = z.infer<typeof FlagChangeSchema>;

/** Of made-up people of one circle, the share that gets a flag: something else than its default. */
export const GetsItSchema = z.strictObject({
  flagKey: z.string(),
  circle: z.enum(['qa', 'beta', 'others']),
  ratio: z.number().min(0).max(1),
});
export type GetsIt = z.infer<typeof GetsItSchema>;
