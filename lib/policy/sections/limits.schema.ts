import { z } from 'zod';
import { DurationSchema } from '../duration.ts';

const RateLimitSchema = z
  .strictObject({ count: z.int().positive(), per: DurationSchema })
  .transform(({ count, per }) => ({ count, windowSeconds: per }));

/** Who asks more often than this waits: 429 with Retry-After. Counted by each process. */
export const LimitsSchema = z.strictObject({
  /** Of one client key. */
  flagRequests: RateLimitSchema,
  /** Failed sign-ins of one account from one address, of one account, and from one address. */
  signInPerAccountAndAddress: RateLimitSchema,
  signInPerAccount: RateLimitSchema,
  signInPerAddress: RateLimitSchema,
  /** Of the one-time link that makes the first administrator, from one address. */
  setupAttempts: RateLimitSchema,
  /** Of one person, what costs more than an ordinary request. */
  personalKeysMade: RateLimitSchema,
  auditChecks: RateLimitSchema,
  windowReadings: RateLimitSchema,
});
