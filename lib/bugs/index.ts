export {
  BUG_SEVERITIES,
  type Bug,
  type BugList,
  type BugOutcome,
  type BugQuery,
  BugQuerySchema,
  type BugSeverity,
  type ReportBug,
  ReportBugSchema,
} from './bug.schema.ts';
