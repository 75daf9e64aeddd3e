export type { Arrival } from './arrival.ts';
export { calculateWindowMetrics } from './calculate-window-metrics.ts';
export { countsAgainst } from './counts-against.ts';
export type { OpenWindowJudgement } from './judge-open-window.ts';
export { createJudge, type Judge, type JudgeInput, judgeWindow } from './judge-window.ts';
export { type Share, type Slice, shareOf } from './slices.ts';
export { type Streak, type StreakEntry, streakOf } from './streak.ts';
export { renderSummary, type SummaryInput } from './summary-report.ts';
export {
  type MetricVerdict,
  MetricVerdictSchema,
  type PhaseVerdict,
  PhaseVerdictSchema,
  VERDICTS,
  type VerdictKind,
  VerdictKindSchema,
  type VerdictReason,
  VerdictReasonSchema,
} from './verdict.schema.ts';
