export { readAttention } from './attention.run.ts';
export { type JobCatalogueEntry, readJobs } from './job-list.run.ts';
export { liveStream } from './live-stream.run.ts';
export { readOverview } from './overview.run.ts';
export { readPanel } from './panel.run.ts';
export { readProtection } from './protection.run.ts';
export { readRolloutView } from './rollout-view.run.ts';
export { readSafetyRecord } from './safety-record.run.ts';
export { readVerdicts } from './verdict-list.run.ts';
