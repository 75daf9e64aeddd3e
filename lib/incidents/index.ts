export { type CloseRefusal, whyStillOpen } from './close-rules.ts';
export {
  CommentOnStepSchema,
  type IncidentDetail,
  NameOwnerSchema,
  ShareRcaSchema,
} from './detail.schema.ts';
export {
  CloseIncidentSchema,
  type CloseOutcome,
  INCIDENT_CAUSES,
  type Incident,
  type IncidentCause,
  IncidentCauseSchema,
  type IncidentList,
  type IncidentQuery,
  IncidentQuerySchema,
  type IncidentSeverity,
  IncidentSeveritySchema,
} from './incident.schema.ts';
export { incidentKey } from './incident-key.ts';
export { rollbackActive } from './rollback-active.ts';
export { INCIDENT_STEPS, STEP_CHECKS } from './steps/step.schema.ts';
export { TIMELINE_KINDS, type TimelineEntry } from './timeline/timeline.schema.ts';
