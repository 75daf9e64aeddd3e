export {
  type Database,
  database,
  disconnectDatabase,
  inProtectiveTransaction,
  inTransaction,
  type LiveNotice,
  publishLive,
  type Transaction,
} from './database.client.ts';
export { Prisma } from './generated/client.ts';
export { type LiveSignal, subscribeLive } from './live.client.ts';
export { applyMigrations } from './migrate.run.ts';
export { inSavepoint, type SavepointResult } from './savepoint.store.ts';
export { codesOf, explainTrouble } from './trouble.ts';
