import { env } from '#lib/config/server.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { GuardedPrismaPg } from './guarded-adapter.client.ts';
import { socketsGivenUpAfter } from './watched-socket.client.ts';

export type Database = PrismaClient;

/**
 * A process that is frozen (SIGSTOP, a paused machine, a lost network) in the middle of a transaction keeps its locks: no
 * job is claimed and no rollback made by anybody else. The database ends such a session after this pause between two
 * statements; a process that lives sends its next one within milliseconds.
 */
const FROZEN_AFTER_MS = 15_000;
/** A statement that waits for a lock fails after this, not never: long enough for a frozen holder to be ended first. */
const LOCK_WAIT_MS = 20_000;
/** No statement of ours is silent for so long: they wait 20 s for locks and delete in small parts. */
const SILENT_MS = 120_000;
export type Transaction = Prisma.TransactionClient;

// One client per process and address: Next may evaluate this module more than once.
const holder = globalThis as typeof globalThis & { phasegateDatabases?: Map<string, PrismaClient> };

/** The Prisma client of this process. Errors: the environment's, when DATABASE_URL is missing. */
export function database(): Database {
  return clientOf('ordinary', 10);
}

function clientOf(lane: 'ordinary' | 'protective', max: number): Database {
  const url = env().databaseUrl;
  holder.phasegateDatabases ??= new Map();
  const existing = holder.phasegateDatabases.get(`${lane} ${url}`);
  if (existing) return existing;
  const client = new PrismaClient({
    transactionOptions: { timeout: 30_000, maxWait: 10_000 },
    adapter: new GuardedPrismaPg({
      connectionString: url,
      max,
      idle_in_transaction_session_timeout: FROZEN_AFTER_MS,
      lock_timeout: LOCK_WAIT_MS,
      stream: socketsGivenUpAfter(SILENT_MS),
    }),
  });
  holder.phasegateDatabases.set(`${lane} ${url}`, client);
  return client;
}

/** Ends every connection of this process; for commands and tests, which must exit. */
export async function disconnectDatabase(): Promise<void> {
  const clients = [...(holder.phasegateDatabases?.values() ?? [])];
  holder.phasegateDatabases?.clear();
  await Promise.all(clients.map((client) => client.$disconnect()));
}

/**
 * Runs `work` in one interactive transaction: all of it is committed or none.
 * Window: 30 s for the work, 10 s to get a connection, 15 s between two statements, 20 s to get a lock.
 * Errors: what `work` throws, the database's 55P03 for a lock not given, or Prisma's P2028 at the time limit.
 */
export function inTransaction<T>(
  work: (tx: Transaction) => Promise<T>,
  options?: { timeoutMs?: number },
): Promise<T> {
  const { timeoutMs } = options ?? {};
  return database().$transaction(work, timeoutMs === undefined ? {} : { timeout: timeoutMs });
}

/**
 * As {@link inTransaction}, over connections of its own: for acts that must get through although everything else hangs (OPS-7).
 */
export function inProtectiveTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return clientOf('protective', 2).$transaction(work);
}

/** What a page may want to reload; sent on the channel `phasegate_live` when the transaction commits (DASH-7). */
export type LiveNotice = {
  topic:
    | 'verdict'
    | 'rollout'
    | 'quarantine'
    | 'jobs'
    | 'cycle'
    | 'telemetry'
    | 'stop'
    | 'incident'
    | 'delivery'
    | 'policy'
    | 'people';
  rolloutId?: string;
};

/** Announces a change to connected pages; nobody hears of it unless `tx` commits. */
export async function publishLive(tx: Transaction, notice: LiveNotice): Promise<void> {
  await tx.$queryRaw`SELECT pg_notify('phasegate_live', ${JSON.stringify(notice)})::text`;
}
