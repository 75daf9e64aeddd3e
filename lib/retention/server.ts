export { applyRetention } from './apply-retention.run.ts';
