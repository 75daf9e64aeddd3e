import { z } from 'zod';
import { ReasonSchema } from '../people/words.schema.ts';
import { TriggerSchema } from '../rollout.schema.ts';

/** kill: nothing automatic happens; freeze: nothing is promoted or restarted; collection: no source is read (COL-9). */
export const STOP_KINDS = ['kill', 'freeze', 'collection'] as const;
export const StopKindSchema = z.enum(STOP_KINDS);
export type StopKind = z.infer<typeof StopKindSchema>;

/** Every rollout, those that are added later included. */
export const EVERYTHING = '*';

/**
 * The word that is typed to press the kill switch, the same in every language so that a runbook can name it. It guards
 * against a slip of the hand and is no secret, so it is not policy. Full-width letters count, too (see {@link isKillWord}).
 */
export const KILL_WORD = 'STOP';

/** Whether what was typed is the word: full-width letters as an input method gives them, and spaces around it, are fine. */
export function isKillWord(typed: string): boolean {
  return typed.normalize('NFKC').trim() === KILL_WORD;
}

const LabelSchema = z.strictObject({ ja: z.string(), en: z.string() });
const ScopeSchema = z.string().min(1).max(64);

const COMMON = {
  /** `*` or the id of a rollout. */
  scope: ScopeSchema.default(EVERYTHING),
  reason: ReasonSchema,
  dryRun: z.boolean().default(false),
};

/** Body of POST /api/v1/stops. A kill switch never ends by itself; the other two may. */
export const OrderStopRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kill'), ...COMMON, confirm: z.string().max(100) }),
  z.strictObject({ kind: z.literal('freeze'), ...COMMON, endsAt: z.iso.datetime().optional() }),
  z.strictObject({
    kind: z.literal('collection'),
    ...COMMON,
    // Sources are read for all rollouts at once.
    scope: z.literal(EVERYTHING).default(EVERYTHING),
    endsAt: z.iso.datetime().optional(),
  }),
]);
export type OrderStopRequest = z.infer<typeof OrderStopRequestSchema>;

/** Body of POST /api/v1/stops/{id}/release. */
export const ReleaseStopRequestSchema = z.strictObject({
  reason: ReasonSchema,
  dryRun: z.boolean().default(false),
});

/** What can order a stop without a person: the kinds of conditions, and the halt from outside. */
export const STOP_CAUSES = [
  'phase_changes',
  'runs_of_function',
  'retries_of_function',
  'calls_of_run',
  'memory',
  'database_connections',
  'database_size',
  'outside',
] as const;
const StopCauseCodeSchema = z.enum(STOP_CAUSES);

/** A person's word for ending a stop. */
export const StopReleaseSchema = z.strictObject({
  personId: z.string(),
  personName: z.string(),
  reason: z.string(),
  givenAt: z.iso.datetime(),
});

/** A stop order: who stopped what, why, and how it ends or ended (OPS-7). */
export const StopSchema = z.strictObject({
  id: z.uuid(),
  /** Rises with every order. */
  epoch: z.int().positive(),
  kind: StopKindSchema,
  /** `*` or the id of a rollout. */
  scope: z.string(),
  inForce: z.boolean(),
  reason: z.string(),
  trigger: TriggerSchema,
  personId: z.string(),
  personName: z.string(),
  /** The automatic condition that ordered it (governance/killswitch-rules.yaml), or null: a person did. */
  rule: z.strictObject({ id: z.string(), label: LabelSchema.nullable() }).nullable(),
  orderedAt: z.iso.datetime(),
  /** What that condition found, as a code and its values, for pages to say in their language; null for a person's own words. */
  cause: z
    .strictObject({
      code: StopCauseCodeSchema,
      values: z.record(z.string(), z.union([z.string(), z.number()])),
    })
    .nullable(),
  /** When it ends by itself, or null. */
  endsAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  endedBy: z.string().nullable(),
  warnedAt: z.iso.datetime().nullable(),
  releases: z.array(StopReleaseSchema),
  /** How many different people must agree to end it. */
  releasesNeeded: z.int().positive(),
});
export type Stop = z.infer<typeof StopSchema>;

/** The halt from outside (variable PHASEGATE_HALT, or a file HALT in the data folder): it can only stop. */
export const OutsideHaltSchema = z.strictObject({
  source: z.enum(['environment', 'file']),
  reason: z.string(),
});
export type OutsideHalt = z.infer<typeof OutsideHaltSchema>;

/** A freeze of the policy's calendar that is in force for a rollout: [from, to). */
export const CalendarFreezeSchema = z.strictObject({
  rolloutId: z.string(),
  id: z.string(),
  label: LabelSchema,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
});

/** Answer of GET /api/v1/stops; newest first. */
export const StopListSchema = z.strictObject({
  inForce: z.array(StopSchema),
  /** Those that have ended; at most 100. */
  history: z.array(StopSchema),
  calendar: z.array(CalendarFreezeSchema),
  outside: OutsideHaltSchema.nullable(),
});
export type StopList = z.infer<typeof StopListSchema>;

/** What became of an order. Whoever presses what is pressed joins it. */
export const OrderStopOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.enum(['ordered', 'joined']),
    stop: StopSchema,
    /** Rollouts that this press halted; none for other kinds than kill. */
    halted: z.array(z.string()),
  }),
  z.strictObject({
    outcome: z.literal('would_order'),
    kind: StopKindSchema,
    scope: z.string(),
    halted: z.array(z.string()),
  }),
]);
export type OrderStopOutcome = z.infer<typeof OrderStopOutcomeSchema>;

/** What became of a release: `counted` says that more people must agree. */
export const ReleaseStopOutcomeSchema = z.strictObject({
  outcome: z.enum([
    'released',
    'counted',
    'already_counted',
    'already_released',
    'would_release',
    'would_count',
  ]),
  stop: StopSchema,
  /** How many people are still missing. */
  missing: z.int().nonnegative(),
  /** Rollouts that go on. */
  resumed: z.array(z.string()),
});
export type ReleaseStopOutcome = z.infer<typeof ReleaseStopOutcomeSchema>;
