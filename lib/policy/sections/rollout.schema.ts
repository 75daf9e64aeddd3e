import { z } from 'zod';
import { DurationSchema } from '../duration.ts';
import { PhaseSchema } from './phase.schema.ts';
import { FlagValueSchema, IdSchema, LocalizedTextSchema, TimeOfDaySchema } from './values.schema.ts';

/** A word to clients beside the features, such as `autosave.lock`: raised while a rolled back rollout is watched (ROL-4). */
const SignalSchema = z.strictObject({ normal: FlagValueSchema, raised: FlagValueSchema });
export type Signal = z.infer<typeof SignalSchema>;

/** What follows a rollback: how long it is watched, and when the climb may begin again (ROL-4, ROL-5, COL-8). */
const AfterRollbackSchema = z
  .strictObject({
    watch: DurationSchema,
    lookEvery: DurationSchema,
    lookOftenFor: DurationSchema,
    /** Recovered: this many windows running met every objective by the end of the watch. */
    recoveredWindows: z.int().positive(),
    canaryAfterBusinessDays: z.int().nonnegative(),
    canaryAt: TimeOfDaySchema,
  })
  .transform(({ watch, lookEvery, lookOftenFor, ...rest }) => ({
    ...rest,
    watchSeconds: watch,
    lookEverySeconds: lookEvery,
    lookOftenForSeconds: lookOftenFor,
  }));

/** A rollout: its phases in the order of promotion. One phase back is the entry before. */
export const RolloutPolicySchema = z
  .strictObject({
    label: LocalizedTextSchema,
    /** Where the climb begins again after a rollback; a phase further back stays where it is. */
    restartFrom: IdSchema,
    /** An SLO unmet for this long in any phase asks for a rollback, whatever its violation rule says (PHA-5). */
    rollBackWhenUnmetFor: DurationSchema,
    afterRollback: AfterRollbackSchema,
    /** Where a flag stands for people whom the current phase does not admit. */
    flagDefaults: z.record(z.string(), FlagValueSchema),
    signals: z.record(z.string(), SignalSchema).default({}),
    /** What messages about it call its latency and its error rate (REP-4); a dash where it has none. */
    messageFigures: z.partialRecord(z.enum(['p95', 'errRate']), IdSchema).default({}),
    panels: z.array(IdSchema).min(1),
    phases: z.array(PhaseSchema).min(1),
  })
  .transform(({ rollBackWhenUnmetFor, ...rest }) => ({
    ...rest,
    rollBackWhenUnmetForSeconds: rollBackWhenUnmetFor,
  }));
export type RolloutPolicy = z.infer<typeof RolloutPolicySchema>;
