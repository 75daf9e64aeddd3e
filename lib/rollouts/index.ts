export {
  type Approval,
  type ApprovalChoice,
  type ApprovalEnd,
  type GiveApprovalOutcome,
  GiveApprovalOutcomeSchema,
  type GiveApprovalRequest,
  GiveApprovalRequestSchema,
  type WithdrawApprovalOutcome,
  WithdrawApprovalOutcomeSchema,
} from './approvals/approval.schema.ts';
export {
  type AnswerChecklistOutcome,
  AnswerChecklistOutcomeSchema,
  type AnswerChecklistRequest,
  AnswerChecklistRequestSchema,
  type ChecklistAnswer,
} from './checklist/checklist-answer.schema.ts';
export {
  type ClimbOutcome,
  type ClimbRequest,
  ClimbRequestSchema,
} from './climb.schema.ts';
export {
  DECISIONS,
  type Decision,
  type DecisionKind,
  type DecisionList,
  type DecisionQuery,
  DecisionQuerySchema,
  DecisionSchema,
  GATE_KINDS,
  GATE_REASONS,
  type GateCheck,
  type GateKind,
  type GateReason,
  RollbackCauseSchema,
  type RollbackDemand,
} from './decision/decision.schema.ts';
export { type ClimbPlan, type ClimbRefusal, restartPhase } from './plan-climb.ts';
export {
  type PromotionOutcome,
  PromotionOutcomeSchema,
  type PromotionRequest,
  PromotionRequestSchema,
} from './promotion/promotion.schema.ts';
export {
  type Review,
  type ReviewList,
  ReviewListSchema,
  ReviewQuerySchema,
  type SignReviewOutcome,
  SignReviewOutcomeSchema,
  type SignReviewRequest,
  SignReviewRequestSchema,
} from './reviews/review.schema.ts';
export { planRollback, type RollbackPlan, type RollbackRefusal } from './rollback/plan-rollback.ts';
export { modeOfDemand } from './rollback/request-rules.ts';
export {
  type DeclineOutcome,
  type DeclineRequest,
  DeclineRequestSchema,
  type RequiredRollback,
  type RollbackMode,
} from './rollback/required-rollback.schema.ts';
export {
  type RollbackTarget,
  resolveRollbackTarget,
  type TargetProblem,
} from './rollback/resolve-rollback-target.ts';
export {
  type FlagSetting,
  type FlagSettings,
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
export { type NoteCheck, NoteCheckSchema } from './sign-offs/decision-note.schema.ts';
export {
  type PanelSignOff,
  type SignOffOutcome,
  SignOffOutcomeSchema,
  type SignOffRequest,
  SignOffRequestSchema,
  type WithdrawSignOffOutcome,
  WithdrawSignOffOutcomeSchema,
} from './sign-offs/sign-off.schema.ts';
export {
  EVERYTHING,
  isKillWord,
  KILL_WORD,
  type OrderStopOutcome,
  type OrderStopRequest,
  OrderStopRequestSchema,
  type OutsideHalt,
  OutsideHaltSchema,
  type ReleaseStopOutcome,
  ReleaseStopRequestSchema,
  STOP_CAUSES,
  STOP_KINDS,
  type Stop,
  type StopKind,
  type StopList,
  StopListSchema,
  StopSchema,
} from './stops/stop.schema.ts';
