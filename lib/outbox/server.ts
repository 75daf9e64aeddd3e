export { enqueueMessage, type NewMessage } from './enqueue.store.ts';
