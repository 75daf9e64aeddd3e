export { type RollbackCommand, rollBack } from './rollback.run.ts';
export { findRollout, lastPhaseChange, listPhaseChanges, listRollouts } from './rollout.store.ts';
export { ensureRollouts, type HistoryStep } from './start.run.ts';
