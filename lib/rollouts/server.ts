export { countApprovals } from './approvals/count-approvals.ts';
export { type GiveApprovalCommand, giveApproval } from './approvals/give-approval.run.ts';
export { type WithdrawApprovalCommand, withdrawApproval } from './approvals/withdraw-approval.run.ts';
export { type AnswerChecklistCommand, answerChecklist } from './checklist/answer-checklist.run.ts';
export { type ClimbCommand, restartRollout, startRollout } from './climb.run.ts';
export { currentDecision } from './decision/current-decision.run.ts';
export { decideAll, decideRollout } from './decision/decide.run.ts';
export { decide } from './decision/decide.ts';
export { listDecisions } from './decision/decision.store.ts';
export { loadDecisionFacts } from './decision/facts.store.ts';
export { type FastLaneReport, fastLaneWanted, runFastLane } from './fast-lane/fast-lane.run.ts';
export { servedSettings } from './flag-settings.ts';
export { evaluateFlag } from './flags/evaluate-flag.ts';
export {
  answerTag,
  bulkAnswer,
  closeFlagSource,
  currentFlags,
  type EvaluationContext,
  evaluateKey,
  flagAnswer,
  flagdDocument,
  flagStream,
  matchesTag,
  parseEvaluationRequest,
  readBackFlag,
  versionOfTag,
} from './flags/server.ts';
export type { DecisionFacts } from './gates/gate-facts.ts';
export { checklistItems } from './gates/phase-gates.ts';
export { planClimb, restartPhase } from './plan-climb.ts';
export { type PromoteCommand, promote } from './promotion/promote.run.ts';
export { type ProofSweep, proveChanges, provenSoon } from './proof/prove.run.ts';
export { listReviews, type NewReview, openReview } from './reviews/review.store.ts';
export { type SignReviewCommand, signReview } from './reviews/sign-review.run.ts';
export { type ConfirmCommand, confirmRollback } from './rollback/confirm-rollback.run.ts';
export { type Deadlines, enforceDeadlines } from './rollback/deadlines.run.ts';
export { type DeclineCommand, declineRollback } from './rollback/decline-rollback.run.ts';
export { type DemandOutcome, demandRollback, withdrawTakenBack } from './rollback/demand-rollback.store.ts';
export {
  findRequiredRollback,
  listRequiredRollbacks,
  openRequiredRollback,
} from './rollback/required-rollback.store.ts';
export { type RollbackCommand, rollBack } from './rollback/rollback.run.ts';
export { findRollout, listPhaseChanges, listRollouts } from './rollout.store.ts';
export { checkDecisionNote } from './sign-offs/decision-note.store.ts';
export {
  type SignPanelCommand,
  signPanel,
  type WithdrawSignOffCommand,
  withdrawSignOff,
} from './sign-offs/sign-panel.run.ts';
export { ensureRollouts, type HistoryStep } from './start.run.ts';
export { type GuardReport, guardAutomation } from './stops/guard.run.ts';
export { type KillInForce, killInForce } from './stops/kill-guard.store.ts';
export { listStops } from './stops/list-stops.run.ts';
export { type OrderStopCommand, orderStop } from './stops/order-stop.run.ts';
export { type ReleaseStopCommand, releaseStop } from './stops/release-stop.run.ts';
export { isTendingDue } from './tending-due.store.ts';
export { type WatchRound, watchRollouts } from './watch/watch.run.ts';
export { listWatchReadings, type WatchReading } from './watch/watch-reading.store.ts';
