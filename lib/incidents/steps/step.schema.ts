import { z } from 'zod';

/** The five steps of an incident in their order (INC-1); none can be skipped. */
export const INCIDENT_STEPS = ['received', 'escalation', 'rollback', 'rca', 'closure'] as const;
export const IncidentStepNameSchema = z.enum(INCIDENT_STEPS);
export type IncidentStepName = z.infer<typeof IncidentStepNameSchema>;

/** What is checked within the steps; a machine answers all but the owner, whom a person names. */
export const STEP_CHECKS = [
  'alert_delivered', // the alert was delivered to somebody
  'alert_matches', // its phase and the phase to go back to are those of the verdict
  'decision_made', // the required rollback was decided
  'on_call_mentioned',
  'pagerduty_acknowledged',
  'rollback_executed',
  'rollback_proven', // what is served was read back
  'exit_code_zero', // the command's log, where a command did it
  'rca_drafted',
  'owner_named',
  'slo_green', // so many windows running
  'pagerduty_resolved',
  'rca_shared', // within a business day, often after the closing (ROL-6)
] as const;
export const StepCheckNameSchema = z.enum(STEP_CHECKS);
export type StepCheckName = z.infer<typeof StepCheckNameSchema>;

/** `shown` checks inform and do not hold the step; `not_needed`: there is nothing to do here. */
export const StepCheckSchema = z.strictObject({
  check: StepCheckNameSchema,
  state: z.enum(['yes', 'no', 'not_needed']),
  holds: z.boolean(),
});
export type StepCheck = z.infer<typeof StepCheckSchema>;

/** A step as it stands: `waiting` for the one before, `open`, `overdue`, or `done` by whom and when. */
export const IncidentStepSchema = z.strictObject({
  step: IncidentStepNameSchema,
  state: z.enum(['waiting', 'open', 'overdue', 'done']),
  dueAt: z.iso.datetime().nullable(),
  checks: z.array(StepCheckSchema),
  doneAt: z.iso.datetime().nullable(),
  doneByName: z.string().nullable(),
  comment: z.string(),
});
export type IncidentStep = z.infer<typeof IncidentStepSchema>;
