import { z } from 'zod';
import { IncidentsSchema, ProofSchema } from './sections/incidents.schema.ts';
import { LimitsSchema } from './sections/limits.schema.ts';
import { ChannelSchema, ReportingSchema } from './sections/messages.schema.ts';
import { MetricSchema } from './sections/metric.schema.ts';
import { JudgingSchema } from './sections/objective.schema.ts';
import { PanelSchema } from './sections/panel.schema.ts';
import {
  ChecklistItemSchema,
  PermissionSchema,
  PersonalKeysSchema,
  SignaturesSchema,
  SignInSchema,
} from './sections/people.schema.ts';
import { RolloutPolicySchema } from './sections/rollout.schema.ts';
import { SloSchema } from './sections/slo.schema.ts';
import { FastLaneSchema, TelemetrySchema } from './sections/telemetry.schema.ts';
import { CycleSchema, FreezeSchema, RetentionSchema } from './sections/times.schema.ts';
import { IdSchema, LocalizedTextSchema, TimezoneSchema } from './sections/values.schema.ts';

/** governance/policy.yaml (PHA-1, PHA-6, ANA-2, REP-1): every threshold, window, role and route. */
export const PolicySchema = z.strictObject({
  version: z.literal(1),
  timezone: TimezoneSchema,
  cycle: CycleSchema,
  telemetry: TelemetrySchema,
  judging: JudgingSchema,
  retention: RetentionSchema,
  signatures: SignaturesSchema,
  personalKeys: PersonalKeysSchema,
  signIn: SignInSchema,
  limits: LimitsSchema,
  fastLane: FastLaneSchema,
  proof: ProofSchema,
  freezes: z.array(FreezeSchema).default([]),
  reporting: ReportingSchema,
  incidents: IncidentsSchema,
  slo: SloSchema,
  checklists: z.record(IdSchema, z.array(ChecklistItemSchema).min(1)),
  roles: z.record(IdSchema, LocalizedTextSchema),
  permissions: z.record(PermissionSchema, z.array(IdSchema).min(1)),
  channels: z.record(IdSchema, ChannelSchema),
  metrics: z.record(IdSchema, MetricSchema),
  panels: z.record(IdSchema, PanelSchema),
  rollouts: z.record(IdSchema, RolloutPolicySchema),
});
export type Policy = z.infer<typeof PolicySchema>;
