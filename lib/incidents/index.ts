export { type CloseRefusal, whyStillOpen } from './close-rules.ts';
export {
  CloseIncidentSchema,
  type CloseOutcome,
  CloseOutcomeSchema,
  INCIDENT_CAUSES,
  type Incident,
  type IncidentCause,
  IncidentCauseSchema,
  type IncidentList,
  IncidentListSchema,
  type IncidentQuery,
  IncidentQuerySchema,
  IncidentSchema,
  type IncidentSeverity,
  IncidentSeveritySchema,
} from './incident.schema.ts';
