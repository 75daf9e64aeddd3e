export { recordJobFailure, watchCollector } from './watch.run.ts';
