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
export {
  AUTOMATION_LEVELS,
  type AutomationLevel,
  CHECKLIST_CHECKS,
  type ChecklistCheck,
  type ChecklistItem,
  type Freeze,
  type Gate,
  type Limit,
  type LocalizedText,
  type Metric,
  type Objective,
  PERMISSIONS,
  type Permission,
  type Phase,
  type Policy,
  type RolloutPolicy,
  type Selector,
  type Signal,
} from './policy.schema.ts';
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
