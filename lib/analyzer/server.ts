export { type Analysis, analyzeRange, analyzeWindow, scoreStored } from './run.ts';
export type { StoredVerdict } from './store.ts';
