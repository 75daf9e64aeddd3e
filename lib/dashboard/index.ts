export {
  type Attention,
  AttentionSchema,
  INCIDENT_BLOCKS,
  type IncidentView,
  type PlannedFreeze,
  REVIEW_BLOCKS,
  type ReviewView,
  type SafetyRecord,
  SafetyRecordSchema,
  TASK_KINDS,
  type Task,
  type TaskKind,
} from './attention.schema.ts';
export {
  type AuditView,
  AuditViewSchema,
  type SubjectName,
} from './audit-view.schema.ts';
export type { DecisionRow } from './decision-row.schema.ts';
export {
  ATTEMPT_OUTCOMES,
  type ChannelHealth,
  DELIVERY_STATES,
  type DeliveryFilter,
  type DeliveryList,
  DeliveryListSchema,
  DeliveryQuerySchema,
  type DeliveryRow,
  type DeliveryState,
} from './delivery-list.schema.ts';
export type { FlagChange, GetsIt } from './flag-change.schema.ts';
export { type IncidentPage, IncidentPageSchema } from './incident-view.schema.ts';
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
export { byNeed, NEEDS, type Need, needOf } from './need.ts';
export {
  PANEL_RANGES,
  type PanelFigure,
  type PanelIncident,
  type PanelPoint,
  type PanelQuery,
  PanelQuerySchema,
  type PanelRange,
  PanelRangeSchema,
  type PanelSeries,
  type PanelView,
  PanelViewSchema,
} from './panel.schema.ts';
export {
  type ApprovalsView,
  type ChecklistItemView,
  type ChecklistView,
  type EndedWord,
  PROMOTION_OBSTACLES,
  type PromotionView,
  type SignOffView,
  type StartView,
  VOTE_OBSTACLES,
  VOTE_STANDINGS,
  type VoteView,
} from './people.schema.ts';
export { BECAUSE_CODES, type Because, type FlagValue, type PhaseChangeView } from './phase-change.schema.ts';
export {
  type CauseMetric,
  type NewestStep,
  type PastRequest,
  type Protection,
  ProtectionSchema,
  RESTART_BLOCKS,
  type RequiredRollback,
  type Right,
  type Watch,
} from './protection.schema.ts';
export {
  DEADLINES,
  type Deadline,
  type GateRule,
  HEADLINES,
  type Headline,
  type HeadlineCode,
  type Overview,
  OverviewSchema,
  type PhaseNode,
  type PolicyNames,
  type RollbackOffer,
  type RolloutSummary,
  type RolloutView,
  RolloutViewSchema,
} from './rollout-view.schema.ts';
export type { Sight } from './sight.schema.ts';
export type { Text } from './text.schema.ts';
export { type VerdictList, VerdictListSchema, type VerdictRow } from './verdict-list.schema.ts';
export {
  type WindowEvents,
  WindowEventsSchema,
  type WindowView,
  WindowViewSchema,
} from './window-view.schema.ts';
