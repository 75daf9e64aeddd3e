import { z } from 'zod';
import { LevelSchema } from '#lib/outbox/index.ts';
import { RightSchema } from './protection.schema.ts';
import { TextSchema } from './text.schema.ts';

/** How a delivery stands; `fallen_back`: it was given up and another channel took its message. */
export const DELIVERY_STATES = ['due', 'sending', 'delivered', 'fallen_back', 'failed', 'cancelled'] as const;
const DeliveryStateSchema = z.enum(DELIVERY_STATES);
export type DeliveryState = z.infer<typeof DeliveryStateSchema>;

/** What came of one try to deliver; `unknown`: it may have arrived. */
export const ATTEMPT_OUTCOMES = ['sending', 'delivered', 'retry', 'failed', 'unknown'] as const;

/** Query of GET /api/v1/deliveries. */
export const DeliveryQuerySchema = z.strictObject({
  state: DeliveryStateSchema.optional(),
  channel: z.string().min(1).max(64).optional(),
  level: LevelSchema.optional(),
  rollout: z.string().min(1).max(64).optional(),
  incident: z.uuid().optional(),
  /** `nextBefore` of the page before. */
  before: z
    .string()
    .regex(/^\d{1,18}\.\d{1,4}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type DeliveryQuery = z.infer<typeof DeliveryQuerySchema>;

/** What the list is narrowed down to; nothing chosen is everything. */
export type DeliveryFilter = Pick<DeliveryQuery, 'state' | 'channel' | 'level' | 'rollout' | 'incident'>;

const AttemptSchema = z.strictObject({
  number: z.int().positive(),
  startedAt: z.iso.datetime(),
  outcome: z.enum(ATTEMPT_OUTCOMES),
  httpStatus: z.int().nullable(),
  latencyMs: z.int().nonnegative().nullable(),
  error: z.string().nullable(),
});

const DeliveryRowSchema = z.strictObject({
  id: z.uuid(),
  /** A kind of lib/templates; one of an older version stays readable. */
  kind: z.string(),
  level: LevelSchema,
  rolloutId: z.string().nullable(),
  rolloutLabel: TextSchema.nullable(),
  phase: z.string().nullable(),
  incident: z.strictObject({ id: z.uuid(), key: z.string() }).nullable(),
  /** Its incident is closed, or its kill switch re-armed: sent again, it calls nobody. */
  over: z.boolean(),
  channel: z.string(),
  /** What people call the channel: `#incident`, a service of PagerDuty. */
  channelName: z.string(),
  sink: z.string(),
  state: DeliveryStateSchema,
  dryRun: z.boolean(),
  attempts: z.array(AttemptSchema),
  nextAt: z.iso.datetime().nullable(),
  lastError: z.string().nullable(),
  /** Where it stands on the other side. */
  url: z.url({ protocol: /^https?$/ }).nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** The channel that gave this message up, and the one that took it over. */
  insteadOf: z.string().nullable(),
  takenOverBy: z.string().nullable(),
});
export type DeliveryRow = z.infer<typeof DeliveryRowSchema>;

/** How a channel is; `missing`: the variable of the environment without which nothing goes there. */
const ChannelHealthSchema = z.strictObject({
  channel: z.string(),
  name: z.string(),
  kind: z.enum(['slack', 'pagerduty', 'github_issue']),
  missing: z.string().nullable(),
  /** Left alone until then, after that many failures running. */
  openUntil: z.iso.datetime().nullable(),
  failures: z.int().nonnegative(),
  waitingCount: z.int().nonnegative(),
  lastDeliveredAt: z.iso.datetime().nullable(),
});
export type ChannelHealth = z.infer<typeof ChannelHealthSchema>;

/** Deliveries, newest message first; `nextBefore` continues with `?before=`. */
export const DeliveryListSchema = z.strictObject({
  now: z.iso.datetime(),
  rows: z.array(DeliveryRowSchema),
  nextBefore: z.string().nullable(),
  channels: z.array(ChannelHealthSchema),
  rollouts: z.array(z.strictObject({ id: z.string(), label: TextSchema })),
  /** The newest, and the one asked for, newest first. */
  incidents: z.array(z.strictObject({ id: z.uuid(), key: z.string() })),
  sendAgain: RightSchema,
});
export type DeliveryList = z.infer<typeof DeliveryListSchema>;
