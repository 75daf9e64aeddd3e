export { DurationSchema, formatDuration } from './duration.ts';
export type {
  EventCatalogue,
  EventDefinition,
  EventField,
} from './events.schema.ts';
export { PolicyError, type PolicyIssue } from './issue.ts';
export { governanceJsonSchemas } from './json-schema.ts';
export type { KillSwitchCondition, KillSwitchRule, KillSwitchRules } from './killswitch-rules.schema.ts';
export { nearestName } from './nearest-name.ts';
export { type GovernanceFile, type LoadedPolicy, parsePolicy } from './parse.ts';
export { findPhase, nothingIsOn, previousPhase, rolloutsWithPhase } from './phases.ts';
export type { Policy } from './policy.schema.ts';
export {
  type PathStep,
  POLICY_FILES,
  type PolicyAdoption,
  type PolicyChange,
  type PolicyDiff,
  PolicyDiffQuerySchema,
  PolicyDiffSchema,
  type PolicyFile,
  PolicyReferenceSchema,
  type PolicyVersionList,
  type PolicyVersionText,
  type TextDiff,
} from './policy-history.schema.ts';
export { type CircuitRule, nextWaitMs, type RetryPlan, type RetryPolicy } from './retry-policy.schema.ts';
export type { Gate } from './sections/gate.schema.ts';
export type { Metric, Selector } from './sections/metric.schema.ts';
export type { Limit, Objective } from './sections/objective.schema.ts';
export {
  CHECKLIST_CHECKS,
  type ChecklistCheck,
  type ChecklistItem,
  PERMISSIONS,
  type Permission,
} from './sections/people.schema.ts';
export { AUTOMATION_LEVELS, type AutomationLevel, type Phase } from './sections/phase.schema.ts';
export type { RolloutPolicy, Signal } from './sections/rollout.schema.ts';
export type { BudgetBands } from './sections/slo.schema.ts';
export type { Freeze } from './sections/times.schema.ts';
export type { LocalizedText } from './sections/values.schema.ts';
