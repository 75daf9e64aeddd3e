export {
  BUG_SEVERITIES,
  type Bug,
  type BugList,
  BugListSchema,
  type BugOutcome,
  BugOutcomeSchema,
  type BugQuery,
  BugQuerySchema,
  type BugSeverity,
  type ReportBug,
  ReportBugSchema,
} from './bug.schema.ts';
