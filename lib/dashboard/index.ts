export {
  JOB_STATES,
  JOB_STEP_STATES,
  JobFunctionPathSchema,
  type JobFunctionView,
  type JobList,
  JobListQuerySchema,
  JobListSchema,
  JobRunPathSchema,
  type JobRunView,
  type JobState,
} from './job-list.schema.ts';
export {
  PANEL_RANGES,
  type PanelFigure,
  type PanelPoint,
  type PanelRange,
  PanelRangeSchema,
  type PanelSeries,
  type PanelView,
  PanelViewSchema,
} from './panel.schema.ts';
export type { FlagValue, PhaseChangeView } from './phase-change.schema.ts';
export {
  QUARANTINE_STATES,
  type QuarantineList,
  QuarantineListSchema,
  type QuarantineRow,
  type QuarantineState,
} from './quarantine-list.schema.ts';
export {
  type FlagChange,
  type GateProgress,
  type GateRule,
  HEADLINES,
  type Headline,
  type HeadlineCode,
  type Overview,
  OverviewSchema,
  type PhaseNode,
  type RollbackOffer,
  type RolloutSummary,
  type RolloutView,
  RolloutViewSchema,
} from './rollout-view.schema.ts';
export type { Sight } from './sight.schema.ts';
export type { Text } from './text.schema.ts';
export { type VerdictList, VerdictListSchema, type VerdictRow } from './verdict-list.schema.ts';
