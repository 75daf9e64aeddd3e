import { z } from 'zod';
import type { Actor } from '#lib/identity/index.ts';
import { findPhase, type Phase, type Policy } from '#lib/policy/index.ts';
import { RollbackCauseSchema, type Rollout } from '#lib/rollouts/index.ts';
import { flagChangesOf, roleLabel } from './phase-timeline.ts';
import {
  type CauseMetric,
  type Protection,
  type RESTART_BLOCKS,
  ROLLBACK_MODES,
  type Watch,
} from './protection.schema.ts';
import { rightOf } from './reader.ts';
import { labelOf } from './tasks.ts';
import type { Text } from './text.schema.ts';

export type RequestRow = {
  id: string;
  phase: string;
  toPhase: string | null;
  cause: string;
  mode: string;
  windowStart: Date | null;
  openedAt: Date;
  dueAt: Date | null;
  decidedAt: Date | null;
  decidedByName: string | null;
  decidedReason: string | null;
};

/** A metric that asks for a rollback, by a verdict or by what an open window had proven. */
export const CauseFactSchema = z.object({
  metric: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  limit_kind: z.enum(['max', 'min', 'below', 'above']).nullable(),
  samples: z.int().nonnegative(),
});
type CauseFact = z.infer<typeof CauseFactSchema>;

export type ProtectionFacts = {
  policy: Policy;
  rollout: Rollout;
  reader: Actor;
  /** Where the climb would begin again, and what stands in its way; null before a rollback has been recovered from. */
  restart: { to: Phase; refused: (typeof RESTART_BLOCKS)[number] | null } | null;
  /** The open request, one that was declined for the present version, one that a shadow only recorded. */
  requests: { open: RequestRow | null; declined: RequestRow | null; recorded: RequestRow | null };
  /** The metrics that ask for the open request. */
  causes: readonly CauseFact[];
  /** The names of the metrics that the open request is about. */
  named: readonly Text[];
  /** The events that ask for it by themselves. */
  events: readonly { event: string; count: number }[];
  step: Omit<NonNullable<Protection['step']>, 'escalateAt'> | null;
  readings: Watch['readings'];
  readingCount: number;
  metCount: number;
  now: Date;
};

/** What protects a rollout now, for one reader (ROL-3, ROL-5). Pure. */
export function protectionOf(facts: ProtectionFacts): Protection {
  const { policy, rollout, reader, requests, now } = facts;
  const place = rollout.state === 'halted' ? (rollout.resumeState ?? rollout.state) : rollout.state;
  return {
    now: now.toISOString(),
    rolloutId: rollout.id,
    label: labelOf(policy, rollout.id) ?? { ja: rollout.id, en: rollout.id },
    phase: rollout.phase,
    state: rollout.state,
    place,
    version: rollout.version,
    required: requests.open && requiredOf(requests.open, facts),
    declined: requests.open ? null : pastOf(requests.declined),
    shadowed: requests.open ? null : pastOf(requests.recorded),
    step: stepOf(facts),
    watch: place === 'watching' ? watchOf(facts) : null,
    canary: place === 'awaiting_canary' ? canaryOf(facts) : null,
    escalatedAt: rollout.escalatedAt,
    reviewSigners: policy.signatures.reviewSigners,
    rights: {
      rollBack: rightOf(policy, reader, 'roll_back'),
      decide: rightOf(policy, reader, 'decide_rollback'),
    },
  };
}

function canaryOf({ policy, rollout, restart }: ProtectionFacts): Protection['canary'] {
  const from = findPhase(policy, rollout.id, rollout.phase);
  if (rollout.nextCanaryAt === null || !restart || !from) return null;
  const reach = ({ audience, exposureRatio }: Phase) => ({ audience, exposureRatio });
  return {
    at: rollout.nextCanaryAt,
    restartPhase: restart.to.id,
    from: { phase: from.id, ...reach(from) },
    to: reach(restart.to),
    flagChanges: flagChangesOf(policy, rollout.id, from.flags, restart.to.flags),
    blockedBy: restart.refused,
    roles: restart.to.promoteBy.map((role) => roleLabel(policy, role)),
  };
}

function requiredOf(
  row: RequestRow,
  { policy, causes, named, events }: ProtectionFacts,
): Protection['required'] {
  return {
    id: row.id,
    cause: RollbackCauseSchema.parse(row.cause),
    mode: ROLLBACK_MODES.find((mode) => mode === row.mode) ?? 'recommend',
    fromPhase: row.phase,
    toPhase: row.toPhase,
    openedAt: row.openedAt.toISOString(),
    dueAt: row.dueAt?.toISOString() ?? null,
    windowStart: row.windowStart?.toISOString() ?? null,
    metrics: causes.map(
      (metric): CauseMetric => ({
        id: metric.metric,
        label: policy.metrics[metric.metric]?.label ?? { ja: metric.metric, en: metric.metric },
        unit: policy.metrics[metric.metric]?.unit ?? 'count',
        value: metric.value,
        limit: metric.limit,
        limitKind: metric.limit_kind,
        samples: metric.samples,
      }),
    ),
    named: causes.length > 0 ? [] : [...named],
    events: events.map(({ event, count }) => ({ event, count })),
  };
}

function pastOf(row: RequestRow | null): Protection['declined'] {
  return (
    row && {
      cause: RollbackCauseSchema.parse(row.cause),
      toPhase: row.toPhase,
      at: (row.decidedAt ?? row.openedAt).toISOString(),
      byName: row.decidedByName,
      reason: row.decidedReason,
    }
  );
}

function stepOf({ step, policy }: ProtectionFacts): Protection['step'] {
  if (!step) return null;
  const escalateMs = Date.parse(step.at) + policy.proof.escalateAfterSeconds * 1000;
  return { ...step, escalateAt: new Date(escalateMs).toISOString() };
}

function watchOf({ rollout, policy, readings, readingCount, metCount }: ProtectionFacts): Watch | null {
  const rules = policy.rollouts[rollout.id]?.afterRollback;
  if (!rules || rollout.watchUntil === null) return null;
  return {
    since: rollout.stateEnteredAt,
    until: rollout.watchUntil,
    readings,
    readingCount,
    metCount,
    neededWindows: rules.recoveredWindows,
  };
}
