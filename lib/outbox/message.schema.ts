import { z } from 'zod';
import { MESSAGE_KINDS, type MessageKind } from '#lib/templates/index.ts';

/** How urgent a message is; each phase routes them apart. */
export const LEVELS = ['info', 'warning', 'critical'] as const;
export const LevelSchema = z.enum(LEVELS);
export type Level = z.infer<typeof LevelSchema>;

const id = z.uuid();

/**
 * What a message is about, as references to rows that never change: the text is made of them when it is sent, and made the
 * same again when it is sent once more.
 */
export const MessageCauseSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('readiness'), verdictId: id, decisionId: id.nullable() }),
  z.strictObject({ kind: z.literal('autosave-ok'), verdictId: id }),
  z.strictObject({ kind: z.literal('autosave-warn'), verdictId: id }),
  z.strictObject({ kind: z.literal('autosave-incident'), incidentId: id, requestId: id.nullable() }),
  z.strictObject({ kind: z.literal('autosave-rollback'), changeId: id }),
  z.strictObject({ kind: z.literal('rollback'), changeId: id }),
  z.strictObject({ kind: z.literal('rollback-unproven'), changeId: id }),
  z.strictObject({ kind: z.literal('not-recovered'), changeId: id }),
  z.strictObject({ kind: z.literal('promotion'), changeId: id }),
  z.strictObject({ kind: z.literal('approval-request'), decisionId: id }),
  z.strictObject({ kind: z.literal('kill-switch'), stopId: id }),
  z.strictObject({ kind: z.literal('re-armed'), stopId: id }),
  z.strictObject({ kind: z.literal('step-overdue'), incidentId: id, step: z.string() }),
  z.strictObject({ kind: z.literal('incident-closed'), incidentId: id }),
  z.strictObject({ kind: z.literal('incident-reopened'), incidentId: id }),
  z.strictObject({ kind: z.literal('owner-named'), incidentId: id }),
  z.strictObject({ kind: z.literal('rca-due'), incidentId: id }),
  z.strictObject({ kind: z.literal('rca-shared'), incidentId: id }),
  z.strictObject({
    kind: z.literal('collector-delayed'),
    windowStart: z.iso.datetime(),
    delaySeconds: z.number().nonnegative(),
    reason: z.string().min(1),
  }),
]);
export type MessageCause = z.infer<typeof MessageCauseSchema>;

/** How urgent each kind is; it decides the routes (REP-1). */
export const LEVEL_OF: Readonly<Record<MessageKind, Level>> = {
  readiness: 'info',
  'autosave-ok': 'info',
  'autosave-warn': 'warning',
  'autosave-incident': 'critical',
  'autosave-rollback': 'critical',
  rollback: 'critical',
  'rollback-unproven': 'critical',
  'not-recovered': 'critical',
  promotion: 'info',
  'approval-request': 'info',
  'kill-switch': 'critical',
  're-armed': 'critical',
  'step-overdue': 'critical',
  'incident-closed': 'critical',
  'incident-reopened': 'critical',
  'owner-named': 'critical', // where its incident was told; PagerDuty learns that somebody has it
  'rca-due': 'critical', // where its incident was told; it calls nobody
  'rca-shared': 'critical', // where its incident was told
  'collector-delayed': 'warning',
};

/** The sinks a kind has a text for: what its template must have. */
export function sinksOf(kind: MessageKind): readonly string[] {
  return MESSAGE_KINDS[kind].sinks;
}
