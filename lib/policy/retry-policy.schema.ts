import { z } from 'zod';
import { DurationSchema } from './duration.ts';

/** A pause between attempts: as durations elsewhere, and in milliseconds, such as 500ms. Milliseconds out. */
const WaitSchema = z.union([
  z
    .string()
    .regex(/^[1-9]\d{0,6}ms$/)
    .transform((text) => Number(text.slice(0, -2))),
  DurationSchema.transform((seconds) => seconds * 1000),
]);

export const RETRY_PLANS = ['collection', 'slo-recheck', 'delivery', 'workflow-run'] as const;

const PlanSchema = z
  .strictObject({ waits: z.array(WaitSchema).min(1), honourServer: z.boolean().default(false) })
  .transform(({ waits, honourServer }) => ({ waitsMs: waits, honourServer }));
export type RetryPlan = z.infer<typeof PlanSchema>;

const CircuitSchema = z
  .strictObject({
    failures: z.int().positive(),
    openFor: DurationSchema,
    /** So long a channel holds up those behind it at most: a Slack that is down must not keep PagerDuty from calling. */
    holdsNextFor: DurationSchema.prefault('1m'),
  })
  .transform(({ failures, openFor, holdsNextFor }) => ({
    failures,
    openForSeconds: openFor,
    holdsNextForSeconds: holdsNextFor,
  }));
export type CircuitRule = z.infer<typeof CircuitSchema>;

/** governance/retry-policy.yaml: every plan of retries, each by its name (COL-5, ANA-6, REP-3, OPS-2). */
export const RetryPolicySchema = z.strictObject({
  version: z.literal(1),
  plans: z.record(z.enum(RETRY_PLANS), PlanSchema),
  circuits: z.record(z.enum(['delivery']), CircuitSchema),
});
export type RetryPolicy = z.infer<typeof RetryPolicySchema>;

/**
 * How long to wait before the next attempt, in milliseconds; null: that was the last one. `attempt` is the number of the one
 * that failed, from 1; `askedSeconds` what the other side asked for. Whoever asks for more than the longest pause of the plan
 * is not waited for: people would be told days later, and nobody instead. Pure.
 */
export function nextWaitMs(
  plan: RetryPlan,
  attempt: number,
  askedSeconds: number | null = null,
): number | null {
  const wait = plan.waitsMs[attempt - 1];
  if (wait === undefined) return null;
  if (!plan.honourServer || askedSeconds === null) return wait;
  return askedSeconds * 1000 > Math.max(...plan.waitsMs) ? null : Math.max(wait, askedSeconds * 1000);
}
