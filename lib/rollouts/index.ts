export { planRollback, type RollbackPlan, type RollbackRefusal } from './plan-rollback.ts';
export { type RollbackTarget, resolveRollbackTarget, type TargetProblem } from './resolve-rollback-target.ts';
export {
  type FlagSetting,
  type FlagSettings,
  type PhaseChange,
  type RollbackOutcome,
  type RollbackRequest,
  RollbackRequestSchema,
  type Rollout,
  type Trigger,
} from './rollout.schema.ts';
