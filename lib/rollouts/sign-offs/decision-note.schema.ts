import { z } from 'zod';
import { DecisionKindSchema } from '../decision/decision.schema.ts';

/** What a decision note and the records may say otherwise (DASH-3). */
export const NOTE_ITEMS = [
  'note', // there is none of this stay in the phase
  'phase',
  'version',
  'window', // the verdict that the note was made of, or its window, is not on record any more
  'verdict',
  'rollback_required',
  'rollback_to',
  'rate', // a metric that the panel shows
] as const;

const SaidSchema = z.union([z.string(), z.number(), z.boolean()]).nullable();

/** One thing that the note and the records say differently. `metric`: only of a rate. */
export const NoteDifferenceSchema = z.strictObject({
  item: z.enum(NOTE_ITEMS),
  metric: z.string().nullable(),
  noted: SaidSchema,
  recorded: SaidSchema,
});
export type NoteDifference = z.infer<typeof NoteDifferenceSchema>;

/** What Phasegate noted when it last decided otherwise than before, with the rates of the window it decided on. */
export const DecisionNoteSchema = z.strictObject({
  decision: DecisionKindSchema,
  phase: z.string(),
  version: z.int().positive(),
  /** As it was required and not merely by an SLO that was unmet for long. */
  rollbackRequired: z.boolean(),
  rollbackTo: z.string().nullable(),
  windowStart: z.iso.datetime().nullable(),
  verdict: z.string().nullable(),
  rates: z.array(z.strictObject({ metric: z.string(), value: z.number().nullable() })),
  notedAt: z.iso.datetime(),
});
export type DecisionNote = z.infer<typeof DecisionNoteSchema>;

/** A decision note beside what the records say now; it agrees where `differs` is empty (DASH-3). */
export const NoteCheckSchema = z.strictObject({
  note: DecisionNoteSchema.nullable(),
  differs: z.array(NoteDifferenceSchema),
});
export type NoteCheck = z.infer<typeof NoteCheckSchema>;
