export { arrivedSince } from './arrivals.store.ts';
export { countPastWindows } from './count-past.run.ts';
export { judgeOpenWindows, lookAtOpenWindow } from './open-window.run.ts';
export type { Rechecked } from './recheck.ts';
export { type Analysis, analyzeRange, analyzeWindow, scoreStored } from './run.ts';
export { judgeSimulated } from './simulated.run.ts';
export { latestVerdict, newestCollectedWindowEnd, type StoredVerdict } from './store.ts';
