export { type Analysis, analyzeRange, analyzeWindow, scoreStored } from './run.ts';
export { latestVerdict, newestCollectedWindowEnd, type StoredVerdict } from './store.ts';
