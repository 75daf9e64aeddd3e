export { type Analysis, analyzeRange, analyzeWindow, scoreStored } from './run.ts';
export { latestVerdict, type StoredVerdict } from './store.ts';
