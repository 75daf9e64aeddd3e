export { advanceIncidents } from './advance.run.ts';
export { type CloseCommand, closeIncident } from './close.run.ts';
export { readIncidentDetail } from './detail.store.ts';
export { commentOnStep, nameOwner, shareRca } from './handle.run.ts';
export {
  isIncidentOpen,
  listIncidents,
  type NewIncident,
  openIncident,
  rolloutsWithActiveRollback,
  toIncident,
} from './incident.store.ts';
export { readWindows } from './steps/facts.store.ts';
export { noteDelivery } from './timeline/timeline.store.ts';
