export { flagSettingsOf } from './flag-settings.ts';
export { planRollback, type RollbackPlan, type RollbackRefusal } from './plan-rollback.ts';
export { type RollbackTarget, resolveRollbackTarget, type TargetProblem } from './resolve-rollback-target.ts';
export {
  type FlagSetting,
  type FlagSettings,
  FlagSettingsSchema,
  type PhaseChange,
  PhaseChangeSchema,
  type RollbackOutcome,
  RollbackOutcomeSchema,
  type RollbackRequest,
  RollbackRequestSchema,
  type Rollout,
  RolloutSchema,
  type Trigger,
} from './rollout.schema.ts';
