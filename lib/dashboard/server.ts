export { type LiveSignal, subscribeLive } from './live.client.ts';
export { readOverview } from './overview.run.ts';
export { readRolloutView } from './rollout-view.run.ts';
