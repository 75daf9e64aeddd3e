export {
  DECISIONS,
  type Decision,
  type DecisionKind,
  DecisionSchema,
  GATE_KINDS,
  GATE_REASONS,
  type GateCheck,
  type GateKind,
  type GateReason,
  type RollbackDemand,
} from './decision/decision.schema.ts';
export { planRollback, type RollbackPlan, type RollbackRefusal } from './plan-rollback.ts';
export { type RollbackTarget, resolveRollbackTarget, type TargetProblem } from './resolve-rollback-target.ts';
export {
  type Review,
  type ReviewList,
  ReviewListSchema,
  ReviewQuerySchema,
  ReviewSchema,
  type SignReviewOutcome,
  SignReviewOutcomeSchema,
  type SignReviewRequest,
  SignReviewRequestSchema,
} from './reviews/review.schema.ts';
export {
  type FlagSetting,
  type FlagSettings,
  LIVE_STATES,
  type LiveState,
  type PhaseChange,
  type PhaseChangeKind,
  type Proof,
  type RollbackOutcome,
  type RollbackRequest,
  RollbackRequestSchema,
  type Rollout,
  type RolloutState,
  RolloutStateSchema,
  type Trigger,
} from './rollout.schema.ts';
