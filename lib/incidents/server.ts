export { type CloseCommand, closeIncident } from './close.run.ts';
export { listIncidents, type NewIncident, openIncident } from './incident.store.ts';
