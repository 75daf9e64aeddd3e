export { calculateWindowMetrics } from './calculate-window-metrics.ts';
export { fillTemplate, TemplateError } from './fill-template.ts';
export { createJudge, type Judge, type JudgeInput, judgeWindow, worstVerdict } from './judge-window.ts';
export { keepsLimit, warningLine } from './limit.ts';
export { type Streak, type StreakEntry, streakOf } from './streak.ts';
export { renderSummary, type SummaryInput } from './summary-report.ts';
export {
  type MetricVerdict,
  MetricVerdictSchema,
  type PhaseVerdict,
  PhaseVerdictSchema,
  VERDICT_REASONS,
  VERDICTS,
  type VerdictKind,
  VerdictKindSchema,
  type VerdictReason,
  VerdictReasonSchema,
} from './verdict.schema.ts';
