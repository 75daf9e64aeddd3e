export { eventStream } from './event-stream.run.ts';
